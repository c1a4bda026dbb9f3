#pragma once
// How long to wait before the next try: twice as long each time, never longer than a bound, and up to a quarter of it
// earlier, so that many senders do not come back at once. The same seed gives the same waits.

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace vigil::outbound {

class Backoff {
public:
    Backoff(std::int64_t first_ms, std::int64_t longest_ms, std::string_view seed)
        : first_ms_(first_ms),
          longest_ms_(longest_ms) {
        for (const char c : seed) seed_ = mixed(seed_ ^ static_cast<unsigned char>(c));
    }

    // After the n-th failure, from 1.
    [[nodiscard]] std::int64_t after(std::int64_t failures) const {
        std::int64_t wait = first_ms_;
        for (std::int64_t n = 1; n < failures && wait < longest_ms_; ++n) wait *= 2;
        wait = std::min(wait, longest_ms_);
        const auto quarter = static_cast<std::uint64_t>(wait / 4);
        return wait - static_cast<std::int64_t>(mixed(seed_ ^ static_cast<std::uint64_t>(failures)) % (quarter + 1));
    }

private:
    // splitmix64
    static std::uint64_t mixed(std::uint64_t x) {
        x += 0x9E3779B97F4A7C15u;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
        return x ^ (x >> 31);
    }

    std::int64_t first_ms_, longest_ms_;
    std::uint64_t seed_ = 0;
};

} // namespace vigil::outbound
