#pragma once
// What the definitions of ARDS have in common (scores.md 5.1 to 5.3, 5.9): what only a person can attest, positive
// pressure, altitude, and the class that is frozen while an extracorporeal circuit runs.

#include "core/scores/support.hpp"

#include <array>
#include <vector>

namespace vigil::scores {

// Positive pressure that the definitions know; high flow is none.
inline constexpr std::array pressure_devices = {model::Word::imv, model::Word::niv, model::Word::cpap,
                                                model::Word::home_vent};

// What a gas or a saturation comes to under a definition.
struct Met {
    model::EventTime time;
    model::Label oxygenation = model::Label::unknown; // none, meets_*, unknown
    model::Label name = model::Label::unknown;        // the class, where all else is attested
    std::int32_t severity = 0;                        // 0: none
};

struct Onset {
    model::Duration within; // of the insult
    // Oxygenation was met in (after, to], as far as that can still be asked; nullptr: it never can.
    bool (*met)(Inquiry& q, model::EventTime after, model::EventTime to) = nullptr;
    // Part of what decides is kept shorter than a week: of a patient who was here then, nobody knows.
    bool forgets = false;
};

// A part with a label; an unknown one was not measured.
model::ScorePart labelled(model::Part name, model::Label label);

// The class that follows from oxygenation and from imaging, origin and onset as a person attested them.
model::ScorePart class_of(Inquiry& q, std::optional<Met> const& met, Onset const& onset);

// What could not be judged behind what decided; it is too old after `stands`.
void list_unjudged(Inquiry& q, model::ScorePart const& unjudged, model::Duration stands, model::ScorePart& part);

// Set PEEP decides; measured alone is rounded to a whole; total PEEP never stands in (scores.md 0.5).
Known pressure_met(Inquiry const& q, model::EventTime t, model::Decimal least, std::vector<model::Evidence>& evidence);

// P/F * barometric pressure / 760 above 1,000 m; empty: nothing is to be corrected.
struct Corrected {
    model::Ratio pf;
    model::Evidence by;
};
std::optional<Corrected> corrected_for_altitude(Inquiry const& q, model::EventTime t, model::Ratio const& pf);

// When the last circuit began, and when it ended if it has (scores.md 5.9).
struct LastCircuit {
    model::Sample sample;
    std::optional<model::EventTime> ended;
};
std::optional<LastCircuit> last_circuit(Inquiry& q);

// The class before the circuit: how bad it was, what decided it, what was attested.
struct FrozenClass {
    std::int32_t severity = 0;
    model::Evidence by;
    std::vector<model::Evidence> attested;
};
// On a circuit the class is frozen at what was last known before it; what comes first after it classifies again.
void freeze(Inquiry& q, LastCircuit const& c, model::Duration frozen_for, std::optional<FrozenClass> const& before,
            model::ScorePart& ards, model::ScorePart& oxygenation);

} // namespace vigil::scores
