#pragma once
// What a monitor signal told at many instants of a window, read once: for one instant `View::latest` is enough.

#include "core/scores/inquiry.hpp"

#include <vector>

namespace vigil::scores {

class MinuteCourse {
public:
    // For instants in (after, at], readings up to `age` old.
    MinuteCourse(Inquiry const& q, model::Signal signal, model::EventTime after, model::Duration age);
    // As View::latest.
    std::optional<model::Sample> latest(model::EventTime t) const;

private:
    Inquiry const& q_;
    model::Signal signal_;
    model::Duration age_;
    std::vector<model::Minute> minutes_; // those that are summed up
    std::int64_t known_before_ = 0;      // in minutes from this one on some stand whole, and may be cut by an instant
};

} // namespace vigil::scores
