// What people and the census do to alerts that stand.

#include "core/alerts/lifecycle.hpp"
#include "core/alerts/path.hpp"

#include <algorithm>

namespace vigil::alerts {

namespace {

void close(Standing& standing, Alert& alert, Closing because, model::LogTime at, std::vector<Alert>& changed) {
    enter(alert, Phase::closed);
    alert.closing = because;
    alert.revised_at = at;
    ++alert.revision;
    changed.push_back(alert);
    if (standing.closed.size() >= closed_remembered) standing.closed.erase(standing.closed.begin());
    standing.closed.push_back({alert.id, alert.revision});
}

} // namespace

AckAnswer acknowledge(Standing& standing, std::string const& id, std::uint64_t revision, std::string const& user,
                      model::LogTime at, std::vector<Alert>& changed) {
    const auto found =
        std::find_if(standing.alerts.begin(), standing.alerts.end(), [&](Alert const& a) { return a.id == id; });
    if (found == standing.alerts.end()) return AckAnswer::unknown_alert;
    auto& alert = *found;
    if (alert.revision != revision) return AckAnswer::stale_revision;
    const auto to = next(phase_of(alert), Happening::acknowledge, true);
    if (to.notify == Notify::nothing) return AckAnswer::already;
    alert.notify = to.notify;
    alert.acknowledged_by = user;
    alert.acknowledged_at = at;
    if (to.phase == Phase::closed) {
        const auto because = alert.ended == Closing::open ? Closing::recovered : alert.ended;
        close(standing, alert, because, at, changed);
        standing.alerts.erase(found);
        return AckAnswer::done;
    }
    enter(alert, to.phase);
    alert.revised_at = at;
    ++alert.revision;
    changed.push_back(alert);
    return AckAnswer::done;
}

void close_all(Standing& standing, Closing because, model::LogTime at, std::vector<Alert>& changed) {
    for (auto& alert : standing.alerts) {
        alert.notify = next(phase_of(alert), Happening::close, true).notify;
        close(standing, alert, because, at, changed);
    }
    standing.alerts.clear();
    standing.untold.clear();
    standing.late.clear();
    standing.due = never;
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
