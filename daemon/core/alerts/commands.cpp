// What people and the census do to alerts that stand.

#include "core/alerts/lifecycle.hpp"
#include "core/alerts/passing.hpp"
#include "core/alerts/path.hpp"
#include "core/alerts/revision.hpp"

#include <algorithm>

namespace vigil::alerts {

namespace {

// Whom an alert calls is for those that go on.
const Handling nobody_called{};

void close(Standing& standing, Alert& alert, Closing because, Notify notify, model::LogTime at,
           std::vector<Alert>& changed) {
    // What stood latched was over when it was latched, and not when somebody saw it.
    const auto over = alert.signal == SignalState::latched ? alert.revised_at : at;
    enter(alert, Phase::closed);
    alert.closing = because;
    tell(alert, notify, at, nobody_called, changed);
    remember(standing, alert);
    standing.closed.back().at = over;
}

} // namespace

AckAnswer acknowledge(Standing& standing, Rules const& rules, std::string const& id, std::uint64_t revision,
                      std::string const& user, model::LogTime at, std::vector<Alert>& changed) {
    const auto found =
        std::find_if(standing.alerts.begin(), standing.alerts.end(), [&](Alert const& a) { return a.id == id; });
    if (found == standing.alerts.end()) return AckAnswer::unknown_alert;
    auto& alert = *found;
    if (alert.revision != revision) return AckAnswer::stale_revision;
    const auto to = next(phase_of(alert), Happening::acknowledge, true);
    if (to.notify == Notify::nothing) return AckAnswer::already;
    alert.acknowledged_by = user;
    alert.acknowledged_at = at;
    if (to.phase == Phase::closed) {
        const auto because = alert.ended == Closing::open ? Closing::recovered : alert.ended;
        close(standing, alert, because, to.notify, at, changed);
        standing.alerts.erase(found);
        return AckAnswer::done;
    }
    enter(alert, to.phase);
    tell(alert, to.notify, at, rules.handling, changed);
    pass_time(standing, rules, at, changed);
    return AckAnswer::done;
}

void close_all(Standing& standing, Closing because, model::LogTime at, std::vector<Alert>& changed) {
    for (auto& alert : standing.alerts) {
        const auto to = next(phase_of(alert), Happening::close, true);
        close(standing, alert, because, to.notify, at, changed);
    }
    standing.alerts.clear();
    standing.untold.clear();
    standing.late.clear();
    standing.shelves.clear();
    standing.standby.reset();
    standing.care_limits.reset();
    standing.limits.clear();
    standing.due = standing.deadline = never;
}

void move_all(Standing& standing, model::BedId to, model::LogTime at, std::vector<Alert>& changed) {
    for (auto& alert : standing.alerts) {
        if (alert.bed == to) continue;
        alert.notify = Notify::moved;
        alert.moved_to = to;
        alert.revised_at = at;
        ++alert.revision;
        changed.push_back(alert);
        alert.bed = to;
        alert.moved_to = {};
        alert.notify = Notify::updated;
        ++alert.revision;
        changed.push_back(alert);
    }
}

} // namespace vigil::alerts
