#pragma once
// The first step for rules over time: what the patient's organs and gases looked like at whole minutes of the last two
// days, as known now. A late reading changes the part of the course it belongs to; the order of arrival leaves no
// trace.

#include "core/alerts/path.hpp"
#include "core/model/score.hpp"
#include "core/scores/registry.hpp"

namespace vigil::alerts {

// One instant, and what the scores said of it.
struct Sight {
    Point point;
    model::Score sofa, ards;
};

// Brings the points up to the last whole minute at or before the view's now and returns the sight of now itself. Lanes
// follow from `mark_at` to `whole`; from `base_at` when a point before the mark may have changed.
struct Followed {
    Sight now;
    model::EventTime whole;
    bool again = false;
    bool begun = false; // a course without a past
};
Followed follow(PatientView const& view, Course& course);

// The part of that name; null when the score has none.
model::ScorePart const* part_of(model::Score const& score, model::Part part);
constexpr model::Part organ_part(std::size_t organ) {
    return static_cast<model::Part>(static_cast<std::size_t>(model::Part::resp) + organ);
}
constexpr std::int64_t minute = 60'000;
constexpr model::EventTime minute_floor(model::EventTime t) {
    const auto rest = ((t.ms % minute) + minute) % minute;
    return {t.ms - rest};
}
constexpr model::EventTime minute_ceil(model::EventTime t) { return minute_floor({t.ms + minute - 1}); }

inline constexpr model::Duration kept_back = model::hours(24); // late readings change the course this far back
inline constexpr model::Duration seen_back = model::hours(48); // and points are kept this far, for rises

} // namespace vigil::alerts
