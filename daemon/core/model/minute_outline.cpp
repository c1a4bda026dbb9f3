#include "core/model/minute_outline.hpp"

#include <algorithm>
#include <limits>

namespace vigil::model {

MinuteOutline outline_of(std::span<MinuteRecord const> records) {
    MinuteOutline out;
    auto const& front = records.front();
    out.unit = front.unit;
    out.scale = front.scale;
    out.lasting = std::numeric_limits<std::int32_t>::max();
    out.highest = std::numeric_limits<std::int32_t>::min();
    std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
    MinuteRecord const* before = nullptr;
    for (auto const& r : records) {
        const bool alike = r.unit == front.unit && r.scale == front.scale && r.unsaid() == 0;
        if (!alike || r.valid == 0 || r.valid * 2 < r.total) return {};
        if (before != nullptr && r.minute != before->minute + 1) return {};
        lowest = std::min(lowest, std::int64_t{r.median} - r.below);
        out.highest = std::max(out.highest, r.median);
        if (before != nullptr && std::max(before->median, r.median) <= out.lasting) {
            out.lasting = std::max(before->median, r.median);
            out.lasting_at = static_cast<std::uint8_t>(r.minute - front.minute);
            out.lasting_ms = r.offset_ms;
        }
        before = &r;
    }
    if (lowest < std::numeric_limits<std::int32_t>::min()) return {};
    out.even = true;
    out.lowest = static_cast<std::int32_t>(lowest);
    out.first = front.median;
    out.first_ms = front.offset_ms;
    out.last = records.back().median;
    out.last_ms = records.back().offset_ms;
    return out;
}

} // namespace vigil::model
