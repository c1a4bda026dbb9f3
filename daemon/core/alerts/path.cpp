#include "core/alerts/path.hpp"

#include "core/alerts/evaluate.hpp"
#include "core/alerts/passing.hpp"
#include "core/alerts/revise.hpp"
#include "core/alerts/suppress.hpp"
#include "core/scores/registry.hpp"

#include <algorithm>

namespace vigil::alerts {

using model::LogTime;

namespace {

constexpr std::size_t late_shown = 8;

void note_late(PatientView const& view, Standing& standing) {
    const auto holds = view.rules.rules.late_result.holds;
    std::erase_if(standing.late, [&](LateNote const& n) { return view.at - n.known_at > holds; });
    for (auto const& l : view.late) {
        auto e = evidence_of(l.signal, l.sample);
        e.verdict = model::Verdict::refused;
        e.reason = model::Reason::superseded;
        if (standing.late.size() >= late_shown) standing.late.erase(standing.late.begin());
        standing.late.push_back({e, view.at});
    }
}

// While its past is read again nothing about a patient is judged.
void hold_while_recomputing(PatientView const& view, Conditions& conditions) {
    if (!view.encounter.recomputing) return;
    for (auto& c : conditions) c.held = c.held || c.rule->kind == AlertKind::patient;
}

// Nothing looks at a suspended patient's readings: what stands is unknown from here on.
Conditions suspended(PatientView const& view, Standing const& standing) {
    Conditions out;
    for (auto const& a : standing.alerts) {
        auto const* rule = find_rule(view.rules.rules, a.rule);
        if (rule == nullptr || a.rule == view.rules.rules.encounter_suspended.id) continue;
        auto c = condition_of(*rule);
        c.token = a.rule;
        c.state = ConditionState::unknown;
        c.level = a.level;
        c.held = rule->kind == AlertKind::technical;
        out.push_back(std::move(c));
    }
    auto c = condition_of(view.rules.rules.encounter_suspended);
    c.state = ConditionState::present;
    c.level = 1;
    c.since = view.now;
    out.push_back(std::move(c));
    return out;
}

// With what was placed since the last call and not told of.
PatientView with_noted(PatientView const& view, Standing& standing) {
    auto whole = view;
    if (standing.touched && (!whole.touched || *standing.touched < *whole.touched)) whole.touched = standing.touched;
    whole.amended = whole.amended || standing.amended;
    standing.touched.reset();
    standing.amended = false;
    return whole;
}

} // namespace

Conditions conditions_of(PatientView const& asked, Standing& standing) {
    const auto view = with_noted(asked, standing);
    const auto followed = follow(view, standing.course);
    const auto lanes = settle(standing.course, followed, view.rules.rules);
    Conditions out;
    Wake wake{view.now};
    evaluate_course(view, standing, followed, lanes, out, wake);
    evaluate_labs(view, out, wake);
    evaluate_score_levels(view, standing, out, wake);
    evaluate_trends(view, out, wake);
    evaluate_limits(view, standing, out, wake);
    hold_while_recomputing(view, out);
    evaluate_states(view, standing, out, wake);
    evaluate_inputs(view, standing, followed, out, wake);
    evaluate_late(view, standing, out, wake);
    evaluate_admission(view, out, wake);
    suppress(view, standing, out, wake);
    standing.due = wake.next ? LogTime{wake.next->ms} : never;
    return out;
}

bool concerns(core::Rulebook const& rules, model::Signal signal) {
    const auto index = static_cast<std::size_t>(signal);
    if (index >= rules.vocabulary.size()) return false;
    auto const& entry = rules.vocabulary[index];
    if (entry.kind == model::SignalKind::monitor) return false; // looked at by the minute
    if (entry.kind == model::SignalKind::laboratory && (entry.soft_low || entry.soft_high)) return true;
    auto const& read = rules.rules.score_levels;
    if (std::any_of(read.begin(), read.end(), [&](ScoreLevel const& r) { return scores::reads(r.score, signal); }))
        return true;
    auto const& states = rules.rules.states;
    if (std::any_of(states.begin(), states.end(), [&](StateRule const& r) { return r.signal == signal; })) return true;
    auto const& trends = rules.rules.trends;
    if (std::any_of(trends.begin(), trends.end(), [&](Trend const& t) {
            return t.of == Trend::Of::signal ? t.signal == signal : scores::reads(model::ScoreId::vasoactive, signal);
        }))
        return true;
    return signal == model::Signal::ecls || scores::reads(model::ScoreId::sofa, signal) ||
           scores::reads(model::ScoreId::ards_berlin, signal);
}

void note_touched(Standing& standing, model::EventTime earliest, bool amended) {
    standing.amended = standing.amended || amended;
    if (!standing.touched || earliest < *standing.touched) standing.touched = earliest;
    standing.due = std::min(standing.due, LogTime{minute_ceil(earliest).ms}); // by the minute
}

void advance(PatientView const& view, Standing& standing, std::vector<Alert>& changed) {
    const bool amended = view.amended || standing.amended;
    note_late(view, standing);
    if (view.encounter.suspended) standing.due = never;
    end_standby_with_data(view, standing);
    auto conditions = view.encounter.suspended ? suspended(view, standing) : conditions_of(view, standing);
    const Subject subject{
        view.rules.site, view.encounter.pseudonym, view.encounter.id, view.encounter.bed, view.at, view.late_only,
        amended};
    excuse(standing, view.rules.rules, conditions);
    revise(conditions, subject, view.rules.rules, standing, changed);
    pass_time(standing, view.rules.rules, view.at, changed);
}

void advance(SourceView const& view, Standing& standing, std::vector<Alert>& changed) {
    auto const& rules = view.rules.rules;
    auto const& offset = view.source.clock_offset;
    if (offset && standing.offset) {
        const auto jump = *offset - *standing.offset;
        if (jump > rules.clock_offset.step || model::Duration{-jump.ms} > rules.clock_offset.step)
            standing.stepped_at = view.at;
    }
    if (offset) standing.offset = offset;
    Conditions conditions;
    evaluate_source(view, standing, conditions);
    revise(conditions, {view.rules.site, view.source.name, {}, {}, view.at, false, true}, rules, standing, changed);
    pass_time(standing, rules, view.at, changed);

    standing.due = never;
    if (view.settings != nullptr && view.settings->silent_after.ms > 0 && view.source.last_frame) {
        const LogTime silent = *view.source.last_frame + view.settings->silent_after + model::Duration{1};
        if (silent > view.at) standing.due = silent; // what waits while recovering is woken when that ends
    }
    for (auto const& a : standing.alerts) {
        if (a.inhibited_by != reconnecting) continue;
        const auto told = view.at + (a.true_since + rules.device_silent.lost_after - model::patient_now(view.at));
        if (told > view.at) standing.due = std::min(standing.due, told);
    }
    if (standing.stepped_at && *standing.stepped_at + rules.clock_offset.step_holds > view.at)
        standing.due = std::min(standing.due, *standing.stepped_at + rules.clock_offset.step_holds);
}

void advance(DaemonView const& view, Standing& standing, std::vector<Alert>& changed) {
    Conditions conditions;
    evaluate_daemon(view, conditions);
    revise(conditions, {view.rules.site, "daemon", {}, {}, view.at, false, true}, view.rules.rules, standing, changed);
    pass_time(standing, view.rules.rules, view.at, changed);
    standing.due = never;
    for (auto const& settings : view.rules.sources) {
        const auto feed = expected(view, settings);
        const bool told = std::any_of(standing.alerts.begin(), standing.alerts.end(),
                                      [&](Alert const& a) { return a.subject_source == settings.source; });
        const LogTime silent = view.started + feed.within + model::Duration{1};
        const bool waits = view.recovering && silent <= view.at; // it is woken when that ends
        if (!waits && (feed.heard == told || (!feed.heard && silent > view.at)))
            standing.due = std::min(standing.due, std::max(silent, view.at + model::seconds(1)));
        // A feed that was told of may be heard at any time: look again each minute.
        if (told) standing.due = std::min(standing.due, view.at + model::minutes(1));
    }
}

} // namespace vigil::alerts
