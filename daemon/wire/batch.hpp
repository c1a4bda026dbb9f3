#pragma once
// What adapters send, as the core sees it. A batch that violates the contract is refused whole, with one word of a
// closed list.

#include "core/event.hpp"
#include "core/step.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vigil::v1 {
class ObservationBatch;
class CensusEvent;
class Subject;
class Reading;
} // namespace vigil::v1

namespace vigil::wire {

// Why a batch was refused: contract, never content. Empty string_view means it was taken.
using Refusal = std::string_view;

// What a batch becomes, in the order it is stepped: census first, so that the readings find their patient.
struct Taken {
    std::vector<core::CensusChange> census;
    bool has_frame = false;
    model::Frame frame;
};

// Turns batches into frames. Keeps its buffers from one to the next: a stream that sends the same channels again
// allocates little. One per loop; not thread-safe.
class BatchReader {
public:
    // What can be said without the dictionaries: strings, bounds, counts.
    static Refusal check(v1::ObservationBatch const& batch, bool simulated);

    // `source` is already known to the engine. The frame's new channels and subjects continue the dictionaries as they
    // are now: step it before reading the next batch.
    Refusal read(v1::ObservationBatch const& batch, core::Engine const& engine, model::SourceId source, Taken& out);

private:
    Refusal take_reading(v1::Reading const& in, core::Engine const& engine, model::SourceId source,
                         std::size_t position, model::Frame& frame);
    model::ChannelId channel_of(v1::Reading const& in, core::Engine const& engine, model::SourceId source,
                                std::size_t position, model::Frame& frame);
    std::size_t channels_of(core::Engine const& engine, model::SourceId source, model::Frame const& frame);
    std::uint16_t order_of(std::string const& token, model::Frame& frame);

    model::Channel scratch_;
    // The channels the last frames of each source held, by position: the usual case is the same list again.
    std::unordered_map<std::uint32_t, std::vector<model::ChannelId>> usual_;
    // How many channels each source has, up to the one counted last.
    std::unordered_map<std::uint32_t, std::size_t> channels_;
    std::size_t counted_ = 0;
};

std::optional<model::Subject> read_subject(v1::Subject const& in);
// Empty when the kind is missing or something in it breaks the contract.
std::optional<core::CensusChange> read_census(v1::CensusEvent const& in);

} // namespace vigil::wire
