#pragma once
// Natural logarithm in integers, so that every machine gives the same digits (scores.md 0.13).

#include "core/model/decimal.hpp"

#include <optional>

namespace vigil::scores {

inline constexpr std::uint8_t logarithm_digits = 9;

// Rounded half-up to `logarithm_digits`. Empty for what has none: zero and below.
std::optional<model::Decimal> natural_logarithm(model::Decimal value);

} // namespace vigil::scores
