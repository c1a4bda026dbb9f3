#pragma once
// Exact decimals. Whatever meets a threshold is one of these; binary floating point never does (scores.md 1.4).

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vigil::model {

__extension__ typedef __int128 Int128;

// mantissa * 10^-scale, as the device printed it. |mantissa| < 10^15, scale <= 12; equality and order are numeric (7.40
// == 7.4).
struct Decimal {
    std::int64_t mantissa = 0;
    std::uint8_t scale = 0;

    static constexpr std::int64_t max_mantissa = 999'999'999'999'999;
    static constexpr std::uint8_t max_scale = 12;

    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.mantissa, s.scale);
    }
};

// Optional sign, digits, optional point and digits; surrounding spaces allowed, nothing else (no exponent, no thousands
// separator). Digits past the fifteenth significant one are rounded half-up (a printed binary tail, never a
// measurement). Empty when the text is not such a number or its integer part has more than 15 digits.
std::optional<Decimal> parse_decimal(std::string_view text);
// Within the bounds of Decimal, or empty.
std::optional<Decimal> make_decimal(std::int64_t mantissa, unsigned scale);
std::string to_string(Decimal value);

std::strong_ordering compare_scales(Decimal a, Decimal b);
// Nearly always of one scale.
inline std::strong_ordering operator<=>(Decimal a, Decimal b) {
    return a.scale == b.scale ? a.mantissa <=> b.mantissa : compare_scales(a, b);
}
inline bool operator==(Decimal a, Decimal b) { return (a <=> b) == 0; }

// An exact quotient of integers, for converted values and ratios of two readings; den > 0.
struct Ratio {
    Int128 num = 0;
    Int128 den = 1;
};

Ratio ratio(Decimal value);
// value * num / den, exactly; num and den are conversion factors of a table. Empty on overflow or den <= 0.
std::optional<Ratio> scaled(Ratio value, Decimal num, Decimal den);
std::optional<Ratio> sum(Ratio a, Ratio b);
// a / b; empty when b <= 0 or on overflow.
std::optional<Ratio> quotient(Ratio a, Ratio b);

// Exact for all values: products are compared in 256 bits.
std::strong_ordering operator<=>(Ratio const& a, Ratio const& b);
bool operator==(Ratio const& a, Ratio const& b);
std::strong_ordering operator<=>(Ratio const& a, Decimal b);
bool operator==(Ratio const& a, Decimal b);

// Half away from zero to `scale` digits; empty when the result leaves the bounds of Decimal.
std::optional<Decimal> round_half_up(Ratio const& value, std::uint8_t scale);

} // namespace vigil::model
