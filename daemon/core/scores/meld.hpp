#pragma once
// MELD(i), MELD-Na and MELD 3.0: one value from laboratory results that belong together (scores.md 8.1). Thresholds and
// factors are in config/scores/meld*.toml.

#include "core/scores/definition.hpp"

namespace vigil::scores {

extern const Definition meld_definition;
extern const Definition meld_na_definition;
extern const Definition meld3_definition;

// Sex as registered; empty: nobody said.
std::optional<bool> female_of(Inquiry const& q);

} // namespace vigil::scores
