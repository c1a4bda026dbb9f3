#pragma once
// A probability from log odds in integers, so that every machine gives the same digits (scores.md 0.13).

#include "core/model/decimal.hpp"

#include <optional>

namespace vigil::scores {

inline constexpr std::uint8_t probability_digits = 2; // of per cent

// 100 / (1 + e^-log_odds), rounded half-up to `probability_digits`. Empty where the log odds are no decimal of nine
// digits.
std::optional<model::Decimal> per_cent_of_odds(model::Ratio const& log_odds);

} // namespace vigil::scores
