#pragma once
// The fourth step: a known cause explains the condition. It is named on the alert and stays visible; nothing is hidden.

#include "core/alerts/evaluate.hpp"

namespace vigil::alerts {

void suppress(PatientView const& view, Standing const& standing, Conditions& conditions, Wake& wake);

// What a person decided explains it: `standby` that nothing is heard of the bed, `care_limits` that an alert about the
// patient calls nobody. Named with author and reason.
inline constexpr std::string_view standby = "standby";
inline constexpr std::string_view care_limits = "care_limits";
void excuse(Standing const& standing, Rules const& rules, Conditions& conditions);
// Standby is over when its time is, or when monitors are heard again after the grace in which cables come off.
void end_standby_with_data(PatientView const& view, Standing& standing);

} // namespace vigil::alerts
