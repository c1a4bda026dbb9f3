#include "adapters/runtime/clock_offset.hpp"

#include <algorithm>

namespace vigil::adapters {

void ClockOffset::add(std::int64_t received_ms, std::int64_t device_ms, std::int64_t steady_ms) {
    const std::int64_t offset = received_ms - device_ms;
    if (!lowest_) opened_ms_ = steady_ms;
    lowest_ = lowest_ ? std::min(*lowest_, offset) : offset;
    ++count_;
    // A faster message improves what is known at once.
    if (estimate_ && offset < *estimate_) estimate_ = offset;
    if (steady_ms - opened_ms_ < window_ms || count_ < enough) return;
    estimate_ = lowest_;
    lowest_.reset();
    count_ = 0;
}

} // namespace vigil::adapters
