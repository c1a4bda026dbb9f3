#include "core/scores/minute_course.hpp"

#include <algorithm>

namespace vigil::scores {

using model::EventTime;
using model::Minute;

namespace {

// Of several readings a minute that is summed up tells at its end.
EventTime told_at(Minute const& m) { return m.total == 1 ? m.time : m.end(); }

} // namespace

MinuteCourse::MinuteCourse(Inquiry const& q, model::Signal signal, EventTime after, model::Duration age)
    : q_{q},
      signal_{signal},
      age_{age} {
    known_before_ = model::minute_of(q.at) + 1;
    if (q.timeline.empty(signal)) return;
    bool whole = false;
    q.timeline.minutes(signal, after - age - model::minutes(2), q.at, [&](Minute const& m) {
        if (m.whole != nullptr && !whole) known_before_ = m.minute;
        whole = whole || m.whole != nullptr;
        if (!whole) minutes_.push_back(m);
    });
}

std::optional<model::Sample> MinuteCourse::latest(EventTime t) const {
    if (model::minute_of(t) >= known_before_) return q_.timeline.latest(signal_, t, age_);
    const auto behind =
        std::partition_point(minutes_.begin(), minutes_.end(), [t](Minute const& m) { return told_at(m) <= t; });
    if (behind == minutes_.begin()) return std::nullopt;
    auto const& m = *(behind - 1);
    if (age_.ms > 0 && t - m.time > age_) return std::nullopt;
    return m.sample();
}

} // namespace vigil::scores
