#pragma once
// From points to lanes: how each rule over time looks at each point, settled along the course up to now.

#include "core/alerts/condition.hpp"
#include "core/alerts/course.hpp"
#include "core/alerts/settle.hpp"

namespace vigil::alerts {

// The greatest rise that ends at `to`: points of the organs valued at both ends (scores.md 0.2).
struct Rise {
    std::int32_t by = 0, before = 0, after = 0;
    std::array<std::int32_t, organ_count> organs{}; // by organ; 0 where not valued at both ends
    bool any = false;                               // an organ was valued at both ends
    model::EventTime from;                          // the earlier end
    std::array<std::int32_t, organ_count> starts{}; // points there; -1 where not valued at both ends
    std::int32_t could =
        0; // the same if organs that are not known any more were as bad as they were within the interval
};
Rise rise_to(std::vector<Point> const& points, Point const& to, model::Duration within);

// Brings `mark` to followed.whole and returns the lanes as of now.
Lanes settle(Course& course, Followed const& followed, Rules const& rules);

// The point in force at an instant; null before the first.
Point const* in_force(std::vector<Point> const& points, model::EventTime at);

// A level that is not reached any more is said to be ending after this part of its dwell: what changes by the minute is
// not worth a revision.
constexpr model::Duration said_after(model::Duration dwell_out) { return {dwell_out.ms / 3}; }

// When a dwell is over, or a point leaves the interval of a rise.
void wake_for(Course const& course, Lanes const& lanes, Rules const& rules, Wake& wake);

// Two gases at the level (or worse) within the rule's interval in this episode, or SpO2/FiO2 sustained after the first.
bool confirmed(Course const& course, Point const& now, Lane const& lane, bool refractory, model::Duration within);

} // namespace vigil::alerts
