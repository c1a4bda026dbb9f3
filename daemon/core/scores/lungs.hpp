#pragma once
// Scores and definitions of the lung (scores.md 5): oxygenation and ventilator indices, ARDS by the Global definition
// and Kigali, ROX, Murray's lung injury score, the entry criteria of EOLIA.

#include "core/scores/definition.hpp"

namespace vigil::scores {

extern const Definition lung_indices_definition;
extern const Definition ards_global_definition;
extern const Definition ards_kigali_definition;
extern const Definition rox_definition;
extern const Definition murray_definition;
extern const Definition eolia_definition;

} // namespace vigil::scores
