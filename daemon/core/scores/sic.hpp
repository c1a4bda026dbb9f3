#pragma once
// Sepsis-induced coagulopathy, Iba 2017 (scores.md 9.2): INR, platelets and four organs of SOFA as published.
// Thresholds are in config/scores/sic.toml.

#include "core/scores/definition.hpp"

namespace vigil::scores {

extern const Definition sic_definition;

} // namespace vigil::scores
