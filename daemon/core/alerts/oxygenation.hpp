#pragma once
// What the ARDS evaluation says of gas exchange, as looks of the two gas rules: class by P/F with hysteresis, P/F below
// the refractory limit, and the SpO2/FiO2 that can confirm a first gas.

#include "core/alerts/path.hpp"

namespace vigil::alerts {

// Fills oxygenation, refractory, gas and the surrogates of the point.
void see_oxygenation(model::Score const& ards, scores::Patient const& patient, core::Rulebook const& rules,
                     model::EventTime at, Point& point);

// P/F in mmHg, exact, of the newest arterial gas within its age that pairs with a known fraction of oxygen.
struct GasRatio {
    model::Ratio pf;
    model::EventTime time;
};
std::optional<GasRatio> gas_ratio(scores::Patient const& patient, core::Rulebook const& rules, model::EventTime at);

} // namespace vigil::alerts
