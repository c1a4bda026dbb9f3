// A laboratory value outside its soft range alerts at once, to be verified: a soft flag never suppresses it (scores.md
// 0.9).

#include "core/alerts/evaluate.hpp"

namespace vigil::alerts {

using model::Ratio;

namespace {

constexpr model::Duration looked_back = model::hours(72);

// Outside the soft range; `leave_percent` further inside counts as outside for an episode that stands.
bool outside(core::VocabularyEntry const& entry, model::Sample const& s, Ratio const& value,
             std::int32_t leave_percent) {
    const auto limit = [&](model::Decimal bound, std::int32_t percent) {
        if (bound.mantissa < 0) percent = -percent; // inside of a negative limit lies towards zero
        return model::scaled(model::ratio(bound), model::Decimal{100 + percent, 0}, model::Decimal{100, 0});
    };
    const bool below = s.comparator == model::Comparator::less;
    const bool above = s.comparator == model::Comparator::greater;
    if (entry.soft_low) {
        const auto low = limit(*entry.soft_low, leave_percent);
        if (low && (value < *low || (below && value == *low))) return true;
    }
    if (entry.soft_high) {
        const auto high = limit(*entry.soft_high, -leave_percent);
        if (high && (value > *high || (above && value == *high))) return true;
    }
    return false;
}

model::Evidence evidence_of(core::VocabularyEntry const& entry, model::Sample const& s, bool fresh) {
    model::Evidence e;
    e.signal = entry.signal;
    e.verdict = fresh ? model::Verdict::used : model::Verdict::stale;
    e.reason = fresh ? model::Reason::soft_range : model::Reason::stale;
    e.reported = s.value;
    e.reported_unit = s.unit;
    e.comparator = s.comparator;
    e.time = s.time;
    e.ref = s.ref;
    e.channel = s.channel;
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
        bool inside_since = false;
        for (auto const& s : timeline.range(entry.signal, view.now - looked_back, view.now)) {
            if (s.is_word) continue;
            const auto value = core::canonical(view.rules, entry.signal, s.value, s.unit);
            if (!value) continue;
            const bool standing = c.level > 0;
            if (!outside(entry, s, *value, standing ? rule.leave_percent : 0)) {
                inside_since = inside_since || standing;
                c.level = 0;
                c.state = ConditionState::absent;
                c.evidence.clear();
                continue;
            }
            if (!standing) c.since = s.time;
            c.level = 1;
            const bool fresh = entry.max_age.ms == 0 || view.now - s.time <= entry.max_age;
            c.state = fresh ? ConditionState::present : ConditionState::unknown;
            c.evidence = {evidence_of(entry, s, fresh)};
            if (entry.max_age.ms != 0) wake.outlives(s.time, entry.max_age);
        }
        c.corrected = c.level == 0 && !inside_since;
        out.push_back(std::move(c));
    }
}

} // namespace vigil::alerts
