#pragma once
// qSOFA, Seymour 2016 (doi 10.1001/jama.2016.0288): three criteria of one point. Thresholds are in
// config/scores/qsofa.toml.

#include "core/scores/definition.hpp"

namespace vigil::scores {

extern const Definition qsofa_definition;

} // namespace vigil::scores
