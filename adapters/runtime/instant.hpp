#pragma once
// Now, as an adapter sees it: read once per wake-up of the run loop and passed down.

#include <cstdint>

namespace vigil::adapters {

struct Instant {
    std::int64_t utc_ms = 0;    // for times that leave the process
    std::int64_t steady_ms = 0; // for waiting
};

} // namespace vigil::adapters
