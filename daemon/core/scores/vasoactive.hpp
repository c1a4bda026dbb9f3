#pragma once
// Doses of vasoactive drugs, and their norepinephrine equivalent. Factors are in config/scores/vasoactive.toml.

#include "core/scores/definition.hpp"

namespace vigil::scores {

extern const Definition vasoactive_definition;

} // namespace vigil::scores
