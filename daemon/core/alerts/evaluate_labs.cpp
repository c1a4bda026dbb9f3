// A laboratory value outside its soft range alerts at once, to be verified: a soft flag never suppresses it (scores.md
// 0.9).

#include "core/alerts/evaluate.hpp"

namespace vigil::alerts {

using model::Ratio;

namespace {

constexpr model::Duration looked_back = model::hours(72);
constexpr std::int32_t highest_level = 24;

// Where a value lies outside the soft range.
struct Excursion {
    std::int32_t side = 0;  // -1 below, 1 above; 0: not outside
    bool leaving = false;   // inside again, but not clear of the limit
    std::int32_t level = 0; // 1, and one more for every `worse_percent` of the limit further out
};

// `percent` of the limit further out; inside when negative.
bool beyond(model::Decimal const& bound, std::int32_t side, std::int32_t percent, model::Sample const& s,
            Ratio const& value) {
    const auto out = side * (bound.mantissa < 0 ? -percent : percent); // inside of a negative limit lies towards zero
    const auto limit = model::scaled(model::ratio(bound), model::Decimal{100 + out, 0}, model::Decimal{100, 0});
    if (!limit) return false;
    if (value == *limit) return s.comparator == (side < 0 ? model::Comparator::less : model::Comparator::greater);
    return side < 0 ? value < *limit : value > *limit;
}

// For an episode that stands on the side `standing`, `leave_percent` further inside counts as outside.
Excursion excursion(core::VocabularyEntry const& entry, model::Sample const& s, Ratio const& value,
                    std::int32_t standing, ExtremeLab const& rule) {
    for (const std::int32_t side : {-1, 1}) {
        auto const& bound = side < 0 ? entry.soft_low : entry.soft_high;
        if (!bound || !beyond(*bound, side, side == standing ? -rule.leave_percent : 0, s, value)) continue;
        Excursion out{side, !beyond(*bound, side, 0, s, value), 1};
        while (rule.worse_percent > 0 && bound->mantissa != 0 && out.level < highest_level &&
               beyond(*bound, side, out.level * rule.worse_percent, s, value))
            ++out.level;
        return out;
    }
    return {};
}

model::Evidence evidence_of(core::VocabularyEntry const& entry, model::Sample const& s, bool fresh) {
    auto e = alerts::evidence_of(entry.signal, s);
    e.verdict = fresh ? model::Verdict::used : model::Verdict::stale;
    e.reason = fresh ? model::Reason::soft_range : model::Reason::stale;
    return e;
}

} // namespace

void evaluate_labs(PatientView const& view, Conditions& out, Wake& wake) {
    auto const& rule = view.rules.rules.extreme_lab;
    for (auto const& entry : view.rules.vocabulary) {
        if (entry.kind != model::SignalKind::laboratory || (!entry.soft_low && !entry.soft_high)) continue;
        auto const& timeline = *view.patient.timeline;
        if (timeline.empty(entry.signal)) continue;
        auto c = condition_of(rule.rule);
        c.token += '_';
        c.token += name_of(entry.signal);
        bool inside_since = false, looked_at = false;
        for (auto const& s : timeline.range(entry.signal, view.now - looked_back, view.now)) {
            if (s.is_word) continue;
            const auto value = core::canonical(view.rules, entry.signal, s.value, s.unit);
            if (!value) continue;
            looked_at = true;
            const bool standing = c.level > 0;
            const auto out_by = excursion(entry, s, *value, c.side, rule);
            c.side = out_by.side;
            c.level = out_by.level;
            if (c.level == 0) {
                inside_since = inside_since || standing;
                c.state = ConditionState::absent;
                c.evidence.clear();
                c.figures.clear();
                continue;
            }
            if (!standing) c.since = s.time;
            c.figures = {s.value.mantissa, s.value.scale};
            const bool fresh = entry.max_age.ms == 0 || view.now - s.time <= entry.max_age;
            c.state = fresh ? ConditionState::present : ConditionState::unknown;
            // What is told is the value that was outside; one on its way back is told beside it.
            if (c.evidence.empty() || !out_by.leaving) c.evidence = {evidence_of(entry, s, fresh)};
            if (out_by.leaving) {
                c.evidence.resize(1);
                c.evidence.push_back(evidence_of(entry, s, fresh));
            }
            if (entry.max_age.ms != 0) wake.outlives(s.time, entry.max_age);
        }
        c.corrected = c.level == 0 && !inside_since;
        c.held = !looked_at && !view.amended; // too old to be looked at is not over
        out.push_back(std::move(c));
    }
}

} // namespace vigil::alerts
