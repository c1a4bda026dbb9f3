#include "core/scores/finding.hpp"

namespace vigil::scores {

namespace {

bool goes_before(Finding const& a, Finding const& b) {
    if (a.decides != b.decides) return a.decides;
    if (a.decides && a.points.lower != b.points.lower) return a.points.lower > b.points.lower;
    if (a.told != b.told) return a.told;
    if (!a.told && a.refused.empty() != b.refused.empty()) return b.refused.empty();
    // What is high, and what is fresh, leaves less doubt.
    if (a.decides && (a.side == Side::low) != (b.side == Side::low)) return b.side == Side::low;
    return a.state == model::PartState::valued && b.state != model::PartState::valued;
}

} // namespace

model::ScorePart part_of(model::Part name, std::span<Finding> alternatives) {
    std::stable_sort(alternatives.begin(), alternatives.end(), goes_before);
    auto const& first = alternatives.front();
    auto part = unmeasured(name, 0);
    if (first.decides) settle(part, first.points.lower, first.state);
    for (auto const& f : alternatives)
        if (f.told || !first.told) part.upper = std::max(part.upper, f.points.upper);
    // One that nobody has confirmed yet may be so.
    for (auto const& f : alternatives) {
        if (f.told || !f.flags.has(model::Flag::extreme_verify)) continue;
        part.upper = std::max(part.upper, f.points.upper);
        add_flag(part, model::Flag::extreme_verify);
    }
    for (auto f : first.flags) add_flag(part, f);
    // What is missing besides is told only where nothing was found.
    for (auto const& f : alternatives)
        for (auto const& e : f.evidence)
            if (!first.decides || &f == &first || e.verdict == model::Verdict::used ||
                e.verdict == model::Verdict::refused)
                part.evidence.push_back(e);
    return part;
}

} // namespace vigil::scores
