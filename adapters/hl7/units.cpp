#include "adapters/hl7/units.hpp"

#include "adapters/runtime/tokens.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace vigil::hl7 {

namespace {

struct MdcUnit {
    std::uint16_t term;
    std::string_view ucum;
    std::string_view refid; // without MDC_DIM_
};

// devices.md 24; ordered by term.
constexpr MdcUnit mdc_units[] = {
    {512, "1", "DIMLESS"},
    {544, "%", "PERCENT"},
    {992, "[pH]", "PH"},
    {1297, "cm", "CENTI_M"},
    {1600, "L", "L"},
    {1618, "mL", "MILLI_L"},
    {1682, "/mm3", "PER_MILLI_M_CUBED"},
    {1715, "/uL", "PER_MICRO_L"},
    {1731, "kg", "KILO_G"},
    {2048, "g/L", "X_G_PER_L"},
    {2066, "mg/L", "MILLI_G_PER_L"},
    {2112, "g/dL", "X_G_PER_DL"},
    {2130, "mg/dL", "MILLI_G_PER_DL"},
    {2162, "mg/mL", "MILLI_G_PER_ML"},
    {2163, "ug/mL", "MICRO_G_PER_ML"},
    {2164, "ng/mL", "NANO_G_PER_ML"},
    {2176, "s", "SEC"},
    {2194, "ms", "MILLI_SEC"},
    {2208, "min", "MIN"},
    {2240, "h", "HR"},
    {2496, "Hz", "HZ"},
    {2528, "/min", "PER_MIN"},
    {2720, "/min", "BEAT_PER_MIN"},
    {2752, "/min", "PULS_PER_MIN"},
    {2784, "/min", "RESP_PER_MIN"},
    {3072, "L/min", "X_L_PER_MIN"},
    {3090, "mL/min", "MILLI_L_PER_MIN"},
    {3122, "mL/h", "MILLI_L_PER_HR"},
    {3346, "mg/min", "MILLI_G_PER_MIN"},
    {3347, "ug/min", "MICRO_G_PER_MIN"},
    {3378, "mg/h", "MILLI_G_PER_HR"},
    {3379, "ug/h", "MICRO_G_PER_HR"},
    {3474, "mg/kg/min", "MILLI_G_PER_KG_PER_MIN"},
    {3475, "ug/kg/min", "MICRO_G_PER_KG_PER_MIN"},
    {3476, "ng/kg/min", "NANO_G_PER_KG_PER_MIN"},
    {3506, "mg/kg/h", "MILLI_G_PER_KG_PER_HR"},
    {3507, "ug/kg/h", "MICRO_G_PER_KG_PER_HR"},
    {3842, "hPa", "HECTO_PASCAL"},
    {3843, "kPa", "KILO_PASCAL"},
    {3872, "mm[Hg]", "MMHG"},
    {3904, "cm[H2O]", "CM_H2O"},
    {3954, "mbar", "MILLI_BAR"},
    {4274, "mV", "MILLI_VOLT"},
    {4416, "[degF]", "FAHR"},
    {4722, "mmol/L", "MILLI_MOLE_PER_L"},
    {4723, "umol/L", "MICRO_MOLE_PER_L"},
    {4850, "meq/L", "MILLI_EQUIV_PER_L"},
    {5600, "[iU]/mL", "INTL_UNIT_PER_ML"},
    {5696, "U/h", "INTL_UNIT_PER_HR"},
    {5906, "mL/cm[H2O]", "MILLI_L_PER_CM_H2O"},
    {5920, "cm[H2O].s/L", "CM_H2O_PER_L_PER_SEC"},
    {6048, "Cel", "DEGC"},
};
static_assert(std::is_sorted(std::begin(mdc_units), std::end(mdc_units),
                             [](auto const& a, auto const& b) { return a.term < b.term; }));

struct Spelling {
    std::string_view reduced; // as `reduce` leaves it
    std::string_view ucum;
};

// Looked up after reduction: lower case, no blanks, µ as u, 10^n 10**n x10^n ×10*n 10(n) 10en as 10*n, mcg as ug, hr as
// h, iu/ie/i.u. as u.
constexpr Spelling spellings_in_order[] = {
    {"%", "%"},
    {"percent", "%"},
    {"pct", "%"},
    {"vol%", "%"},
    {"1", "1"},
    {"fraction", "1"},
    {"{fraction}", "1"},
    {"mm[hg]", "mm[Hg]"},
    {"mmhg", "mm[Hg]"},
    {"torr", "mm[Hg]"},
    {"kpa", "kPa"},
    {"cm[h2o]", "cm[H2O]"},
    {"cmh2o", "cm[H2O]"},
    {"cmh20", "cm[H2O]"},
    {"mbar", "mbar"},
    {"hpa", "hPa"},
    {"/min", "/min"},
    {"bpm", "/min"},
    {"1/min", "/min"},
    {"min-1", "/min"},
    {"min^-1", "/min"},
    {"{beats}/min", "/min"},
    {"beats/min", "/min"},
    {"{breaths}/min", "/min"},
    {"breaths/min", "/min"},
    {"br/min", "/min"},
    {"resp/min", "/min"},
    {"rpm", "/min"},
    {"af/min", "/min"},
    {"b/min", "/min"},
    {"pulse/min", "/min"},
    {"brpm", "/min"},
    {"{h.b.}/min", "/min"},
    {"{beats}.min-1", "/min"},
    {"cel", "Cel"},
    {"degc", "Cel"},
    {"deg.c", "Cel"},
    {"c", "Cel"},
    {"\xc2\xb0"
     "c",
     "Cel"},
    {"celsius", "Cel"},
    {"degreesc", "Cel"},
    {"[degf]", "[degF]"},
    {"degf", "[degF]"},
    {"deg.f", "[degF]"},
    {"f", "[degF]"},
    {"\xc2\xb0"
     "f",
     "[degF]"},
    {"fahrenheit", "[degF]"},
    {"10*9/l", "10*9/L"},
    {"gpt/l", "10*9/L"},
    {"giga/l", "10*9/L"},
    {"/nl", "10*9/L"},
    {"1/nl", "10*9/L"},
    {"10*6/ml", "10*9/L"},
    {"10*12/l", "10*12/L"},
    {"tpt/l", "10*12/L"},
    {"10*6/ul", "10*6/uL"},
    {"m/ul", "10*6/uL"},
    {"/pl", "10*12/L"},
    {"10*3/ul", "10*3/uL"},
    {"k/ul", "10*3/uL"},
    {"tsd/ul", "10*3/uL"},
    {"tsd./ul", "10*3/uL"},
    {"thou/ul", "10*3/uL"},
    {"thous/ul", "10*3/uL"},
    {"thousand/ul", "10*3/uL"},
    {"10*3/mm3", "10*3/uL"},
    {"10*3/mm*3", "10*3/uL"},
    {"k/mm3", "10*3/uL"},
    {"k/cumm", "10*3/uL"},
    {"th/ul", "10*3/uL"},
    {"x1000/ul", "10*3/uL"},
    {"1000/ul", "10*3/uL"},
    {"/ul", "/uL"},
    {"1/ul", "/uL"},
    {"cells/ul", "/uL"},
    {"{cells}/ul", "/uL"},
    {"/mm3", "/uL"},
    {"/cumm", "/uL"},
    {"cells/mm3", "/uL"},
    {"/mm*3", "/uL"},
    {"cells/cumm", "/uL"},
    {"mg/dl", "mg/dL"},
    {"mg%", "mg/dL"},
    {"mg/100ml", "mg/dL"},
    {"umol/l", "umol/L"},
    {"mcmol/l", "umol/L"},
    {"micromol/l", "umol/L"},
    {"mmol/l", "mmol/L"},
    {"nmol/l", "nmol/L"},
    {"pmol/l", "pmol/L"},
    {"meq/l", "meq/L"},
    {"mval/l", "meq/L"},
    {"g/dl", "g/dL"},
    {"gm/dl", "g/dL"},
    {"g%", "g/dL"},
    {"g/100ml", "g/dL"},
    {"g/l", "g/L"},
    {"gm/l", "g/L"},
    {"mg/l", "mg/L"},
    {"ug/l", "ug/L"},
    {"ng/ml", "ng/mL"},
    {"ug/ml", "ug/mL"},
    {"pg/ml", "pg/mL"},
    {"ng/l", "ng/L"},
    {"mg/ml", "mg/mL"},
    {"ug/dl", "ug/dL"},
    {"ng/dl", "ng/dL"},
    {"ug/ml{feu}", "ug/mL{FEU}"},
    {"ug/mlfeu", "ug/mL{FEU}"},
    {"ugfeu/ml", "ug/mL{FEU}"},
    {"mg/l{feu}", "ug/mL{FEU}"},
    {"mg/lfeu", "ug/mL{FEU}"},
    {"mgfeu/l", "ug/mL{FEU}"},
    {"l/min", "L/min"},
    {"lpm", "L/min"},
    {"ltr/min", "L/min"},
    {"ml/min", "mL/min"},
    {"l/min/m2", "L/min/m2"},
    {"l/(min.m2)", "L/min/m2"},
    {"ml", "mL"},
    {"cc", "mL"},
    {"l", "L"},
    {"ltr", "L"},
    {"ml/h", "mL/h"},
    {"cc/h", "mL/h"},
    {"l/h", "L/h"},
    {"ml/kg", "mL/kg"},
    {"ml/kg/h", "mL/kg/h"},
    {"kg", "kg"},
    {"kilogram", "kg"},
    {"g", "g"},
    {"gm", "g"},
    {"[lb_av]", "[lb_av]"},
    {"lb", "[lb_av]"},
    {"lbs", "[lb_av]"},
    {"cm", "cm"},
    {"m", "m"},
    {"[in_i]", "[in_i]"},
    {"in", "[in_i]"},
    {"inch", "[in_i]"},
    {"inches", "[in_i]"},
    {"{score}", "{score}"},
    {"score", "{score}"},
    {"{inr}", "{INR}"},
    {"inr", "{INR}"},
    {"s", "s"},
    {"sec", "s"},
    {"secs", "s"},
    {"second", "s"},
    {"seconds", "s"},
    {"sek", "s"},
    {"ms", "ms"},
    {"[ph]", "[pH]"},
    {"ph", "[pH]"},
    {"phunits", "[pH]"},
    {"{ph}", "[pH]"},
    {"ug/kg/min", "ug/kg/min"},
    {"ug/(kg.min)", "ug/kg/min"},
    {"ug/kg.min", "ug/kg/min"},
    {"gamma/kg/min", "ug/kg/min"},
    {"ug/kg/h", "ug/kg/h"},
    {"ug/min", "ug/min"},
    {"ug/h", "ug/h"},
    {"mg/h", "mg/h"},
    {"mg/min", "mg/min"},
    {"ug/kg/m", "ug/kg/min"},
    {"mg/kg/min", "mg/kg/min"},
    {"mg/kg/h", "mg/kg/h"},
    {"ng/kg/min", "ng/kg/min"},
    {"u/min", "U/min"},
    {"u/h", "U/h"},
    {"[u]/min", "U/min"},
    {"[u]/h", "U/h"},
    {"units/min", "U/min"},
    {"unit/min", "U/min"},
    {"units/h", "U/h"},
    {"unit/h", "U/h"},
    {"[u]/ml", "[iU]/mL"},
    {"u/ml", "[iU]/mL"},
    {"mu/min", "mU/min"},
    {"u/kg/h", "U/kg/h"},
    {"ml/cm[h2o]", "mL/cm[H2O]"},
    {"ml/cmh2o", "mL/cm[H2O]"},
    {"l/kpa", "L/kPa"},
    {"ml/mbar", "mL/mbar"},
    {"ml/hpa", "mL/mbar"},
    {"u/l", "U/L"},
    {"[u]/l", "U/L"},
    {"units/l", "U/L"},
    {"min", "min"},
    {"minutes", "min"},
    {"h", "h"},
    {"hours", "h"},
    {"l/l", "L/L"},
    {"hz", "Hz"},
    {"mv", "mV"},
    {"cm[h2o].s/l", "cm[H2O].s/L"},
    {"cm[h2o]/l/s", "cm[H2O].s/L"},
    {"cmh2o/l/s", "cm[H2O].s/L"},
    {"dyn.s/cm5", "dyn.s/cm5"},
    {"mosm/kg", "mosm/kg"},
    {"ku/l", "kU/L"},
};

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

// Lower case without blanks; µ, μ, °, × and superscripts in either encoding get one spelling.
Reduced folded(std::string_view text) {
    Reduced out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0u;
        if (c == ' ' || c == '\t') continue;
        if (c == 0xc2 && next >= 0x80) continue; // the Latin-1 byte follows
        if (c == 0xb5 || (c == 0xce && next == 0xbc))
            out.put('u');
        else if (c == 0xb0) {
            out.put('\xc2');
            out.put('\xb0');
        } else if (c == 0xb2 || c == 0xb3)
            out.put(c == 0xb2 ? '2' : '3');
        else if (c == 0xd7 || (c == 0xc3 && next == 0x97))
            out.put('x');
        else
            out.put(lower(text[i]));
        if ((c == 0xce && next == 0xbc) || (c == 0xc3 && next == 0x97)) ++i;
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

// x10^9/l, 10^9/l, 10**9/l, 10(9)/l, 10exp9/l, 10e9/l, 10e+9/l, e9/l -> 10*9/l
void fold_power(Reduced& in) {
    std::string_view text = in.view();
    if (text.starts_with('x') && text.size() > 1 && text[1] == '1') text.remove_prefix(1);
    if (text.size() > 2 && text.starts_with('e') && is_digit(text[1])) {
    } else if (text.starts_with("10"))
        text.remove_prefix(2);
    else
        return;
    std::size_t at = 0;
    for (const std::string_view sign : {"exp", "**", "*", "^", "(", "e+", "e"})
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
    static constexpr Word words[] = {{"mcg", "ug"}, {"mcl", "ul"}, {"hr", "h"}, {"hour", "h"},
                                     {"std", "h"},  {"iu", "u"},   {"ie", "u"}, {"i.u.", "u"}};
    for (auto const& w : words)
        if (reduced.view().find(w.word) != std::string_view::npos) replace_word(reduced, w.word, w.by);
    const auto at = std::lower_bound(spellings.begin(), spellings.end(), reduced.view(),
                                     [](Spelling const& s, std::string_view key) { return s.reduced < key; });
    return at != spellings.end() && at->reduced == reduced.view() ? at->ucum : std::string_view{};
}

namespace {

std::string_view ucum_of_triplet(std::string_view code, std::string_view text) {
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

} // namespace

std::string_view unit_of(std::string_view obx6, Delimiters const& d, Scratch& scratch) {
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
    if (parts[0] == "10" || parts[0] == "x10" || parts[0] == "X10") {
        std::string joined = "10*";
        joined.append(parts[1]);
        if (const auto ucum = ucum_of_text(joined); !ucum.empty()) return ucum;
    }
    const std::string_view one = ucum_of_triplet(parts[0], parts[1]);
    const std::string_view two = ucum_of_triplet(parts[3], parts[4]);
    if (!one.empty() && !two.empty() && one != two) return "?";
    if (!one.empty()) return one;
    if (!two.empty()) return two;
    const std::string_view sent = parts[0].empty() ? parts[1] : parts[0];
    return may_stand_as_sent(sent) ? sent : std::string_view("?");
}

} // namespace vigil::hl7
