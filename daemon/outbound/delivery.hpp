#pragma once
// One message for one destination: a revision of an alert, or the repetition of one that stands unchanged.

#include "outbound/phase.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace vigil::outbound {

struct Delivery {
    std::int64_t id = 0; // in the outbox
    v1::Alert alert{};
    Phase phase{};
    std::uint64_t seq = 0;        // of the journal; 0 when it was not recorded
    std::uint64_t unrecorded = 0; // the epoch of a vigild that could not record it; else 0
    std::uint32_t repeat = 0;     // the n-th repetition of an unchanged alert
    bool simulated = false;
    std::int64_t at_ms = 0;     // log time of the revision; of a repetition when it was queued
    std::int64_t queued_ms = 0; // this machine's clock
    std::int64_t tries = 0, refusals = 0;
};

// The same for every try of one message and for no other one: message control id and idempotency key.
inline std::string key_of(Delivery const& delivery) {
    std::string out = delivery.alert.id() + "-" + std::to_string(delivery.alert.revision());
    if (delivery.unrecorded != 0) out += "-u" + std::to_string(delivery.unrecorded);
    if (delivery.repeat != 0) out += "-c" + std::to_string(delivery.repeat);
    return out;
}

// What a receiver said, fit for a log: printable ASCII, not long.
inline std::string fit_for_a_log(std::string_view text) {
    constexpr std::size_t longest = 120;
    std::string out(text.substr(0, longest));
    for (auto& c : out)
        if (c < 0x20 || c > 0x7E) c = '?';
    return out;
}

enum class Verdict {
    delivered,   // the receiver said that it has it
    refused,     // it could not take this message; may be tried a few times
    later,       // it answers, and cannot take it now
    unanswered,  // it did not answer in time, or closed the connection
    unreachable, // nobody to give it to: nothing was sent
    rejected,    // it would refuse this message again
    interrupted, // this program stops
};

struct Answer {
    Verdict verdict{};
    std::string reason{};
    std::optional<std::int64_t> retry_after_ms{}; // it asked for so much time
};

class Courier {
public:
    Courier() = default;
    Courier(Courier const&) = delete;
    Courier& operator=(Courier const&) = delete;
    virtual ~Courier() = default;
    // Waits for the answer, for a bounded time.
    virtual Answer deliver(Delivery const& delivery) = 0;
};

} // namespace vigil::outbound
