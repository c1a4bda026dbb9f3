#include "core/alerts/revision.hpp"

#include "core/alerts/decide.hpp"

#include <algorithm>

namespace vigil::alerts {

void tell(Alert& alert, Notify notify, model::LogTime at, Handling const& handling, std::vector<Alert>& changed) {
    alert.notify = notify;
    alert.revised_at = at;
    ++alert.revision;
    if (announces(notify)) alert.announced = alert.level;
    const bool calls = alert.signal == SignalState::on && alert.inhibited_by.empty() && alert.announced > 0;
    if (!calls) alert.waiting.reset();
    if (alert.waiting && notify == Notify::worsened) alert.waiting = at; // its audience was called just now
    if (calls && !alert.waiting) {
        alert.waiting = at;
        alert.escalation = 0;
        alert.audience = handling.audiences.empty() ? std::string{} : handling.audiences.front();
    }
    changed.push_back(alert);
}

Shelf const* shelf_over(Standing const& standing, std::string_view rule, std::int32_t level, std::int32_t side) {
    for (auto const& shelf : standing.shelves)
        if (shelf.rule == rule && level <= shelf.level && (shelf.side == 0 || side == shelf.side)) return &shelf;
    return nullptr;
}

void remember(Standing& standing, Alert const& alert) {
    auto& closed = standing.closed;
    if (closed.size() >= closed_remembered) closed.erase(closed.begin());
    closed.push_back({alert.id,
                      alert.revision,
                      alert.rule,
                      alert.subject_source,
                      alert.closing,
                      alert.revised_at,
                      alert.onsets,
                      {alert}});
    if (closed.size() > closed_kept_whole) closed[closed.size() - closed_kept_whole - 1].whole.clear();
}

} // namespace vigil::alerts
