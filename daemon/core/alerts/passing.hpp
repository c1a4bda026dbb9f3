#pragma once
// What the clock does to alerts that stand: pauses, shelves and standby end, and what nobody acknowledged is handed on.
// All by log time, so that a replay ends the same.

#include "core/alerts/rule.hpp"
#include "core/alerts/standing.hpp"

namespace vigil::alerts {

// Ends what is over at `at`, hands on what waited too long, and sets `standing.deadline`.
void pass_time(Standing& standing, Rules const& rules, model::LogTime at, std::vector<Alert>& changed);

// A pause or a shelving is over: the alert calls again, unless another shelf or a cause holds it.
void resume(Alert& alert, Standing const& standing, Rules const& rules, model::LogTime at, std::vector<Alert>& changed);

} // namespace vigil::alerts
