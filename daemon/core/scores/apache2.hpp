#pragma once
// APACHE II (Knaus 1985, doi 10.1097/00003246-198510000-00009): the worst of the first day in the unit. Thresholds are
// in config/scores/apache2.toml.

#include "core/scores/definition.hpp"

namespace vigil::scores {

extern const Definition apache2_definition;

// Oxygenation by the A-aDO2 or the PaO2 of each arterial gas; the pH, or bicarbonate where there is no arterial gas.
model::ScorePart apache2_oxygenation(Inquiry& q, model::EventTime asked);
model::ScorePart apache2_acid_base(Inquiry& q, model::EventTime asked);
// Creatinine, doubled in acute renal failure. What a person attested counts up to `asked`.
model::ScorePart apache2_creatinine(Inquiry& q, model::EventTime asked);

} // namespace vigil::scores
