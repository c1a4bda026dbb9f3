#include "adapters/runtime/clock_offset.hpp"

#include <algorithm>
#include <cstdlib>

namespace vigil::adapters {

void ClockOffset::add(std::int64_t received_ms, std::int64_t device_ms, std::int64_t steady_ms) {
    const std::int64_t offset = received_ms - device_ms;
    if (!lowest_) opened_ms_ = steady_ms;
    lowest_ = lowest_ ? std::min(*lowest_, offset) : offset;
    ++count_;
    // A faster message improves what is known at once; one that is far from it is a mistake or a step.
    if (estimate_ && offset < *estimate_ && *estimate_ - offset <= agree_ms) estimate_ = offset;
    if (steady_ms - opened_ms_ < window_ms || count_ < enough) return;
    if (previous_ && std::abs(*lowest_ - *previous_) <= agree_ms) estimate_ = std::min(*lowest_, *previous_);
    previous_ = lowest_;
    lowest_.reset();
    count_ = 0;
}

} // namespace vigil::adapters
