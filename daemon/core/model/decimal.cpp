#include "core/model/decimal.hpp"

#include <array>
#include <cassert>
#include <limits>

namespace vigil::model {

namespace {

__extension__ typedef unsigned __int128 UInt128;

constexpr Int128 int128_max = static_cast<Int128>(~UInt128{0} >> 1);

constexpr auto powers = [] {
    std::array<std::int64_t, 19> out{1};
    for (std::size_t i = 1; i < out.size(); ++i) out[i] = out[i - 1] * 10;
    return out;
}();
constexpr std::int64_t pow10_64(unsigned n) {
    assert(n < powers.size());
    return powers[n];
}

constexpr Int128 pow10_128(unsigned n) {
    Int128 p = 1;
    while (n-- > 0) p *= 10;
    return p;
}

// Nearly all numbers fit into machine words, with which everything is many times faster.
bool is_word(Int128 v) { return v == static_cast<std::int64_t>(v); }
Int128 word_product(Int128 a, Int128 b) { return Int128{static_cast<std::int64_t>(a)} * static_cast<std::int64_t>(b); }

std::optional<Int128> times(Int128 a, Int128 b) {
    if (is_word(a) && is_word(b)) return word_product(a, b);
    Int128 out = 0;
    if (__builtin_mul_overflow(a, b, &out)) return std::nullopt;
    return out;
}

// |a| * |b| as two 128-bit halves, high first.
std::array<UInt128, 2> wide_product(UInt128 a, UInt128 b) {
    const UInt128 mask = (UInt128{1} << 64) - 1;
    const UInt128 a0 = a & mask, a1 = a >> 64, b0 = b & mask, b1 = b >> 64;
    const UInt128 low = a0 * b0, mid1 = a1 * b0, mid2 = a0 * b1;
    const UInt128 carry = (low >> 64) + (mid1 & mask) + (mid2 & mask);
    return {a1 * b1 + (mid1 >> 64) + (mid2 >> 64) + (carry >> 64), (carry << 64) | (low & mask)};
}

UInt128 magnitude(Int128 v) { return v < 0 ? UInt128{0} - static_cast<UInt128>(v) : static_cast<UInt128>(v); }

// Compares a*b with c*d where b, d > 0.
std::strong_ordering compare_products(Int128 a, Int128 b, Int128 c, Int128 d) {
    if (is_word(a) && is_word(b) && is_word(c) && is_word(d)) return word_product(a, b) <=> word_product(c, d);
    Int128 left = 0, right = 0;
    if (!__builtin_mul_overflow(a, b, &left) && !__builtin_mul_overflow(c, d, &right)) return left <=> right;
    if ((a < 0) != (c < 0)) return a < 0 ? std::strong_ordering::less : std::strong_ordering::greater;
    const auto l = wide_product(magnitude(a), magnitude(b));
    const auto r = wide_product(magnitude(c), magnitude(d));
    const auto order = l[0] != r[0] ? l[0] <=> r[0] : l[1] <=> r[1];
    return a < 0 ? 0 <=> order : order;
}

// Removes common powers of ten so that products stay small; exact.
Ratio reduced(Int128 num, Int128 den) {
    assert(den > 0);
    if (den == 1) return {num, den};
    if (is_word(num) && is_word(den)) {
        auto n = static_cast<std::int64_t>(num), d = static_cast<std::int64_t>(den);
        while (d % 10 == 0 && n % 10 == 0) {
            n /= 10;
            d /= 10;
        }
        return {n, d};
    }
    while (num % 10 == 0 && den % 10 == 0) {
        num /= 10;
        den /= 10;
    }
    return {num, den};
}

// Not by way of a Decimal: a copy of what was written just before, in parts, waits for it.
std::optional<Decimal> in_place(std::int64_t mantissa, unsigned scale) {
    std::optional<Decimal> out{std::in_place};
    out->mantissa = mantissa;
    out->scale = static_cast<std::uint8_t>(scale);
    return out;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

} // namespace

std::optional<Decimal> make_decimal(std::int64_t mantissa, unsigned scale) {
    while (scale > Decimal::max_scale && mantissa % 10 == 0) {
        mantissa /= 10;
        --scale;
    }
    if (scale > Decimal::max_scale || mantissa > Decimal::max_mantissa || mantissa < -Decimal::max_mantissa)
        return std::nullopt;
    return in_place(mantissa, scale);
}

namespace {

// Digits with at most one point among them, too few to need rounding: nearly every value. False for any other text.
bool parse_plain(std::string_view text, std::int64_t& mantissa, unsigned& scale) {
    if (text.empty() || text.size() > Decimal::max_scale) return false;
    bool point = false;
    for (char c : text) {
        if (is_digit(c)) {
            mantissa = mantissa * 10 + (c - '0');
            scale += point ? 1 : 0;
        } else if (c == '.' && !point) {
            point = true;
        } else {
            return false;
        }
    }
    return text.size() > (point ? 1U : 0U);
}

} // namespace

std::optional<Decimal> parse_decimal(std::string_view text) {
    {
        std::int64_t mantissa = 0;
        unsigned scale = 0;
        if (parse_plain(text, mantissa, scale)) return in_place(mantissa, scale);
    }
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    bool negative = false;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        negative = text.front() == '-';
        text.remove_prefix(1);
    }
    std::int64_t mantissa = 0;
    unsigned scale = 0, significant = 0, digits = 0;
    bool point = false, rounded = false;
    for (char c : text) {
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (!is_digit(c)) return std::nullopt;
        ++digits;
        if (significant == 15 || (point && scale == Decimal::max_scale)) {
            if (!point) return std::nullopt;
            if (!rounded && c >= '5') ++mantissa;
            rounded = true;
            continue;
        }
        mantissa = mantissa * 10 + (c - '0');
        if (mantissa != 0) ++significant;
        if (point) ++scale;
    }
    if (digits == 0) return std::nullopt;
    return make_decimal(negative ? -mantissa : mantissa, scale);
}

std::string to_string(Decimal value) {
    std::string digits = std::to_string(value.mantissa < 0 ? -value.mantissa : value.mantissa);
    if (value.scale > 0) {
        if (digits.size() <= value.scale) digits.insert(0, value.scale + 1 - digits.size(), '0');
        digits.insert(digits.size() - value.scale, 1, '.');
    }
    return value.mantissa < 0 ? "-" + digits : digits;
}

std::strong_ordering compare_scales(Decimal a, Decimal b) {
    const Int128 left = Int128{a.mantissa} * pow10_64(b.scale);
    const Int128 right = Int128{b.mantissa} * pow10_64(a.scale);
    return left <=> right;
}

Ratio ratio(Decimal value) { return reduced(value.mantissa, pow10_64(value.scale)); }

std::optional<Ratio> scaled(Ratio value, Decimal num, Decimal den) {
    if (den.mantissa <= 0) return std::nullopt;
    if (num.scale == den.scale) {
        const auto n = times(value.num, num.mantissa), d = times(value.den, den.mantissa);
        if (n && d) return reduced(*n, *d);
    }
    const auto factor = reduced(Int128{num.mantissa} * pow10_64(den.scale), Int128{den.mantissa} * pow10_64(num.scale));
    const auto n = times(value.num, factor.num);
    const auto d = times(value.den, factor.den);
    if (!n || !d) return std::nullopt;
    return reduced(*n, *d);
}

std::optional<Ratio> sum(Ratio a, Ratio b) {
    Int128 num = 0;
    if (a.den == b.den && !__builtin_add_overflow(a.num, b.num, &num)) return reduced(num, a.den);
    const auto left = times(a.num, b.den), right = times(b.num, a.den), den = times(a.den, b.den);
    if (!left || !right || !den || __builtin_add_overflow(*left, *right, &num)) return std::nullopt;
    return reduced(num, *den);
}

std::optional<Ratio> quotient(Ratio a, Ratio b) {
    if (b.num <= 0) return std::nullopt;
    const auto n = times(a.num, b.den), d = times(a.den, b.num);
    if (!n || !d) return std::nullopt;
    return reduced(*n, *d);
}

std::strong_ordering operator<=>(Ratio const& a, Ratio const& b) {
    return compare_products(a.num, b.den, b.num, a.den);
}
bool operator==(Ratio const& a, Ratio const& b) { return (a <=> b) == 0; }
std::strong_ordering operator<=>(Ratio const& a, Decimal b) {
    return compare_products(a.num, pow10_64(b.scale), b.mantissa, a.den);
}
bool operator==(Ratio const& a, Decimal b) { return (a <=> b) == 0; }

std::optional<Decimal> round_half_up(Ratio const& value, std::uint8_t scale) {
    const bool negative = value.num < 0;
    const auto power = scale < powers.size() ? Int128{powers[scale]} : pow10_128(scale);
    const auto shifted = times(negative ? -value.num : value.num, power);
    if (!shifted || value.den > int128_max / 2) return std::nullopt;
    if (constexpr Int128 word = std::numeric_limits<std::int64_t>::max() / 2; *shifted <= word && value.den <= word) {
        const auto n = static_cast<std::int64_t>(*shifted), d = static_cast<std::int64_t>(value.den);
        const auto rounded = n / d + (n % d * 2 >= d ? 1 : 0);
        if (rounded > Decimal::max_mantissa) return std::nullopt;
        return make_decimal(negative ? -rounded : rounded, scale);
    }
    Int128 whole = *shifted / value.den;
    if ((*shifted % value.den) * 2 >= value.den) ++whole;
    if (whole > Decimal::max_mantissa) return std::nullopt;
    const auto mantissa = static_cast<std::int64_t>(whole);
    return make_decimal(negative ? -mantissa : mantissa, scale);
}

} // namespace vigil::model
