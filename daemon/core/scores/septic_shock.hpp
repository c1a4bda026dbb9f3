#pragma once
// Septic shock, Shankar-Hari 2016 (doi 10.1001/jama.2016.0289): sepsis, a vasopressor and a lactate that stays high
// despite fluid. Thresholds are in config/scores/septic_shock.toml.

#include "core/scores/definition.hpp"

namespace vigil::scores {

extern const Definition septic_shock_definition;

} // namespace vigil::scores
