#pragma once
// MELD(i), MELD-Na and MELD 3.0 as formulas (scores.md 8.1): numbers in, points out. Logarithms and deficits have nine
// digits, everything after that is exact until it is rounded half-up to whole points.

#include "core/scores/tables.hpp"

#include <optional>

namespace vigil::scores {

struct MeldInputs {
    model::Decimal bilirubin;  // mg/dL
    model::Decimal inr;        // {INR}
    model::Decimal creatinine; // mg/dL
    model::Decimal sodium;     // mmol/L; MELD(i) has none
    model::Decimal albumin;    // g/dL; MELD 3.0 only
    bool dialysis = false;     // sets creatinine to its maximum
};

model::Decimal within(Clamp const& clamp, model::Decimal value);
MeldInputs within(MeldTables const& t, MeldInputs in);

// Inputs beyond a bound are taken for the bound.
std::int32_t meld_points(MeldTables const& t, MeldInputs const& in);
std::int32_t meld_na_points(MeldTables const& t, MeldInputs const& in);
std::int32_t meld3_points(MeldTables const& t, MeldInputs const& in, bool female);

} // namespace vigil::scores
