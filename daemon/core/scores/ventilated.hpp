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

} // namespace vigil::scores
