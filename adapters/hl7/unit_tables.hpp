#pragma once
// Unit codes and spellings (devices.md 24). One list, kept dense on purpose.

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace vigil::hl7 {

// clang-format off
struct MdcUnit {
    std::uint16_t term;
    std::string_view ucum;
    std::string_view refid;  // without MDC_DIM_
};

// devices.md 24; ordered by term.
inline constexpr MdcUnit mdc_units[] = {
    {512, "1", "DIMLESS"}, {544, "%", "PERCENT"}, {992, "[pH]", "PH"}, {1280, "m", "X_M"}, {1297, "cm", "CENTI_M"}, {1376, "[in_i]", "INCH"}, {1376, "[in_i]", "X_INCH"}, {1600, "L", "L"},
    {1618, "mL", "MILLI_L"}, {1682, "/mm3", "PER_MILLI_M_CUBED"}, {1715, "/uL", "PER_MICRO_L"}, {1728, "g", "X_G"}, {1731, "kg", "KILO_G"}, {1760, "[lb_av]", "LB"}, {1760, "[lb_av]", "X_LB"},
    {2048, "g/L", "X_G_PER_L"}, {2066, "mg/L", "MILLI_G_PER_L"}, {2112, "g/dL", "X_G_PER_DL"}, {2130, "mg/dL", "MILLI_G_PER_DL"},
    {2162, "mg/mL", "MILLI_G_PER_ML"}, {2163, "ug/mL", "MICRO_G_PER_ML"}, {2164, "ng/mL", "NANO_G_PER_ML"}, {2176, "s", "SEC"},
    {2194, "ms", "MILLI_SEC"}, {2208, "min", "MIN"}, {2240, "h", "HR"}, {2496, "Hz", "HZ"}, {2528, "/min", "PER_MIN"},
    {2720, "/min", "BEAT_PER_MIN"}, {2752, "/min", "PULS_PER_MIN"}, {2784, "/min", "RESP_PER_MIN"}, {3072, "L/min", "X_L_PER_MIN"},
    {3090, "mL/min", "MILLI_L_PER_MIN"}, {3122, "mL/h", "MILLI_L_PER_HR"}, {3346, "mg/min", "MILLI_G_PER_MIN"},
    {3347, "ug/min", "MICRO_G_PER_MIN"}, {3378, "mg/h", "MILLI_G_PER_HR"}, {3379, "ug/h", "MICRO_G_PER_HR"},
    {3474, "mg/kg/min", "MILLI_G_PER_KG_PER_MIN"}, {3475, "ug/kg/min", "MICRO_G_PER_KG_PER_MIN"},
    {3476, "ng/kg/min", "NANO_G_PER_KG_PER_MIN"}, {3506, "mg/kg/h", "MILLI_G_PER_KG_PER_HR"},
    {3507, "ug/kg/h", "MICRO_G_PER_KG_PER_HR"}, {3842, "hPa", "HECTO_PASCAL"}, {3843, "kPa", "KILO_PASCAL"},
    {3872, "mm[Hg]", "MMHG"}, {3904, "cm[H2O]", "CM_H2O"}, {3954, "mbar", "MILLI_BAR"}, {4274, "mV", "MILLI_VOLT"},
    {4416, "[degF]", "FAHR"}, {4722, "mmol/L", "MILLI_MOLE_PER_L"}, {4723, "umol/L", "MICRO_MOLE_PER_L"},
    {4850, "meq/L", "MILLI_EQUIV_PER_L"}, {5600, "[iU]/mL", "INTL_UNIT_PER_ML"}, {5696, "U/h", "INTL_UNIT_PER_HR"},
    {5906, "mL/cm[H2O]", "MILLI_L_PER_CM_H2O"}, {5920, "cm[H2O].s/L", "CM_H2O_PER_L_PER_SEC"}, {6048, "Cel", "DEGC"},
};
static_assert(std::is_sorted(std::begin(mdc_units), std::end(mdc_units), [](auto const& a, auto const& b) { return a.term < b.term; }));

struct Spelling {
    std::string_view reduced;  // as `reduce` leaves it
    std::string_view ucum;
};

// Looked up after reduction: lower case, no blanks, µ as u, 10^n 10**n x10^n ×10*n 10xn 10(n) 10en "10 n" as 10*n, mm^3 mm*3 as mm3, mcg as ug, hr as h, iu/ie/i.u. as u.
inline constexpr Spelling spellings_in_order[] = {
    {"%", "%"}, {"percent", "%"}, {"pct", "%"}, {"vol%", "%"}, {"vol.%", "%"}, {"vol.-%", "%"}, {"vol-%", "%"}, {"%o2", "%"}, {"1", "1"}, {"fraction", "1"}, {"{fraction}", "1"}, {"ratio", "1"}, {"{ratio}", "1"}, {"fio2ratio", "1"}, {"{fio2ratio}", "1"},
    {"mm[hg]", "mm[Hg]"}, {"mmhg", "mm[Hg]"}, {"mm(hg)", "mm[Hg]"}, {"mm_hg", "mm[Hg]"}, {"torr", "mm[Hg]"}, {"kpa", "kPa"}, {"cm[h2o]", "cm[H2O]"}, {"cmh2o", "cm[H2O]"},
    {"cmh20", "cm[H2O]"}, {"cm_h2o", "cm[H2O]"}, {"cm_h20", "cm[H2O]"}, {"cm(h2o)", "cm[H2O]"}, {"cmws", "cm[H2O]"}, {"mbar", "mbar"}, {"hpa", "hPa"},
    {"/min", "/min"}, {"bpm", "/min"}, {"1/min", "/min"}, {"min-1", "/min"}, {"min^-1", "/min"}, {"schl./min", "/min"}, {"schl/min", "/min"}, {"{beats}/min", "/min"}, {"beats/min", "/min"},
    {"{breaths}/min", "/min"}, {"breaths/min", "/min"}, {"br/min", "/min"}, {"resp/min", "/min"}, {"rpm", "/min"}, {"af/min", "/min"},
    {"b/min", "/min"}, {"{beat}/min", "/min"}, {"beat/min", "/min"}, {"{breath}/min", "/min"}, {"breath/min", "/min"}, {"{pulse}/min", "/min"}, {"{pulses}/min", "/min"}, {"pulses/min", "/min"}, {"{resp}/min", "/min"}, {"pulse/min", "/min"}, {"brpm", "/min"}, {"{h.b.}/min", "/min"}, {"{beats}.min-1", "/min"},
    {"cel", "Cel"}, {"degc", "Cel"}, {"deg.c", "Cel"}, {"c", "Cel"}, {"\xc2\xb0" "c", "Cel"}, {"celsius", "Cel"}, {"gradc", "Cel"}, {"grdc", "Cel"}, {"degreesc", "Cel"},
    {"[degf]", "[degF]"}, {"degf", "[degF]"}, {"deg.f", "[degF]"}, {"f", "[degF]"}, {"\xc2\xb0" "f", "[degF]"}, {"fahrenheit", "[degF]"},
    {"10*9/l", "10*9/L"}, {"gpt/l", "10*9/L"}, {"giga/l", "10*9/L"}, {"/nl", "10*9/L"}, {"1/nl", "10*9/L"}, {"10*6/ml", "10*9/L"}, {"10*12/l", "10*12/L"}, {"tpt/l", "10*12/L"}, {"10*6/ul", "10*6/uL"}, {"m/ul", "10*6/uL"}, {"/pl", "10*12/L"},
    {"10*3/ul", "10*3/uL"}, {"k/ul", "10*3/uL"}, {"tsd/ul", "10*3/uL"}, {"tsd./ul", "10*3/uL"}, {"thou/ul", "10*3/uL"}, {"thou/mm3", "10*3/uL"}, {"thous/mm3", "10*3/uL"}, {"thousand/mm3", "10*3/uL"}, {"th/mm3", "10*3/uL"}, {"tsd/mm3", "10*3/uL"}, {"10*6/mm3", "10*6/uL"}, {"10*6/l", "10*6/L"}, {"thous/ul", "10*3/uL"},
    {"thousand/ul", "10*3/uL"}, {"10*3/mm3", "10*3/uL"}, {"k/mm3", "10*3/uL"}, {"k/cumm", "10*3/uL"}, {"k/cmm", "10*3/uL"}, {"10*3/cumm", "10*3/uL"}, {"10*3/cmm", "10*3/uL"}, {"thou/cumm", "10*3/uL"}, {"thou/cmm", "10*3/uL"}, {"th/ul", "10*3/uL"}, {"x1000/ul", "10*3/uL"}, {"1000/ul", "10*3/uL"},
    {"/ul", "/uL"}, {"1/ul", "/uL"}, {"cells/ul", "/uL"}, {"{cells}/ul", "/uL"}, {"/mm3", "/uL"}, {"/cumm", "/uL"}, {"cells/mm3", "/uL"}, {"cells/cumm", "/uL"}, {"/cmm", "/uL"}, {"cells/cmm", "/uL"},
    {"mg/dl", "mg/dL"}, {"mg%", "mg/dL"}, {"mg/100ml", "mg/dL"}, {"umol/l", "umol/L"}, {"mcmol/l", "umol/L"}, {"micromol/l", "umol/L"}, {"mmol/l", "mmol/L"}, {"nmol/l", "nmol/L"}, {"pmol/l", "pmol/L"},
    {"meq/l", "meq/L"}, {"mval/l", "meq/L"}, {"g/dl", "g/dL"}, {"gm/dl", "g/dL"}, {"g%", "g/dL"}, {"g/100ml", "g/dL"}, {"g/l", "g/L"}, {"gm/l", "g/L"}, {"mg/l", "mg/L"}, {"ug/l", "ug/L"},
    {"ng/ml", "ng/mL"}, {"ug/ml", "ug/mL"}, {"pg/ml", "pg/mL"}, {"ng/l", "pg/mL"}, {"mg/ml", "mg/mL"}, {"ug/dl", "ug/dL"}, {"ng/dl", "ng/dL"}, {"ug/ml{feu}", "ug/mL{FEU}"}, {"ug/mlfeu", "ug/mL{FEU}"},
    {"ugfeu/ml", "ug/mL{FEU}"}, {"mg/l{feu}", "ug/mL{FEU}"}, {"mg/lfeu", "ug/mL{FEU}"}, {"mgfeu/l", "ug/mL{FEU}"}, {"ng/ml{feu}", "ng/mL"}, {"ng/mlfeu", "ng/mL"}, {"ngfeu/ml", "ng/mL"}, {"ug/l{feu}", "ug/L"}, {"ug/lfeu", "ug/L"}, {"ugfeu/l", "ug/L"},
    {"l/min", "L/min"}, {"lpm", "L/min"}, {"ltr/min", "L/min"}, {"ml/min", "mL/min"}, {"l/min/m2", "L/min/m2"}, {"l/(min.m2)", "L/min/m2"},
    {"ml", "mL"}, {"cc", "mL"}, {"l", "L"}, {"ltr", "L"}, {"ml/h", "mL/h"}, {"cc/h", "mL/h"}, {"l/h", "L/h"}, {"ml/kg", "mL/kg"}, {"ml/kg/h", "mL/kg/h"},
    {"kg", "kg"}, {"kilogram", "kg"}, {"g", "g"}, {"gm", "g"}, {"[lb_av]", "[lb_av]"}, {"lb", "[lb_av]"}, {"lbs", "[lb_av]"}, {"cm", "cm"}, {"m", "m"}, {"[in_i]", "[in_i]"}, {"in", "[in_i]"}, {"inch", "[in_i]"}, {"inches", "[in_i]"},
    {"{score}", "{score}"}, {"score", "{score}"}, {"{inr}", "{INR}"}, {"inr", "{INR}"}, {"s", "s"}, {"sec", "s"}, {"secs", "s"}, {"second", "s"}, {"seconds", "s"}, {"sek", "s"}, {"ms", "ms"}, {"[ph]", "[pH]"}, {"ph", "[pH]"}, {"phunits", "[pH]"}, {"{ph}", "[pH]"},
    {"ug/kg/min", "ug/kg/min"}, {"ug/(kg.min)", "ug/kg/min"}, {"ug/kg.min", "ug/kg/min"}, {"gamma/kg/min", "ug/kg/min"}, {"ug/kg/h", "ug/kg/h"}, {"ug/min", "ug/min"}, {"ug/h", "ug/h"}, {"mg/h", "mg/h"}, {"mg/min", "mg/min"}, {"ug/kg/m", "ug/kg/min"},
    {"mg/kg/min", "mg/kg/min"}, {"mg/kg/h", "mg/kg/h"}, {"ng/kg/min", "ng/kg/min"}, {"u/min", "U/min"}, {"u/h", "U/h"}, {"[u]/min", "U/min"}, {"[u]/h", "U/h"}, {"units/min", "U/min"}, {"unit/min", "U/min"}, {"units/h", "U/h"}, {"unit/h", "U/h"}, {"[u]/ml", "[iU]/mL"}, {"u/ml", "[iU]/mL"}, {"mu/min", "mU/min"}, {"u/kg/h", "U/kg/h"},
    {"ml/cm[h2o]", "mL/cm[H2O]"}, {"ml/cmh2o", "mL/cm[H2O]"}, {"l/kpa", "L/kPa"}, {"ml/mbar", "mL/mbar"}, {"ml/hpa", "mL/mbar"}, {"u/l", "U/L"}, {"[u]/l", "U/L"}, {"units/l", "U/L"}, {"min", "min"}, {"minutes", "min"}, {"h", "h"}, {"hours", "h"}, {"l/l", "L/L"}, {"hz", "Hz"}, {"mv", "mV"},
    {"cm[h2o].s/l", "cm[H2O].s/L"}, {"cm[h2o]/l/s", "cm[H2O].s/L"}, {"cmh2o/l/s", "cm[H2O].s/L"}, {"dyn.s/cm5", "dyn.s/cm5"}, {"mosm/kg", "mosm/kg"}, {"ku/l", "kU/L"},
};
// clang-format on

} // namespace vigil::hl7
