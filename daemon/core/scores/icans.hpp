#pragma once
// Neurotoxicity of immune effector cells (ICANS) of adults by the ASTCT consensus, Lee 2019 (doi
// 10.1016/j.bbmt.2018.12.758). Thresholds are in config/scores/icans.toml.

#include "core/scores/cell_therapy.hpp"
#include "core/scores/definition.hpp"

namespace vigil::scores {

extern const Definition icans_definition;

} // namespace vigil::scores
