#include "core/scores/delta.hpp"

#include <algorithm>

namespace vigil::scores {

using model::Part;
using model::Score;
using model::ScorePart;

namespace {

ScorePart const* part_of(Score const& s, Part part) {
    const auto found =
        std::find_if(s.parts.begin(), s.parts.end(), [part](ScorePart const& p) { return p.part == part; });
    return found == s.parts.end() ? nullptr : &*found;
}

std::optional<std::int32_t> points_of(Score const& s, Part part) {
    auto const* p = part_of(s, part);
    return p == nullptr ? std::nullopt : p->points;
}

} // namespace

std::optional<std::int32_t> delta_sofa(Score const& day, Score const& baseline_day) {
    const auto now = points_of(day, Part::total), then = points_of(baseline_day, Part::total);
    return now && then ? std::optional{*now - *then} : std::nullopt;
}

std::optional<std::int32_t> max_sofa(std::span<Score const> days) {
    std::optional<std::int32_t> most;
    for (auto const& d : days)
        if (const auto p = points_of(d, Part::total)) most = most ? std::max(*most, *p) : *p;
    return most;
}

std::optional<std::int32_t> total_max_sofa(std::span<Score const> days) {
    std::optional<std::int32_t> total;
    for (auto part : sofa_components) {
        std::optional<std::int32_t> most;
        for (auto const& d : days)
            if (const auto p = points_of(d, part)) most = most ? std::max(*most, *p) : *p;
        if (most) total = total ? *total + *most : *most;
    }
    return total;
}

} // namespace vigil::scores
