#pragma once
// One revision of an alert, whatever the reason: who is called by it, and what is remembered when it was the last.

#include "core/alerts/lifecycle.hpp"
#include "core/alerts/rule.hpp"
#include "core/alerts/standing.hpp"

namespace vigil::alerts {

// The alert as it is now becomes its next revision. What it announces is noted; one that begins to call somebody calls
// the first audience, one that calls for something worse gives its audience the time of that, and one that does not,
// waits for nobody.
void tell(Alert& alert, Notify notify, model::LogTime at, Handling const& handling, std::vector<Alert>& changed);

// The shelf that covers this level of a rule; null: none.
Shelf const* shelf_over(Standing const& standing, std::string_view rule, std::int32_t level, std::int32_t side);

// Notes the last revision of a closed alert.
void remember(Standing& standing, Alert const& alert);

} // namespace vigil::alerts
