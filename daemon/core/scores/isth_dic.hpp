#pragma once
// Overt disseminated intravascular coagulation, ISTH 2001 (scores.md 9.1). Thresholds are in
// config/scores/isth_dic.toml; those of the fibrin marker and of prothrombin time are the laboratory's own.

#include "core/scores/definition.hpp"

namespace vigil::scores {

extern const Definition isth_dic_definition;

} // namespace vigil::scores
