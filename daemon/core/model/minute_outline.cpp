#include "core/model/minute_outline.hpp"

#include <algorithm>
#include <limits>

namespace vigil::model {

MinuteOutline outline_of(std::span<MinuteRecord const> records) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    MinuteOutline out;
    auto const &front = records.front(), &back = records.back();
    out.unit = front.unit;
    out.scale = front.scale;
    out.highest = std::numeric_limits<std::int32_t>::min();
    std::int64_t lowest = most, lasting = most, least = most;
    MinuteRecord const* before = nullptr;
    for (auto const& r : records) {
        const bool alike = r.unit == front.unit && r.scale == front.scale && r.unsaid() == 0;
        if (!alike || r.valid == 0 || r.valid * 2 < r.total) return {};
        if (before != nullptr && r.minute != before->minute + 1) return {};
        lowest = std::min(lowest, std::int64_t{r.median} - r.below);
        const auto minute = static_cast<std::uint8_t>(r.minute - front.minute);
        if (r.median >= out.highest) {
            out.highest = r.median;
            out.highest_at = minute;
        }
        if (r.median <= least) {
            least = r.median;
            out.least_at = minute;
        }
        if (before != nullptr && std::max(before->median, r.median) <= lasting) {
            lasting = std::max(before->median, r.median);
            out.lasting_at = minute;
            out.lasting_ms = r.offset_ms;
        }
        before = &r;
    }
    if (lasting == most) lasting = front.median; // one minute alone
    if (lowest < std::numeric_limits<std::int32_t>::min() ||
        out.highest - lowest > std::numeric_limits<std::uint16_t>::max())
        return {};
    const auto above = [lowest](std::int64_t median) { return static_cast<std::uint16_t>(median - lowest); };
    out.even = true;
    out.lowest = static_cast<std::int32_t>(lowest);
    out.first_above = above(front.median);
    out.last_above = above(back.median);
    out.lasting_above = above(lasting);
    out.least_above = above(least);
    out.first_ms = front.offset_ms;
    out.last_ms = back.offset_ms;
    return out;
}

} // namespace vigil::model
