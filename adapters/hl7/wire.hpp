#pragma once
// A decoded message as the batches that go to vigild.

#include "adapters/hl7/decoded.hpp"
#include "adapters/runtime/tokens.hpp"

#include <cstdint>
#include <functional>
#include <optional>

namespace vigil::v1 {
class IdentityCard;
class ObservationBatch;
} // namespace vigil::v1

namespace vigil::hl7 {

struct Envelope {
    adapters::ContentDigest digest{};
    std::int64_t received_ms = 0;
    std::optional<std::int64_t> clock_offset_ms;
    bool urgent = false;
};

inline constexpr std::size_t readings_per_batch = 256;
inline constexpr std::size_t movements_per_batch = 16;

std::size_t batches_in(Decoded const& decoded);
// One patient and at most 256 readings a batch; `take` is called with each, in order, and may not keep it.
void each_batch(Decoded const& decoded, Envelope const& envelope,
                std::function<void(v1::ObservationBatch&)> const& take);
void to_wire(Card const& card, v1::IdentityCard& out);

} // namespace vigil::hl7
