#pragma once
// Who breathes, patient or ventilator, and since when a support or setting has been so.

#include "core/scores/support.hpp"

namespace vigil::scores {

// A ventilator, by tube or mask, is connected and not on standby: what it counts is the patient's rate. Not known to be
// otherwise is enough, for only a ventilator tells such a rate.
bool on_ventilator(Inquiry& q, model::EventTime t);
// Through a tube, in a mode that is not known to be spontaneous: the rate is the ventilator's.
bool breathing_is_controlled(Inquiry& q, model::EventTime t);
bool has_tube(Inquiry& q, model::EventTime t);

// What these and the oxygen look at, and how long each of them holds.
struct Holding {
    model::Signal signal{};
    model::Duration age;
};

// The newest instant of the question at which `holds`: of a window its first instant, or that of a reading of these
// signals in it; for the product `now` the instant asked for.
std::optional<model::EventTime> newest_instant(Inquiry& q, std::span<Holding const> signals,
                                               bool (*holds)(Inquiry& q, model::EventTime t));
// Of breathing support.
std::vector<Holding> support_holds(Inquiry const& q);

// One of these answers through a window, worked out once for each stretch in which nothing that it rests on changes.
class SupportCourse {
public:
    using Answer = bool (*)(Inquiry& q, model::EventTime t);
    // From `begin` to the instant asked for.
    SupportCourse(Inquiry& q, model::EventTime begin, Answer answer);
    bool at(model::EventTime t);
    // At each instant of [from, to], none of them before `begin`, where it is one and the same.
    std::optional<bool> through(model::EventTime from, model::EventTime to);

private:
    std::size_t stretch_of(model::EventTime t) const;
    bool answered(std::size_t stretch);

    Inquiry& q_;
    Answer answer_;
    std::vector<model::EventTime> begins_; // of the stretches, ascending
    std::vector<std::optional<bool>> answers_;
};

} // namespace vigil::scores
