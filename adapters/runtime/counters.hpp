#pragma once
// What an adapter tells of itself each second.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace vigil::adapters {

struct Counters {
    std::uint64_t messages = 0;
    std::uint64_t refused = 0;   // answered negatively or dropped at the framing
    std::uint64_t malformed = 0; // of these, what was no message at all
    std::uint64_t bytes_skipped = 0;
    std::optional<std::int64_t> last_message_ms;
    std::map<std::string, std::uint64_t, std::less<>> by_reason; // words of closed lists

    void refuse(std::string_view reason) {
        ++refused;
        note(reason, 1);
    }
    void note(std::string_view reason, std::uint64_t count) {
        if (count == 0) return;
        const auto at = by_reason.find(reason);
        if (at != by_reason.end())
            at->second += count;
        else if (by_reason.size() < 64)
            by_reason.emplace(std::string(reason), count);
    }
};

} // namespace vigil::adapters
