#pragma once
// The arithmetic of the lung's indices (scores.md 5.4, 5.5), exact. Fractions of inspired oxygen and saturations are in
// per cent. Empty where something cannot be divided by, or does not fit.

#include "core/model/sex.hpp"
#include "core/scores/tables.hpp"

#include <optional>

namespace vigil::scores {

std::optional<model::Ratio> product(model::Ratio const& a, model::Ratio const& b);
std::optional<model::Ratio> difference(model::Ratio const& a, model::Ratio const& b);

// SpO2 (%) / FiO2 (fraction).
std::optional<model::Ratio> saturation_ratio(model::Ratio const& saturation, model::Ratio const& fio2);
// P/F that lies on Rice's line; empty where the line says it is not above 0.
std::optional<model::Ratio> pf_on_line(LungTables const& t, model::Ratio const& saturation_ratio);
// PaO2 (mm[Hg]) of a saturation, by tenths of a per cent; empty outside the table.
std::optional<model::Ratio> imputed_pao2(Imputation const& table, model::Ratio const& saturation);
// FiO2 (fraction) * mean airway pressure * 100 / PaO2 or SpO2.
std::optional<model::Ratio> oxygenation_index(model::Ratio const& fio2, model::Ratio const& mean_pressure,
                                              model::Ratio const& by);
// kg; empty where sex is not known to be one of two, and where nothing would be left of it.
std::optional<model::Ratio> predicted_weight(LungTables const& t, model::Sex sex, model::Ratio const& height_cm);
std::optional<model::Ratio> ventilatory_ratio(LungTables const& t, model::Ratio const& minute_volume_l,
                                              model::Ratio const& paco2, model::Ratio const& weight_kg);

} // namespace vigil::scores
