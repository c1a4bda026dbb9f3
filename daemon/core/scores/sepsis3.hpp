#pragma once
// Sepsis-3, Singer 2016 (doi 10.1001/jama.2016.0287): a suspected infection, and SOFA two or more above its baseline
// around it. Lengths are in config/scores/sepsis3.toml.

#include "core/scores/definition.hpp"

#include <array>

namespace vigil::scores {

extern const Definition sepsis3_definition;

enum SepsisPart : std::size_t { sepsis_whole, sepsis_suspicion, sepsis_rise, sepsis_baseline, sepsis_parts };
// The parts of Sepsis-3 in the same question.
std::array<model::ScorePart, sepsis_parts> sepsis3(Inquiry& q);

} // namespace vigil::scores
