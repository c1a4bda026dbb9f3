#pragma once
// The fourth step: a known cause explains the condition. It is named on the alert and stays visible; nothing is hidden.

#include "core/alerts/evaluate.hpp"

namespace vigil::alerts {

void suppress(PatientView const& view, Conditions& conditions, Wake& wake);

} // namespace vigil::alerts
