#pragma once
// SIRS, Bone 1992 (doi 10.1378/chest.101.6.1644): four criteria of one point. Thresholds are in
// config/scores/sirs.toml.

#include "core/scores/definition.hpp"

namespace vigil::scores {

extern const Definition sirs_definition;

} // namespace vigil::scores
