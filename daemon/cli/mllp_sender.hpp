#pragma once
// The next message leaves when the last was answered. Every wait is bounded.

#include "adapters/hl7/mllp_caller.hpp"

namespace vigil::cli {

struct MllpCounts {
    std::uint64_t sent = 0; // frames written, repeats included
    std::uint64_t aa = 0, ca = 0;
    std::uint64_t ae = 0; // AE and CE: the receiver could not; each is tried again
    std::uint64_t ar = 0; // AR and CR: the receiver would not; never tried again
    std::uint64_t repeated = 0, reconnects = 0;
};

class MllpSender {
public:
    enum class Outcome { accepted, refused, gave_up, interrupted };

    // `patience`: how long nobody may answer one message before giving up; `tries`: how often an AE is tried.
    MllpSender(hl7::MllpTarget target, std::chrono::milliseconds patience, int tries);

    Outcome deliver(std::string_view message, std::string_view control_id);
    MllpCounts const& counts() const { return counts_; }

private:
    using Clock = hl7::MllpCaller::Clock;

    hl7::MllpCaller caller_;
    std::chrono::milliseconds patience_;
    int tries_;
    MllpCounts counts_;
};

// Sleeps, but not through SIGINT or SIGTERM; false when one came. The first call takes the signals over.
bool sleep_unless_interrupted(std::chrono::milliseconds length);

} // namespace vigil::cli
