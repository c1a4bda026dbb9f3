#pragma once
// What a revision of an alert is to a receiver that was told the one before it. Pure.

#include "vigil/v1/alert.pb.h"

#include <string>
#include <string_view>
#include <vector>

namespace vigil::outbound {

// IHE PCD-04, 68481 MDC_ATTR_EVENT_PHASE.
enum class Phase : int { start, continues, update, escalate, deescalate, end, reset };
std::string_view name_of(Phase phase);

// `before`: what the receiver was told last of this alert; null when it was told nothing.
Phase phase_of(v1::Alert const* before, v1::Alert const& now);

// 68482 MDC_ATTR_ALARM_STATE: active, inactive, latched. What is unknown has not ended.
std::string_view alarm_state(v1::Alert const& alert);
// 68483 MDC_ATTR_ALARM_INACTIVATION_STATE: enabled, alarm-paused, alarm-off, alert-acknowledged.
std::string_view inactivation_state(v1::Alert const& alert);

enum class Kind { pcd04, webhook };

struct Filter {
    v1::Priority least = v1::PRIORITY_INFORMATION;
    bool patient = true, technical = true;
    std::vector<std::string> units{}; // none: all
};

// Whether a destination is told this revision. An alert that it was told of is told to its end, whatever it has become:
// a receiver that never hears that an alarm was lowered, moved or over would keep it for ever.
bool is_told(Kind kind, Filter const& filter, v1::Alert const* before, v1::Alert const& now);

} // namespace vigil::outbound
