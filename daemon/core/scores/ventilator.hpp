#pragma once
// What the ventilator tells, as of an instant: pressures, volumes, and the mechanics that follow from them (scores.md
// 2, 5.5). Everything is of the same device episode as its instant.

#include "core/scores/support.hpp"

#include <vector>

namespace vigil::scores {

// In the canonical unit, exactly.
struct Measured {
    model::Signal signal{};
    model::Sample sample;
    model::Ratio value;
};

// The device at `to` is that of `from`, and was there all the time in between.
bool same_episode(Inquiry& q, model::EventTime from, model::EventTime to);
// The newest up to `t` within the age and within what minutes are kept; empty as well where it is a bound or a word.
std::optional<Measured> measured_at(Inquiry& q, model::Signal signal, model::EventTime t, model::Duration age);
// The newer of two signals; at one instant the first.
std::optional<Measured> newer_of(std::optional<Measured> a, std::optional<Measured> b);
model::Evidence evidence_of(Measured const& m, model::Verdict verdict = model::Verdict::used);

// PEEP as it is applied: the set one decides; a measured one alone is rounded to a whole (scores.md 0.5).
std::optional<Measured> applied_peep(Inquiry& q, model::EventTime t, model::Duration age);

// The pressure that the lung is left with: as measured, else set and intrinsic, else what is set (`total_unknown`). A
// measurement from before the set pressure was changed says nothing.
struct TotalPeep {
    model::Ratio value;
    bool total_unknown = false;
    std::vector<Measured> from;
};
std::optional<TotalPeep> total_peep(Inquiry& q, model::EventTime t, model::Duration age);

// A plateau with the pressure it rises from, and the tidal volume that did it.
struct Mechanics {
    Measured plateau;
    TotalPeep peep;
    model::Ratio driving;                   // cm[H2O], above 0
    std::optional<Measured> volume;         // mL
    std::optional<model::Ratio> compliance; // mL/cm[H2O]
};
std::optional<Mechanics> mechanics_of(Inquiry& q, Measured const& plateau, model::Duration age);
// Those of the window, oldest first; product `now`: of the newest plateau within its age, on the device of now.
std::vector<Mechanics> mechanics(Inquiry& q, model::Duration age);
void append_evidence(model::ScorePart& part, Mechanics const& m, bool with_volume);

} // namespace vigil::scores
