#include "core/alerts/passing.hpp"

#include "core/alerts/lifecycle.hpp"
#include "core/alerts/revision.hpp"

#include <algorithm>

namespace vigil::alerts {

namespace {

using model::LogTime;

bool over(Decision const& decision, LogTime at) { return decision.until && *decision.until <= at; }

// When it is handed on to the next audience; never when it waits for nobody or there is no next.
LogTime handed_on_at(Alert const& alert, Rules const& rules) {
    const auto next_audience = static_cast<std::size_t>(alert.escalation) + 1;
    auto const* rule = find_rule(rules, alert.rule);
    if (!alert.waiting || rule == nullptr || next_audience >= rules.handling.audiences.size()) return never;
    const auto after = escalates_after(rules.handling, *rule, alert.level);
    return after ? *alert.waiting + *after : never;
}

void hand_on(Alert& alert, Rules const& rules, LogTime at, std::vector<Alert>& changed) {
    const auto to = next(phase_of(alert), Happening::escalate, true);
    if (to.notify == Notify::nothing) return;
    ++alert.escalation;
    alert.audience = rules.handling.audiences[static_cast<std::size_t>(alert.escalation)];
    alert.waiting = at;
    tell(alert, to.notify, at, rules.handling, changed);
}

// Whether data of a patient on standby came back is looked at by the minute.
constexpr model::Duration look_for_data_every = model::minutes(1);

} // namespace

void resume(Alert& alert, Standing const& standing, Rules const& rules, LogTime at, std::vector<Alert>& changed) {
    auto to = next(phase_of(alert), Happening::resume, true);
    if (to.notify == Notify::nothing) return;
    auto const* shelf = shelf_over(standing, alert.rule, alert.level, alert.side);
    if (shelf != nullptr) to = next(to.phase, Happening::shelve, true);
    enter(alert, to.phase);
    if (shelf != nullptr) alert.shelved = shelf->decision;
    const bool held = to.notify == Notify::resumed && !alert.inhibited_by.empty();
    tell(alert, held ? Notify::updated : to.notify, at, rules.handling, changed);
}

void pass_time(Standing& standing, Rules const& rules, LogTime at, std::vector<Alert>& changed) {
    std::erase_if(standing.shelves, [at](Shelf const& s) { return over(s.decision, at); });
    if (standing.standby && over(*standing.standby, at)) standing.standby.reset();
    standing.deadline = never;
    const auto look_at = [&standing](LogTime when) { standing.deadline = std::min(standing.deadline, when); };
    for (auto& alert : standing.alerts) {
        const bool pause_over = alert.paused && over(*alert.paused, at);
        const bool unshelved = alert.signal == SignalState::shelved &&
                               shelf_over(standing, alert.rule, alert.level, alert.side) == nullptr;
        if (pause_over || unshelved) resume(alert, standing, rules, at, changed);
        if (handed_on_at(alert, rules) <= at) hand_on(alert, rules, at, changed);
        look_at(handed_on_at(alert, rules));
        if (alert.paused) look_at(alert.paused->until.value_or(never));
    }
    for (auto const& shelf : standing.shelves) look_at(shelf.decision.until.value_or(never));
    if (standing.standby) look_at(std::min(at + look_for_data_every, standing.standby->until.value_or(never)));
}

} // namespace vigil::alerts
