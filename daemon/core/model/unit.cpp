#include "core/model/unit.hpp"

#include <array>
#include <string>

namespace vigil::model {

namespace {

constexpr std::array<std::string_view, unit_count> spellings = {
    "",          "mm[Hg]",  "kPa",        "cm[H2O]", "mbar",    "hPa",
    "%",         "1",       "/min",       "Cel",     "[degF]",  "10*9/L",
    "10*3/uL",   "/uL",     "mg/dL",      "umol/L",  "mmol/L",  "meq/L",
    "nmol/L",    "g/dL",    "g/L",        "mg/L",    "ug/L",    "ng/mL",
    "ug/mL",     "pg/mL",   "ug/mL{FEU}", "L/min",   "mL/min",  "mL",
    "L",         "mL/h",    "kg",         "g",       "[lb_av]", "cm",
    "m",         "[in_i]",  "{score}",    "{INR}",   "s",       "[pH]",
    "ug/kg/min", "ug/kg/h", "ug/min",     "ug/h",    "mg/h",    "mg/min",
    "mg/kg/min", "mg/kg/h", "ng/kg/min",  "U/min",   "U/h",     "mL/cm[H2O]",
    "L/kPa",     "U/L",     "min",        "h",       "L/L",     "cm[H2O]/mm[Hg]",
    "mg",
};

struct Alias {
    std::string_view text;
    Unit unit;
};
// Spellings that occur in files written by hand or by other programs; HL7 adapters normalise many more before sending.
constexpr Alias aliases[] = {
    {"mmHg", Unit::mmHg},
    {"cmH2O", Unit::cmH2O},
    {"{fraction}", Unit::fraction},
    {"bpm", Unit::per_min},
    {"1/min", Unit::per_min},
    {"{beats}/min", Unit::per_min},
    {"{breaths}/min", Unit::per_min},
    {"degC", Unit::Cel},
    {"10^9/L", Unit::giga_per_L},
    {"10^3/uL", Unit::kilo_per_uL},
    {"K/uL", Unit::kilo_per_uL},
    {"mEq/L", Unit::meq_per_L},
    {"pH", Unit::ph},
    {"INR", Unit::inr},
    {"[iU]/min", Unit::U_per_min},
    {"[iU]/h", Unit::U_per_h},
    {"[iU]/L", Unit::U_per_L},
    {"/mm3", Unit::per_uL},
    {"score", Unit::score},
    {"[IU]/min", Unit::U_per_min},
    {"[IU]/h", Unit::U_per_h},
    {"[IU]/L", Unit::U_per_L},
    {"IU/min", Unit::U_per_min},
    {"IU/h", Unit::U_per_h},
    {"IU/L", Unit::U_per_L},
    {"units/min", Unit::U_per_min},
    {"u/min", Unit::U_per_min},
    {"u/h", Unit::U_per_h},
    {"u/hr", Unit::U_per_h},
    {"units/h", Unit::U_per_h},
    {"units/hr", Unit::U_per_h},
    {"units/hour", Unit::U_per_h},
    {"U/hr", Unit::U_per_h},
    {"U/hour", Unit::U_per_h},
    {"mcg/kg/min", Unit::ug_per_kg_min},
    {"mcg/kg/h", Unit::ug_per_kg_h},
    {"mcg/kg/hr", Unit::ug_per_kg_h},
    {"mcg/kg/hour", Unit::ug_per_kg_h},
    {"mcg/min", Unit::ug_per_min},
    {"mcg/h", Unit::ug_per_h},
    {"mcg/hr", Unit::ug_per_h},
    {"mcg/hour", Unit::ug_per_h},
    {"mcg/mL", Unit::ug_per_mL},
    {"mcg/L", Unit::ug_per_L},
    {"ug/kg/hour", Unit::ug_per_kg_h},
    {"ug/hr", Unit::ug_per_h},
    {"ug/hour", Unit::ug_per_h},
    {"mg/hour", Unit::mg_per_h},
    {"mg/kg/hr", Unit::mg_per_kg_h},
    {"mg/kg/hour", Unit::mg_per_kg_h},
    {"mL/hour", Unit::mL_per_h},
    {"ug/kg/hr", Unit::ug_per_kg_h},
    {"mg/hr", Unit::mg_per_h},
    {"mL/hr", Unit::mL_per_h},
};

// UCUM's l and L are one unit: every `l` that is a litre, with or without a prefix, as an L. None when there is none.
std::optional<std::string> with_capital_litres(std::string_view text) {
    std::optional<std::string> out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != 'l') continue;
        if (i + 1 < text.size() && text[i + 1] != '/' && text[i + 1] != '{') continue;
        const auto begin = text.find_last_of('/', i) + 1; // of this part of the unit
        const auto prefix = text.substr(begin, i - begin);
        if (!prefix.empty() && prefix != "d" && prefix != "m" && prefix != "u") continue;
        if (!out) out = text;
        (*out)[i] = 'L';
    }
    return out;
}

} // namespace

std::string_view ucum(Unit unit) { return spellings[static_cast<std::size_t>(unit)]; }

std::optional<Unit> parse_unit(std::string_view text) {
    for (std::size_t i = 0; i < spellings.size(); ++i)
        if (spellings[i] == text) return static_cast<Unit>(i);
    for (auto const& a : aliases)
        if (a.text == text) return a.unit;
    if (const auto litres = with_capital_litres(text)) return parse_unit(*litres);
    // The micro sign, and the Greek letter that is typed for it, are UCUM's u.
    for (std::string_view micro : {"\xC2\xB5", "\xCE\xBC"})
        if (const auto at = text.find(micro); at != std::string_view::npos)
            return parse_unit(std::string{text.substr(0, at)} + 'u' + std::string{text.substr(at + micro.size())});
    return std::nullopt;
}

} // namespace vigil::model
