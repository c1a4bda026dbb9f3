#include "core/alerts/suppress.hpp"

#include <algorithm>

namespace vigil::alerts {

namespace {

bool on_ecls(PatientView const& view, Wake& wake) {
    const auto s = view.patient.timeline->latest(model::Signal::ecls, view.now, {});
    if (!s || !s->is_word || (s->until && *s->until <= view.now)) return false;
    if (s->until) wake.at(*s->until);
    return s->word == model::Word::vv || s->word == model::Word::va || s->word == model::Word::vav ||
           s->word == model::Word::av || s->word == model::Word::running;
}

bool is_monitor(PatientView const& view, model::Evidence const& e) {
    return core::entry(view.rules, e.signal).kind == model::SignalKind::monitor;
}

// How the patient came in is told once, by the card: organs and oxygenation as they were found while it settled call
// nobody, until they are worse than that (docs/decisions/0016).
bool came_in_with(PatientView const& view, Standing const& standing, Condition const& c) {
    auto const& rules = view.rules.rules;
    auto const& card = rules.admission;
    if (!card || !card->rule.enabled) return false;
    const bool of_severity =
        c.rule == &rules.ards_oxygenation.rule ||
        std::any_of(rules.organs.begin(), rules.organs.end(), [&](OrganFailure const& o) { return &o.rule == c.rule; });
    if (!of_severity) return false;
    if (view.now - view.encounter.opened <= card->settles) return true;
    return std::any_of(standing.alerts.begin(), standing.alerts.end(), [&](Alert const& a) {
        return a.rule == c.token && a.inhibited_by == card->rule.id && a.condition != ConditionState::absent &&
               c.level <= a.level;
    });
}

} // namespace

void suppress(PatientView const& view, Standing const& standing, Conditions& conditions, Wake& wake) {
    auto const& rules = view.rules.rules;
    // P/F describes lung and membrane together (scores.md 0.6, 5.9).
    const bool ecls = on_ecls(view, wake);
    const bool silent = std::any_of(conditions.begin(), conditions.end(), [&](Condition const& c) {
        return c.rule == &rules.device_silent.rule && c.state == ConditionState::present;
    });
    for (auto& c : conditions) {
        if (c.state == ConditionState::absent) continue;
        const bool of_ratio = c.rule == &rules.ards_oxygenation.rule || c.rule == &rules.refractory_hypoxaemia.rule ||
                              std::any_of(rules.trends.begin(), rules.trends.end(),
                                          [&](Trend const& t) { return t.of == Trend::Of::pf && c.rule == &t.rule; });
        if (ecls && of_ratio) c.inhibited_by = name_of(model::Signal::ecls);
        // One bed that went quiet is one alert: its monitors' inputs are all stale for that reason.
        if (silent && c.rule == &rules.input_stale &&
            std::all_of(c.evidence.begin(), c.evidence.end(), [&](auto const& e) { return is_monitor(view, e); }))
            c.inhibited_by = rules.device_silent.rule.id;
        if (c.inhibited_by.empty() && came_in_with(view, standing, c)) c.inhibited_by = rules.admission->rule.id;
    }
}

void excuse(Standing const& standing, Rules const& rules, Conditions& conditions) {
    for (auto& c : conditions) {
        if (c.state == ConditionState::absent || !c.inhibited_by.empty()) continue;
        const bool of_silence =
            c.rule == &rules.device_silent.rule || c.rule == &rules.input_stale || c.rule == &rules.pump_silent;
        if (standing.standby && of_silence) {
            c.inhibited_by = standby;
            c.excused = standing.standby;
        }
        if (!standing.care_limits || c.rule->kind != AlertKind::patient) continue;
        auto const& limited = standing.care_limits->rules;
        if (!limited.empty() && std::find(limited.begin(), limited.end(), c.token) == limited.end()) continue;
        c.inhibited_by = care_limits;
        c.excused = standing.care_limits->decision;
    }
}

void end_standby_with_data(PatientView const& view, Standing& standing) {
    if (!standing.standby) return;
    const auto expected_off = model::patient_now(standing.standby->at + view.rules.rules.handling.standby_grace);
    bool over = standing.standby->until && *standing.standby->until <= view.at;
    for (auto const& entry : view.rules.vocabulary) {
        auto const& newest = view.encounter.newest[static_cast<std::size_t>(entry.signal)];
        over = over || (entry.kind == model::SignalKind::monitor && newest.seen && newest.time > expected_off);
    }
    if (over) standing.standby.reset();
}

} // namespace vigil::alerts
