#pragma once
// The second step: hysteresis and dwell, on the way in and on the way out, in event time.

#include "core/alerts/rule.hpp"
#include "core/alerts/standing.hpp"

namespace vigil::alerts {

struct Dwell {
    model::Duration in{}, out{};
};

// What the lane has become by `at` although nothing was observed: a dwell that is over.
void mature(Lane& lane, Dwell dwell, model::EventTime at);
// The rule looks like this from `at` on; `cause` is when the deciding reading was true. Unknown never ends an episode
// and never begins one.
void observe(Lane& lane, Dwell dwell, Look look, model::EventTime at, model::EventTime cause);

} // namespace vigil::alerts
