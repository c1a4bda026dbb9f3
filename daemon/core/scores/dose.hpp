#pragma once
// Doses of vasoactive drugs in ug/kg/min (scores.md 2.1). Exact; rounded half-up to 0.001 before they are compared.

#include "core/model/decimal.hpp"
#include "core/model/unit.hpp"
#include "core/scores/tables.hpp"

#include <optional>
#include <string_view>

namespace vigil::scores {

// True when the unit says nothing without the patient's weight.
bool needs_weight(model::Unit unit);
// A volume rate without a concentration has no dose; neither has a rate that needs a weight nobody measured.
std::optional<model::Decimal> dose_ug_kg_min(model::Decimal rate, model::Unit unit,
                                             std::optional<model::Decimal> weight_kg);
// mL/h of `mg_per_ml`, as base of the salt.
std::optional<model::Decimal> dose_of_syringe(model::Decimal ml_per_h, model::Decimal mg_per_ml,
                                              model::Decimal weight_kg, model::Decimal salt_factor);

} // namespace vigil::scores
