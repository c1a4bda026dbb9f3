#pragma once
// Log time: stamped here and nowhere else, never backwards. Real: UTC at start plus boot clock, slewed gently towards
// UTC. Driven: it follows the greatest message time received (simulation and replay).

#include "core/model/time.hpp"

#include <cstdint>
#include <functional>

namespace vigil::loop {

// Where a real clock reads, in milliseconds. Tests bring their own.
struct TimeSources {
    std::function<std::int64_t()> utc;  // CLOCK_REALTIME
    std::function<std::int64_t()> boot; // CLOCK_BOOTTIME: goes on through suspend, never jumps
};
TimeSources system_time();

class LogClock {
public:
    static constexpr std::int64_t step_ms = 1'000;     // a difference that is an event and an alert
    static constexpr std::int64_t settled_ms = 500;    // and one that is none any more
    static constexpr std::int64_t slew_per_second = 5; // ms: log seconds are at most 0.5 % longer or shorter

    // Starts at UTC, or at `last` where the journal is already ahead of it.
    static LogClock real(TimeSources sources, model::LogTime last);
    static LogClock driven(model::LogTime last);

    bool is_driven() const { return driven_; }
    // Real: reads the sources. Driven: where the feed has brought it.
    model::LogTime now();
    // Driven only: a message of that time arrived.
    void follow(model::DeviceTime message_time);
    // UTC minus log time as of the last `now`; 0 when driven.
    std::int64_t difference_ms() const { return difference_; }

private:
    TimeSources sources_;
    bool driven_ = false;
    model::LogTime last_;
    std::int64_t offset_ = 0;    // log time minus boot clock
    std::int64_t slewed_at_ = 0; // boot clock
    std::int64_t difference_ = 0;
};

} // namespace vigil::loop
