#pragma once
// Mean arterial pressure that may be scored (scores.md 3.4, 13.4): the line before the cuff, artefacts left out, a
// monitor's stream only when two minutes in a row agree.

#include "core/scores/inquiry.hpp"

namespace vigil::scores {

struct Pressure {
    model::Signal signal{};
    model::Sample sample;
    model::Decimal value; // mm[Hg]: of two minutes in a row the higher
    bool derived = false; // from systolic and diastolic
};

struct Pressures {
    std::optional<Pressure> lowest; // of the window; for `now` the newest instead
    bool artefact_dropped = false;
    bool known = false; // some value may be scored
};

Pressures mean_pressures(Inquiry& q, model::Decimal threshold);

} // namespace vigil::scores
