#include "loop/clock.hpp"

#include <algorithm>
#include <cassert>
#include <ctime>

namespace vigil::loop {

namespace {
std::int64_t read_ms(clockid_t clock) {
    timespec t{};
    clock_gettime(clock, &t);
    return std::int64_t{t.tv_sec} * 1000 + t.tv_nsec / 1'000'000;
}
} // namespace

TimeSources system_time() {
    return {[] { return read_ms(CLOCK_REALTIME); }, [] { return read_ms(CLOCK_BOOTTIME); }};
}

LogClock LogClock::real(TimeSources sources, model::LogTime last) {
    LogClock c;
    c.sources_ = std::move(sources);
    c.last_ = last;
    c.slewed_at_ = c.sources_.boot();
    c.offset_ = std::max(c.sources_.utc(), last.ms) - c.slewed_at_;
    c.now();
    return c;
}

LogClock LogClock::driven(model::LogTime last) {
    LogClock c;
    c.driven_ = true;
    c.last_ = last;
    return c;
}

model::LogTime LogClock::now() {
    if (driven_) return last_;
    const auto boot = sources_.boot();
    difference_ = sources_.utc() - (boot + offset_);
    // Whole slewing steps only, so that the rate does not depend on how often somebody asks.
    if (const auto seconds = (boot - slewed_at_) / 1000; seconds > 0) {
        const auto most = seconds * slew_per_second;
        offset_ += std::clamp(difference_, -most, most);
        slewed_at_ += seconds * 1000;
        difference_ = sources_.utc() - (boot + offset_);
    }
    last_ = std::max(last_, model::LogTime{boot + offset_});
    return last_;
}

void LogClock::follow(model::DeviceTime message_time) {
    assert(driven_);
    last_ = std::max(last_, model::LogTime{message_time.ms});
}

} // namespace vigil::loop
