#include "adapters/hl7/units.hpp"

#include "adapters/hl7/codes.hpp"
#include "adapters/hl7/unit_tables.hpp"
#include "adapters/runtime/tokens.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

namespace vigil::hl7 {

namespace {

constexpr auto spellings = [] {
    std::array<Spelling, std::size(spellings_in_order)> sorted{};
    std::copy(std::begin(spellings_in_order), std::end(spellings_in_order), sorted.begin());
    std::sort(sorted.begin(), sorted.end(), [](auto const& a, auto const& b) { return a.reduced < b.reduced; });
    return sorted;
}();

constexpr std::size_t longest = 40;

struct Reduced {
    std::array<char, longest + 8> text{};
    std::size_t size = 0;
    void put(char c) {
        if (size < text.size()) text[size++] = c;
    }
    std::string_view view() const { return {text.data(), size}; }
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// What stands for a character of UTF-8 beyond Latin-1, and how many bytes it has; nothing for any other.
struct Sign {
    std::string_view utf8;
    char plain;
};
constexpr Sign signs[] = {
    {"\xce\xbc", 'u'},     {"\xc3\x97", 'x'},     {"\xcb\x9a", '\xb0'}, // μ × ˚
    {"\xe2\x80\xaf", ' '}, {"\xe2\x81\xbb", '-'},                       // narrow blank, superscript minus
};

// One character of `text` at `i`, which is set on its last byte: superscripts and subscripts as digits (`raised` says
// which of the first), µ as u, ° as the byte of Latin-1, × as x, a blank as a blank.
char plain_at(std::string_view text, std::size_t& i, bool& raised) {
    const std::string_view rest = text.substr(i);
    raised = false;
    for (auto const& sign : signs)
        if (rest.starts_with(sign.utf8)) {
            i += sign.utf8.size() - 1;
            return sign.plain;
        }
    if (rest.size() >= 3 && rest.starts_with("\xe2") && (rest[1] == '\x81' || rest[1] == '\x82')) {
        const auto digit = static_cast<unsigned char>(rest[2]) - (rest[1] == '\x81' ? 0xb0 : 0x80);
        if (digit >= 0 && digit <= 9) {
            raised = rest[1] == '\x81';
            i += 2;
            return static_cast<char>('0' + digit);
        }
    }
    if (rest.size() >= 2 && rest[0] == '\xc2' && static_cast<unsigned char>(rest[1]) >= 0x80) ++i; // as in Latin-1
    const auto c = static_cast<unsigned char>(text[i]);
    raised = c == 0xb9 || c == 0xb2 || c == 0xb3;
    switch (c) {
    case 0xb9: return '1';
    case 0xb2: return '2';
    case 0xb3: return '3';
    case 0xb5: return 'u';
    case 0xba: return '\xb0'; // the sign of an ordinal, where ° is not on the keyboard
    case 0xd7: return 'x';
    case 0xa0:
    case '\t': return ' ';
    default: return lower(text[i]);
    }
}

// Lower case without blanks; µ, μ, °, × and superscripts in either encoding get one spelling.
Reduced folded(std::string_view text) {
    Reduced out;
    bool blank = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool raised = false;
        const char c = plain_at(text, i, raised);
        if (c == ' ') {
            blank = true;
            continue;
        }
        // "10 9/L" is a power whose sign fell away, 10³ one that needs none; joined it would be a hundred and nine.
        if (is_digit(c) && (blank || raised) && (out.view() == "10" || out.view() == "x10")) out.put('*');
        if (c == '\xb0') out.put('\xc2');
        out.put(c);
        blank = false;
    }
    return out;
}

void replace_word(Reduced& in, std::string_view word, std::string_view by) {
    Reduced out;
    for (std::size_t i = 0; i < in.size;) {
        const bool here = in.view().substr(i).starts_with(word);
        const bool starts = i == 0 || in.text[i - 1] == '/' || in.text[i - 1] == '[' || in.text[i - 1] == '.';
        const std::size_t end = i + word.size();
        const bool ends =
            end >= in.size || in.text[end] == '/' || in.text[end] == ']' || in.text[end] == '.' || in.text[end] == ')';
        if (here && starts && ends) {
            for (const char c : by) out.put(c);
            i = end;
        } else {
            out.put(in.text[i++]);
        }
    }
    in = out;
}

// x10^9/l, 10^9/l, 10**9/l, 10x9/l, 10(9)/l, 10exp9/l, 10e9/l, 10e+9/l, e9/l -> 10*9/l
void fold_power(Reduced& in) {
    std::string_view text = in.view();
    if (text.starts_with('x') && text.size() > 1 && text[1] == '1') text.remove_prefix(1);
    if (text.size() > 2 && text.starts_with('e') && is_digit(text[1])) {
    } else if (text.starts_with("10"))
        text.remove_prefix(2);
    else
        return;
    std::size_t at = 0;
    for (const std::string_view sign : {"exp", "**", "*", "^", "(", "e+", "e", "x"})
        if (text.starts_with(sign)) {
            at = sign.size();
            break;
        }
    if (at == 0) return;
    std::size_t digits = at;
    while (digits < text.size() && is_digit(text[digits])) ++digits;
    if (digits == at) return;
    std::size_t rest = digits;
    if (rest < text.size() && text[rest] == ')') ++rest;
    Reduced out;
    for (const char c : std::string_view("10*")) out.put(c);
    std::size_t significant = at;
    while (significant + 1 < digits && text[significant] == '0') ++significant;
    for (std::size_t i = significant; i < digits; ++i) out.put(text[i]);
    for (std::size_t i = rest; i < text.size(); ++i) out.put(text[i]);
    in = out;
}

bool may_stand_as_sent(std::string_view text) {
    if (text.empty() || text.size() > 24) return false;
    for (const char c : text) {
        const bool letter = (lower(c) >= 'a' && lower(c) <= 'z') || is_digit(c);
        if (!letter && !std::strchr("%/*.^[]{}_-", c)) return false;
    }
    return true;
}

} // namespace

std::string_view ucum_of_mdc(std::uint32_t code) {
    if (code < 262144 || code > 262144 + 65535) return {};
    const auto term = static_cast<std::uint16_t>(code - 262144);
    auto const* at = std::lower_bound(std::begin(mdc_units), std::end(mdc_units), term,
                                      [](MdcUnit const& u, std::uint16_t t) { return u.term < t; });
    return at != std::end(mdc_units) && at->term == term ? at->ucum : std::string_view{};
}

std::string_view ucum_of_refid(std::string_view refid) {
    if (!refid.starts_with("MDC_DIM_")) return {};
    refid.remove_prefix(8);
    for (auto const& unit : mdc_units)
        if (unit.refid == refid) return unit.ucum;
    return {};
}

std::string_view ucum_of_text(std::string_view text) {
    text = adapters::trimmed(text);
    if (text.empty() || text.size() > longest) return {};
    // Upper-case G before /L is giga, lower-case is gram; nothing else in the table depends on case.
    if (text == "G/L" || text == "G/l") return "10*9/L";
    if (text == "T/L" || text == "T/l") return "10*12/L";
    Reduced reduced = folded(text);
    fold_power(reduced);
    struct Word {
        std::string_view word, by;
    };
    static constexpr Word words[] = {{"mcg", "ug"},   {"mcl", "ul"},   {"hr", "h"},     {"hour", "h"},
                                     {"std", "h"},    {"iu", "u"},     {"ie", "u"},     {"i.u.", "u"},
                                     {"mm^3", "mm3"}, {"mm*3", "mm3"}, {"mm**3", "mm3"}};
    for (auto const& w : words)
        if (reduced.view().find(w.word) != std::string_view::npos) replace_word(reduced, w.word, w.by);
    const auto at = std::lower_bound(spellings.begin(), spellings.end(), reduced.view(),
                                     [](Spelling const& s, std::string_view key) { return s.reduced < key; });
    return at != spellings.end() && at->reduced == reduced.view() ? at->ucum : std::string_view{};
}

namespace {

// Two names of one amount: a triplet that says both does not contradict itself.
bool same_amount(std::string_view a, std::string_view b) {
    static constexpr std::pair<std::string_view, std::string_view> pairs[] = {
        {"10*3/uL", "10*9/L"}, {"10*6/uL", "10*12/L"}, {"/uL", "10*6/L"}, {"hPa", "mbar"},
        {"ug/L", "ng/mL"},     {"mg/L", "ug/mL"},      {"ng/L", "pg/mL"}, {"g/L", "mg/mL"}};
    for (auto const& [one, two] : pairs)
        if ((a == one && b == two) || (a == two && b == one)) return true;
    return a == b;
}

std::string_view ucum_of_triplet(std::string_view code, std::string_view text) {
    if (const auto hex = ucum_of_mdc(mdc_of_hex(code)); !hex.empty()) {
        const auto by_text = ucum_of_text(text);
        return by_text.empty() || same_amount(hex, by_text) ? hex : std::string_view{};
    }
    std::uint32_t number = 0;
    const auto [stop, error] = std::from_chars(code.data(), code.data() + code.size(), number);
    const bool numeric = error == std::errc{} && stop == code.data() + code.size();
    if (numeric && number >= 262144) {
        // A refid that is known outweighs a number that says something else (devices.md 17: a wrong number is in
        // circulation).
        const std::string_view by_name = ucum_of_refid(text);
        return by_name.empty() ? ucum_of_mdc(number) : by_name;
    }
    if (const auto by_name = ucum_of_refid(code.empty() ? text : code); !by_name.empty()) return by_name;
    const std::string_view by_code = ucum_of_text(code);
    return by_code.empty() ? ucum_of_text(text) : by_code;
}

// A unit that nobody knows and that may not stand as it is: the same text has the same name, and two texts have two, so
// that a map can say what one of them means.
std::string_view unknown_unit(std::string_view sent, adapters::SiteKey const& key, Scratch& scratch) {
    return scratch.keep("?" + key.short_token("unit", sent));
}

} // namespace

std::string_view unit_of(std::string_view obx6, Delimiters const& d, adapters::SiteKey const& key, Scratch& scratch) {
    const std::string_view field = first(obx6, d);
    if (field.empty() || is_null(field)) return {};
    unsigned unknown = 0;
    std::array<std::string_view, 5> parts{};
    std::string_view rest = field;
    for (auto& p : parts) {
        const auto cut = rest.find(d.component);
        p = adapters::trimmed(unescaped(part(rest.substr(0, cut), d.subcomponent, 1), d, scratch, unknown));
        if (cut == std::string_view::npos) break;
        rest.remove_prefix(cut + 1);
    }
    // 10^3/uL written with the component separator itself: 10^3/uL arrives as "10", "3/uL".
    if (parts[0].ends_with("10") && parts[0].size() <= 4) {
        std::string joined = "10*";
        joined.append(parts[1]);
        if (joined.ends_with("/mm") && parts[2] == "3") joined.push_back('3');
        if (const auto ucum = ucum_of_text(joined); !ucum.empty()) return ucum;
    }
    if (parts[0].ends_with("/mm") && parts[1] == "3") // the same of /mm^3
        if (const auto ucum = ucum_of_text(std::string(parts[0]) + "3"); !ucum.empty()) return ucum;
    const std::string_view one = ucum_of_triplet(parts[0], parts[1]);
    const std::string_view two = ucum_of_triplet(parts[3], parts[4]);
    if (!one.empty() && !two.empty() && !same_amount(one, two)) return unknown_unit(field, key, scratch);
    if (!one.empty()) return one;
    if (!two.empty()) return two;
    const std::string_view sent = parts[0].empty() ? parts[1] : parts[0];
    return may_stand_as_sent(sent) ? sent : unknown_unit(sent.empty() ? field : sent, key, scratch);
}

} // namespace vigil::hl7
