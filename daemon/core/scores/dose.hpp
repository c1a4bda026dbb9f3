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
// A volume rate without a concentration has no dose; neither has a rate that needs a weight nobody measured. Of a rate
// told in a salt, the base: the salt is `salt_factor` times as heavy.
std::optional<model::Ratio> exact_ug_kg_min(model::Decimal rate, model::Unit unit,
                                            std::optional<model::Decimal> weight_kg,
                                            model::Decimal salt_factor = {1, 0});
// The same as it is compared: rounded half-up to 0.001.
std::optional<model::Decimal> dose_ug_kg_min(model::Decimal rate, model::Unit unit,
                                             std::optional<model::Decimal> weight_kg,
                                             model::Decimal salt_factor = {1, 0});

// By its name in the tables; not known when they have none of that name.
model::SaltId find_salt(SofaTables const& t, std::string_view name);
// 1 when nobody said.
model::Decimal salt_factor(SofaTables const& t, model::SaltId salt);

} // namespace vigil::scores
