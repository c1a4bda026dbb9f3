#include "core/alerts/evaluate.hpp"
#include "core/alerts/oxygenation.hpp"

#include "core/scores/inquiry.hpp"

#include <algorithm>

namespace vigil::alerts {

namespace {

Lane const& lane_of(Lanes const& lanes, LaneName name) { return lanes[static_cast<std::size_t>(name)]; }

Condition settled(Rule const& rule, Lane const& lane, Standing const& standing) {
    auto c = condition_of(rule);
    for (auto const& a : standing.alerts)
        if (a.rule == rule.id && lane.level < a.level) c.corrected = lane.fell <= a.reached;
    c.state = lane.state;
    c.level = lane.level;
    c.since = lane.since;
    c.reached = lane.reached;
    c.met = lane.raw >= lane.level;
    return c;
}

void take_evidence(Condition& c, model::Score const& score, model::Part part) {
    auto const* p = part_of(score, part);
    if (p == nullptr) return;
    c.evidence.insert(c.evidence.end(), p->evidence.begin(), p->evidence.end());
    for (const auto flag : p->flags) c.flags.add(flag);
}

// What is seen now, where the level stands by its dwell alone and that has run for a while.
void note_ending(Condition& c, Lane const& lane, model::EventTime at, std::int32_t points) {
    if (lane.state != ConditionState::present || lane.raw > 0 || !lane.below) return;
    if (at - *lane.below < said_after(c.rule->dwell_out)) return;
    c.now = points;
    c.ending = true;
}

// The rise as it was when its level was first seen: what stands by hysteresis, by dwell or for want of data is told
// with the figures that made it true.
Rise rise_told(Course const& course, Point const& now, Lane const& lane, model::Duration within) {
    if (now.at - lane.told > within) return {}; // the earlier end may be forgotten; what was told stays told
    auto const* p = lane.told == now.at ? &now : in_force(course.points, lane.told);
    if (p == nullptr) return {};
    auto then = *p;
    then.at = lane.told;
    return rise_to(course.points, then, within);
}

std::vector<std::int64_t> tenths(PatientView const& view) {
    const auto gas = gas_ratio(view.patient, view.rules, view.now);
    const auto rounded = gas ? model::round_half_up(gas->pf, 1) : std::nullopt;
    if (!rounded) return {};
    // round_half_up may answer with fewer digits than asked for.
    std::int64_t v = rounded->mantissa;
    for (unsigned i = rounded->scale; i < 1; ++i) v *= 10;
    return {v};
}

} // namespace

Condition condition_of(Rule const& rule) {
    Condition c;
    c.rule = &rule;
    c.token = rule.id;
    return c;
}

model::Evidence evidence_of(model::Signal signal, model::Sample const& s) {
    return scores::evidence_of(signal, s, model::Verdict::used);
}

void evaluate_course(PatientView const& view, Standing const& standing, Followed const& followed, Lanes const& lanes,
                     Conditions& out, Wake& wake) {
    auto const& rules = view.rules.rules;
    auto const& now = followed.now;
    if (standing.course.next) wake.at(*standing.course.next);
    if (now.sofa.next_change) wake.at(*now.sofa.next_change);
    if (now.ards.next_change) wake.at(*now.ards.next_change);
    wake_for(standing.course, lanes, rules, wake);
    for (std::size_t i = 0; i < organ_count && i < rules.organs.size(); ++i) {
        auto c = settled(rules.organs[i].rule, lanes[i], standing);
        take_evidence(c, now.sofa, organ_part(i));
        note_ending(c, lanes[i], now.point.at, now.point.organs[i].low);
        out.push_back(std::move(c));
    }
    auto const& lane = lane_of(lanes, LaneName::sofa_rise);
    auto rise = settled(rules.sofa_rise.rule, lane, standing);
    const auto by = lane.level > 0 ? rise_told(standing.course, now.point, lane, rules.sofa_rise.within) : Rise{};
    if (by.any) {
        rise.figures = {by.before, by.after, by.by};
        rise.figures.insert(rise.figures.end(), by.organs.begin(), by.organs.end());
        rise.figures.insert(rise.figures.end(), {by.from.ms, lane.told.ms});
        rise.figures.insert(rise.figures.end(), by.starts.begin(), by.starts.end());
    }
    const auto by_now = rise_to(standing.course.points, now.point, rules.sofa_rise.within).by;
    note_ending(rise, lane, now.point.at, by_now);
    // A level that hysteresis holds has the figures of a higher one.
    if (lane.state == ConditionState::present && lane.raw > 0 && by_now < lane.level && by.by > lane.level)
        rise.now = by_now;
    for (std::size_t i = 0; i < organ_count; ++i) {
        if (by.organs[i] > 0 || (rise.state == ConditionState::unknown && !now.point.organs[i].known))
            take_evidence(rise, now.sofa, organ_part(i));
    }
    out.push_back(std::move(rise));

    auto ards = settled(rules.ards_oxygenation.rule, lane_of(lanes, LaneName::ards_oxygenation), standing);
    take_evidence(ards, now.ards, model::Part::oxygenation);
    ards.figures = tenths(view);
    if (ards.level > 0)
        ards.confirmed = confirmed(standing.course, now.point, lane_of(lanes, LaneName::ards_oxygenation), false,
                                   rules.ards_oxygenation.confirm_within);
    out.push_back(std::move(ards));

    auto refractory = settled(rules.refractory_hypoxaemia.rule, lane_of(lanes, LaneName::refractory), standing);
    take_evidence(refractory, now.ards, model::Part::oxygenation);
    refractory.figures = tenths(view);
    if (refractory.level > 0)
        refractory.confirmed = confirmed(standing.course, now.point, lane_of(lanes, LaneName::refractory), true,
                                         rules.refractory_hypoxaemia.confirm_within);
    out.push_back(std::move(refractory));
}

} // namespace vigil::alerts
