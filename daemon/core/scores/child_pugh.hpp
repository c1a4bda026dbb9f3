#pragma once
// Child-Pugh (scores.md 8.2). A score of chronic disease: its use in acute illness is not validated, and says so.
// Thresholds are in config/scores/child_pugh.toml.

#include "core/scores/definition.hpp"

namespace vigil::scores {

extern const Definition child_pugh_definition;

} // namespace vigil::scores
