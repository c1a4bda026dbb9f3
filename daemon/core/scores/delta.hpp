#pragma once
// What is derived from several SOFA scores (scores.md 3.7). Pure functions of scores already evaluated.

#include "core/model/score.hpp"

#include <array>
#include <optional>
#include <span>

namespace vigil::scores {

inline constexpr std::array sofa_components = {model::Part::resp,   model::Part::coag, model::Part::liver,
                                               model::Part::cardio, model::Part::cns,  model::Part::renal};

// SOFA(day) - SOFA(baseline day); empty when either is not known at all.
std::optional<std::int32_t> delta_sofa(model::Score const& day, model::Score const& baseline_day);

// The greatest daily total; the sum over components of each one's greatest daily score. They differ and have two names.
std::optional<std::int32_t> max_sofa(std::span<model::Score const> days);
std::optional<std::int32_t> total_max_sofa(std::span<model::Score const> days);

} // namespace vigil::scores
