#pragma once
// SAPS II (Le Gall 1993, doi 10.1001/jama.1993.03510240069035): the worst of the first day in the unit. Thresholds are
// in config/scores/saps2.toml.

#include "core/scores/definition.hpp"

namespace vigil::scores {

extern const Definition saps2_definition;

// P/F, only under ventilation or CPAP.
model::ScorePart saps2_oxygenation(Inquiry& q, model::EventTime asked);
// The urine of the day, of a shorter stay scaled to one.
model::ScorePart saps2_urine(Inquiry& q, model::EventTime asked);

} // namespace vigil::scores
