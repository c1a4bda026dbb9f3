#include "adapters/hl7/number.hpp"

#include "adapters/hl7/syntax.hpp"
#include "adapters/runtime/tokens.hpp"

#include <string>

namespace vigil::hl7 {

namespace {

using adapters::trimmed;
using model::Comparator;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Removes a comparator at the start; false when there are signs that are none.
bool take_comparator(std::string_view& text, Comparator& out) {
    out = Comparator::exactly;
    if (text.empty()) return true;
    struct Spelling {
        std::string_view sign;
        Comparator means;
    };
    // ≤ and ≥ as UTF-8.
    static constexpr Spelling spellings[] = {{"<>", Comparator::exactly},
                                             {"<=", Comparator::less_equal},
                                             {">=", Comparator::greater_equal},
                                             {"=<", Comparator::less_equal},
                                             {"=>", Comparator::greater_equal},
                                             {"\xe2\x89\xa4", Comparator::less_equal},
                                             {"\xe2\x89\xa5", Comparator::greater_equal},
                                             {"<", Comparator::less},
                                             {">", Comparator::greater},
                                             {"=", Comparator::exactly}};
    if (is_digit(text[0]) || text[0] == '-' || text[0] == '+' || text[0] == '.') return true;
    for (auto const& s : spellings) {
        if (!text.starts_with(s.sign)) continue;
        if (s.sign == "<>") return false;
        out = s.means;
        text = trimmed(text.substr(s.sign.size()));
        return true;
    }
    return true;
}

struct Shape {
    std::size_t before = 0, after = 0; // digits
    bool point = false, comma = false, sound = true;
};

Shape shape_of(std::string_view text) {
    Shape s;
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
    for (const char c : text) {
        if (is_digit(c))
            ++(s.point || s.comma ? s.after : s.before);
        else if ((c == '.' || c == ',') && !s.point && !s.comma)
            (c == '.' ? s.point : s.comma) = true;
        else
            s.sound = false;
    }
    s.sound = s.sound && s.before + s.after > 0;
    return s;
}

} // namespace

Number parse_number(std::string_view text, bool comma) {
    Number out;
    text = trimmed(text);
    if (text.empty() || is_null(text)) return out;
    out.fault = Number::Fault::text;
    const std::size_t whole = text.size();
    const bool sign_sound = take_comparator(text, out.comparator);
    if (text.size() != whole || (!text.empty() && is_digit(text[0]))) out.fault = Number::Fault::unreadable;
    if (!sign_sound || text.empty()) return out;
    const Shape shape = shape_of(text);
    if (!shape.sound) return out;
    out.fault = Number::Fault::unreadable;
    if (shape.before > 9) return out;
    // Three digits behind the sign that the sender does not use for fractions: it may stand for thousands.
    const bool thousands = shape.after == 3 && shape.before >= 1 && shape.before <= 3 && text[0] != '0';
    if (shape.comma && !comma && (shape.after == 0 || thousands)) return out;
    if (shape.point && comma && thousands) return out;
    std::string point_form;
    if (shape.comma) {
        point_form.assign(text);
        point_form[point_form.find(',')] = '.';
        text = point_form;
        out.decimal_comma = true;
    }
    if (shape.before + shape.after <= 15 && shape.after <= model::Decimal::max_scale) {
        std::int64_t mantissa = 0;
        for (const char c : text)
            if (is_digit(c)) mantissa = mantissa * 10 + (c - '0');
        out.value = {text[0] == '-' ? -mantissa : mantissa, static_cast<std::uint8_t>(shape.after)};
    } else {
        const auto rounded = model::parse_decimal(text);
        if (!rounded) return out;
        out.value = *rounded;
    }
    out.fault = Number::Fault::none;
    return out;
}

Number parse_structured(std::string_view text, char separator, bool comma) {
    Number out;
    std::string_view sign = trimmed(part(text, separator, 1));
    const std::string_view value = trimmed(part(text, separator, 2));
    if (!trimmed(part(text, separator, 3)).empty() || !trimmed(part(text, separator, 4)).empty()) {
        out.fault = Number::Fault::unreadable;
        return out;
    }
    if (value.empty()) return parse_number(sign, comma); // some senders put a plain number into an SN
    out = parse_number(value, comma);
    if (sign.empty()) return out;
    Comparator comparator = Comparator::exactly;
    if (!take_comparator(sign, comparator) || !sign.empty())
        out.fault = Number::Fault::unreadable;
    else if (comparator != Comparator::exactly)
        out.comparator = comparator;
    return out;
}

} // namespace vigil::hl7
