#pragma once
// What the ventilator tells, as of an instant: pressures, volumes, and the mechanics that follow from them (scores.md
// 2, 5.5). Everything is of the same device episode as its instant.

#include "core/scores/quantity.hpp"
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

// The pressure that the lung is left with.
struct TotalPeep {
    model::Ratio value;
    bool total_unknown = false; // the set one alone
    std::vector<Measured> from;
};

// A plateau with the pressure it rises from, and the tidal volume that did it.
struct Mechanics {
    Measured plateau;
    TotalPeep peep;
    model::Ratio driving;                   // cm[H2O], above 0
    std::optional<Measured> volume;         // mL
    std::optional<model::Ratio> compliance; // mL/cm[H2O]
};
// Of those of the window the one with the highest driving pressure and the one with the lowest compliance, of equal
// ones the newer, which leaves the window last; product `now`: of the newest plateau within its age, on the device of
// now.
struct WorstMechanics {
    std::optional<Mechanics> hardest, stiffest;
};
WorstMechanics worst_mechanics(Inquiry& q);
// A quantity that was worked out of them.
Found found_of(Inquiry const& q, Mechanics const& m, model::Ratio const& value, bool with_volume);

} // namespace vigil::scores
