#pragma once
// The fifth step: is there anything to tell, and why. No revision without a reason.

#include "core/alerts/condition.hpp"
#include "core/alerts/lifecycle.hpp"

namespace vigil::alerts {

// `announced`: the highest level announced so far, 0 for none; `news`: figures, confirmation or inhibition differ from
// the last revision. An inhibited alert is shown (updated) and not announced; what was only shown is announced when the
// cause is gone.
Notify decide(Next const& by_table, Condition const& condition, std::int32_t announced, bool news);

// True for what a listener should be alerted to, and not only see.
bool announces(Notify notify);

} // namespace vigil::alerts
