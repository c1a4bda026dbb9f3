#include "definitions/codes.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace vigil::definitions {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

// Used by enough laboratories and analysers to matter, though the right check digits are 3150-0 and 3167-4.
constexpr std::string_view loinc_exceptions[] = {"3150-6", "3167-0"};

// Mod 10 as LOINC prescribes it: every second digit from the right doubled, beginning with the last before the hyphen.
int check_digit(std::string_view number) {
    int sum = 0;
    bool twice = true;
    for (auto digit = number.rbegin(); digit != number.rend(); ++digit, twice = !twice) {
        const int value = (*digit - '0') * (twice ? 2 : 1);
        sum += value / 10 + value % 10;
    }
    return (10 - sum % 10) % 10;
}

} // namespace

std::optional<std::string> loinc_fault(std::string_view code) {
    const auto hyphen = code.find('-');
    const std::string_view number = code.substr(0, hyphen);
    if (hyphen == std::string_view::npos || code.size() != hyphen + 2 || number.empty() || number.size() > 7 ||
        !std::all_of(number.begin(), number.end(), is_digit) || !is_digit(code.back()))
        return "is no LOINC code: up to seven digits, a hyphen and a check digit are expected";
    if (std::find(std::begin(loinc_exceptions), std::end(loinc_exceptions), code) != std::end(loinc_exceptions))
        return std::nullopt;
    const int expected = check_digit(number);
    if (code.back() - '0' != expected)
        return "has a wrong LOINC check digit, " + std::to_string(expected) + " is expected";
    return std::nullopt;
}

std::optional<std::string> mdc_fault(std::string_view code) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(code.data(), code.data() + code.size(), number);
    if (error != std::errc{} || end != code.data() + code.size()) return "is no MDC code: a decimal number is expected";
    switch (number >> 16U) {
    case 1:   // objects and their attributes: patient weight and height
    case 2:   // measured quantities
    case 258: // settings of partition 2
        break;
    case 0: return "is an MDC term without its partition: partition * 65536 + term is expected";
    case 3: return "is of MDC partition 3, which holds events, not quantities";
    case 4: return "is of MDC partition 4, which holds units, not quantities";
    default:
        return "is of MDC partition " + std::to_string(number >> 16U) + ", which holds no quantity that is known here";
    }
    if ((number & 0xffffU) == 0) return "has MDC term 0";
    return std::nullopt;
}

std::optional<std::string> mdc_event_fault(std::string_view code) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(code.data(), code.data() + code.size(), number);
    if (error != std::errc{} || end != code.data() + code.size()) return "is no MDC code: a decimal number is expected";
    if (number >> 16U != 3 || (number & 0xffffU) == 0)
        return "is no event: those are of MDC partition 3, partition * 65536 + term";
    return std::nullopt;
}

std::optional<std::string> atc_fault(std::string_view code) {
    std::string_view rest = code;
    const bool group = rest.ends_with('*');
    if (group) rest.remove_suffix(1);
    constexpr std::string_view shape = "A00AA00";
    bool good = rest.size() <= shape.size() && (group ? rest.size() >= 4 : rest.size() == shape.size());
    for (std::size_t i = 0; good && i < rest.size(); ++i)
        good = shape[i] == 'A' ? is_capital(rest[i]) : is_digit(rest[i]);
    if (!good) return "is no ATC code: C01CA03, or a group such as N02A*, is expected";
    return std::nullopt;
}

bool atc_covers(std::string_view pattern, std::string_view code) {
    if (pattern.ends_with('*')) return code.starts_with(pattern.substr(0, pattern.size() - 1));
    return pattern == code;
}

} // namespace vigil::definitions
