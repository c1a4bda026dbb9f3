#pragma once
// ARDS by the Berlin definition, 2012 (doi 10.1001/jama.2012.5669; scores.md 5.1, 5.9, 0.4-0.6). Two parts:
// `oxygenation`, which devices can tell, and `ards`, which also needs what only a person can attest. The class is that
// of the newest gas that can be judged, for `gas_max_age`; the product `day` takes the worst gas of its bin.

#include "core/scores/definition.hpp"

namespace vigil::scores {

extern const Definition ards_definition;

} // namespace vigil::scores
