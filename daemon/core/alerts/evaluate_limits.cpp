// Limits that a person set for one patient.

#include "core/alerts/evaluate.hpp"

#include <algorithm>

namespace vigil::alerts {

namespace {

using model::Ratio;

std::string token_of(Rule const& rule, model::Signal signal) { return rule.id + '_' + std::string{name_of(signal)}; }

std::int32_t side_of(Limit const& limit, Ratio const& value) {
    if (limit.below && value < *limit.below) return -1;
    if (limit.above && value > *limit.above) return 1;
    return 0;
}

struct Sight {
    std::optional<model::Sample> newest;
    std::int32_t side = 0; // of the newest
    bool settled = false;  // and nothing else for as long as it takes
};

// A stream by its minutes: each of the last ones says the same.
Sight see_stream(PatientView const& view, Limit const& limit, model::Duration sustained) {
    Sight out;
    bool same = true;
    model::EventTime first = view.now;
    view.patient.timeline->minutes(
        limit.signal, view.now - sustained - model::minutes(1), view.now, [&](model::Minute const& m) {
            const auto value = m.valid == 0 ? std::nullopt : core::canonical(view.rules, limit.signal, m.value, m.unit);
            if (!value) return;
            const auto side = side_of(limit, *value);
            same = same && (!out.newest || side == out.side);
            if (!out.newest) first = m.time;
            out.newest = m.sample();
            out.side = side;
        });
    // One lone minute, or one with nothing after it, is not as long as it takes.
    out.settled =
        same && out.newest && view.now - first >= sustained && view.now - out.newest->time <= model::minutes(2);
    return out;
}

Sight see_result(PatientView const& view, Limit const& limit, core::VocabularyEntry const& entry) {
    Sight out;
    const auto newest = view.patient.timeline->latest(limit.signal, view.now, entry.max_age);
    if (!newest || newest->is_word) return out;
    const auto value = core::canonical(view.rules, limit.signal, newest->value, newest->unit);
    if (!value) return out;
    return {newest, side_of(limit, *value), true};
}

} // namespace

void evaluate_limits(PatientView const& view, Standing const& standing, Conditions& out, Wake& wake) {
    auto const& rule = view.rules.rules.patient_limit;
    if (!rule) return;
    // One that was lifted is over.
    for (auto const& a : standing.alerts) {
        const bool holds = std::any_of(standing.limits.begin(), standing.limits.end(),
                                       [&](Limit const& l) { return a.rule == token_of(rule->rule, l.signal); });
        if (find_rule(view.rules.rules, a.rule) != &rule->rule || holds) continue;
        auto c = condition_of(rule->rule);
        c.token = a.rule;
        out.push_back(std::move(c));
    }
    for (auto const& limit : standing.limits) {
        auto const& entry = core::entry(view.rules, limit.signal);
        auto c = condition_of(rule->rule);
        c.token = token_of(rule->rule, limit.signal);
        // A cuff measures now and then: each value counts until it is too old.
        const bool stream = entry.kind == model::SignalKind::monitor &&
                            view.encounter.newest[static_cast<std::size_t>(limit.signal)].streams();
        const auto sight = stream ? see_stream(view, limit, rule->sustained) : see_result(view, limit, entry);
        const auto stands = std::find_if(standing.alerts.begin(), standing.alerts.end(), [&](Alert const& a) {
            return a.rule == c.token && a.condition != ConditionState::absent;
        });
        if (stream) wake.at(view.now + model::minutes(1));
        if (!stream && sight.newest && entry.max_age.ms != 0) wake.outlives(sight.newest->time, entry.max_age);
        if (!sight.newest) {
            // Nothing to see ends nothing.
            c.state = stands == standing.alerts.end() ? ConditionState::absent : ConditionState::unknown;
        } else if (sight.side != 0 ? sight.settled || stands != standing.alerts.end()
                                   : stands != standing.alerts.end() && !sight.settled) {
            c.state = ConditionState::present;
            // On its way back it is still the same excursion, and no other one.
            c.side = sight.side != 0 ? sight.side : stands->side;
            c.since = c.reached = stands != standing.alerts.end() ? stands->true_since
                                  : stream                        ? view.now - rule->sustained
                                                                  : sight.newest->time;
            c.evidence = {evidence_of(limit.signal, *sight.newest)};
        }
        if (c.state != ConditionState::absent) c.level = 1;
        c.excused = limit.decision; // whose limit it is
        out.push_back(std::move(c));
    }
}

} // namespace vigil::alerts
