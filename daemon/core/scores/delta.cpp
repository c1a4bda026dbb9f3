#include "core/scores/delta.hpp"

#include <algorithm>

namespace vigil::scores {

using model::Part;
using model::PartState;
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

std::optional<std::int32_t> valued(Score const& s, Part part) {
    auto const* p = part_of(s, part);
    return p == nullptr || p->state != PartState::valued ? std::nullopt : p->points;
}

} // namespace

std::int32_t baseline_total(Baseline const& b) {
    if (b.known_total) return *b.known_total;
    std::int32_t total = b.chronic_dialysis ? 4 : 0;
    if (b.stable_liver) total += *b.stable_liver;
    return total;
}

std::optional<std::int32_t> delta_sofa(Score const& day, Score const& baseline_day) {
    const auto now = points_of(day, Part::total), then = points_of(baseline_day, Part::total);
    return now && then ? std::optional{*now - *then} : std::nullopt;
}

std::optional<std::int32_t> delta_sofa(Score const& day, Baseline const& baseline) {
    const auto now = points_of(day, Part::total);
    return now ? std::optional{*now - baseline_total(baseline)} : std::nullopt;
}

Rise rise(Score const& before, Score const& now) {
    Rise r;
    for (auto part : sofa_components) {
        const auto a = valued(before, part), b = valued(now, part);
        if (a && b) {
            r.points += *b - *a;
            r.rising += std::max(0, *b - *a);
        } else if (b) {
            r.newly_known.push_back(part);
        } else if (a) {
            r.no_longer_known.push_back(part);
        }
    }
    return r;
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
