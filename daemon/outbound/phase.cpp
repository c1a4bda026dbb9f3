#include "outbound/phase.hpp"

#include <algorithm>
#include <array>

namespace vigil::outbound {

namespace {

bool closed(v1::Alert const& alert) { return alert.signal() == v1::SIGNAL_STATE_CLOSED; }

bool passes(Filter const& filter, v1::Alert const& alert) {
    if (alert.priority() < filter.least) return false;
    if (alert.kind() == v1::ALERT_KIND_TECHNICAL ? !filter.technical : !filter.patient) return false;
    auto const& units = filter.units;
    return units.empty() || std::find(units.begin(), units.end(), alert.unit()) != units.end();
}

bool calls(v1::Alert const& alert) {
    return alert.inhibited_by().empty() && alert.signal() != v1::SIGNAL_STATE_SHELVED;
}

} // namespace

std::string_view name_of(Phase phase) {
    constexpr std::array<std::string_view, 7> names{"start",      "continue", "update", "escalate",
                                                    "deescalate", "end",      "reset"};
    return names[static_cast<std::size_t>(phase)];
}

Phase phase_of(v1::Alert const* before, v1::Alert const& now) {
    if (before == nullptr) return Phase::start;
    if (closed(now)) return before->signal() == v1::SIGNAL_STATE_LATCHED ? Phase::reset : Phase::end;
    if (now.signal() == v1::SIGNAL_STATE_LATCHED) return Phase::update;
    // A rise voids the acknowledgement, so that more than the priority changes; what matters is that it rose.
    if (now.priority() > before->priority() || now.escalation() > before->escalation()) return Phase::escalate;
    const bool same = now.condition() == before->condition() && now.bed() == before->bed() &&
                      now.unit() == before->unit() && now.moved_to() == before->moved_to() &&
                      inactivation_state(now) == inactivation_state(*before);
    return now.priority() < before->priority() && same ? Phase::deescalate : Phase::update;
}

std::string_view alarm_state(v1::Alert const& alert) {
    if (alert.signal() == v1::SIGNAL_STATE_LATCHED) return "latched";
    return closed(alert) || alert.condition() == v1::CONDITION_STATE_ABSENT ? "inactive" : "active";
}

std::string_view inactivation_state(v1::Alert const& alert) {
    if (!alert.inhibited_by().empty()) return "alarm-off"; // for as long as its cause lasts
    switch (alert.signal()) {
    case v1::SIGNAL_STATE_ACKNOWLEDGED: return "alert-acknowledged";
    case v1::SIGNAL_STATE_PAUSED:
    case v1::SIGNAL_STATE_SHELVED: return "alarm-paused"; // both end by themselves
    default: return "enabled";
    }
}

bool is_told(Kind kind, Filter const& filter, v1::Alert const* before, v1::Alert const& now) {
    if (before == nullptr) return !closed(now) && passes(filter, now) && (kind == Kind::webhook || calls(now));
    // An alarm manager has ended it; a later judgement of it would look like an alarm.
    return kind == Kind::webhook || !closed(*before);
}

} // namespace vigil::outbound
