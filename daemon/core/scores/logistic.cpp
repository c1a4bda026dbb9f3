#include "core/scores/logistic.hpp"

namespace vigil::scores {

using model::Int128;

namespace {

constexpr Int128 one = 1'000'000'000'000'000'000; // numbers here are integers in units of 10^-18
constexpr Int128 ln_2 = 693'147'180'559'945'309;
constexpr std::int64_t negligible = 60; // halvings: less than 10^-18 is left

// e^-x for x >= 0: x = halvings * ln 2 + rest, e^-rest = 1 - rest + rest^2/2 - ... What is cut off adds up to less than
// 10^-16.
Int128 exponential_of_minus(Int128 x) {
    const auto halvings = static_cast<std::int64_t>(x / ln_2);
    if (halvings >= negligible) return 0;
    const Int128 rest = x % ln_2;
    Int128 sum = 0, term = one;
    for (std::int64_t n = 1; term != 0; ++n) {
        sum += term;
        term = -term * rest / one / n;
    }
    return sum >> halvings;
}

} // namespace

std::optional<model::Decimal> per_cent_of_odds(model::Ratio const& log_odds) {
    const auto rounded = model::round_half_up(log_odds, 9);
    if (!rounded) return std::nullopt;
    const Int128 x = Int128{rounded->mantissa} * (one / 1'000'000'000);
    const Int128 e = exponential_of_minus(x < 0 ? -x : x);
    return model::round_half_up({100 * (x < 0 ? e : one), one + e}, probability_digits);
}

} // namespace vigil::scores
