#pragma once
// Is it true? What `evaluate` and `settle` find out about one rule at one instant, before anybody is told anything.

#include "core/alerts/alert.hpp"
#include "core/alerts/rule.hpp"

#include <optional>

namespace vigil::alerts {

// When the answers can change although nothing arrives.
struct Wake {
    model::EventTime now;
    std::optional<model::EventTime> next{};
    void at(model::EventTime t) {
        if (t > now && (!next || t < *next)) next = t;
    }
    // Something known at `t` is too old from then on.
    void outlives(model::EventTime t, model::Duration age) { at(t + age + model::Duration{1}); }
};

struct Condition {
    Rule const* rule = nullptr;
    std::string token;          // topic key: the rule's id, or the rule's id and a signal
    std::string subject_source; // a feed's name, for feeds
    ConditionState state = ConditionState::absent;
    std::int32_t level = 0;
    std::int32_t side = 0;    // of what leads out of a range both ways: -1 below it, 1 above it
    model::EventTime since;   // meaningful unless absent
    model::EventTime reached; // since when at this level
    bool corrected = false;   // absent or less, and as known now it never was what is shown
    bool met = true;          // what is seen reaches the level, and not only its dwell on the way out
    bool confirmed = true;
    bool held = false; // not judged at this instant (recovering, recomputing): whatever stands stays
    std::vector<model::Evidence> evidence;
    model::Flags flags; // of the parts of a score that the evidence is of
    std::vector<std::int64_t> figures;
    std::optional<std::int32_t> now; // points now, which do not reach the level: it stands by hysteresis or dwell
    bool ending = false;             // and when its dwell is over nothing is left of it
    std::string inhibited_by;
    std::optional<Decision> excused; // of that, where a person decided it
};

} // namespace vigil::alerts
