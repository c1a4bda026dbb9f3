#include "core/scores/logarithm.hpp"

#include <bit>

namespace vigil::scores {

using model::Int128;

namespace {

constexpr Int128 one = 1'000'000'000'000'000'000; // numbers here are integers in units of 10^-18
constexpr Int128 ln_2 = 693'147'180'559'945'309;
constexpr Int128 ln_10 = 2'302'585'092'994'045'684;

// ln((1 + y) / (1 - y)) = 2 (y + y^3/3 + y^5/5 + ...), for 0 <= y <= 1/3.
Int128 series(Int128 y) {
    const Int128 square = y * y / one;
    Int128 sum = 0, power = y;
    for (std::int64_t n = 1; power > 0; n += 2) {
        sum += power / n;
        power = power * square / one;
    }
    return 2 * sum;
}

} // namespace

// value = mantissa / 10^scale; mantissa = 2^twos * f with 1 <= f < 2. What is cut off adds up to less than 10^-16.
std::optional<model::Decimal> natural_logarithm(model::Decimal value) {
    if (value.mantissa <= 0) return std::nullopt;
    const auto mantissa = static_cast<std::uint64_t>(value.mantissa);
    const auto twos = std::bit_width(mantissa) - 1;
    const Int128 power = Int128{1} << twos;
    const Int128 y = (Int128{value.mantissa} - power) * one / (Int128{value.mantissa} + power);
    const Int128 ln = series(y) + ln_2 * twos - ln_10 * value.scale;
    return model::round_half_up({ln, one}, logarithm_digits);
}

} // namespace vigil::scores
