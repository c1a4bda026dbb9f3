// OBX-5 numbers and OBX-6 units, as interface engineers meet them.

#include "adapters/hl7/number.hpp"
#include "adapters/hl7/units.hpp"
#include "decoding.hpp"

#include <catch2/catch.hpp>

using namespace vigil::hl7;

namespace {

std::string number(std::string_view text, bool comma = false) {
    const Number n = parse_number(text, comma);
    switch (n.fault) {
    case Number::Fault::empty: return "empty";
    case Number::Fault::text: return "text";
    case Number::Fault::unreadable: return "unreadable";
    case Number::Fault::none: break;
    }
    Result r;
    r.number = n.value;
    r.comparator = n.comparator;
    return testing::number_of(r);
}

std::string structured(std::string_view text) {
    const Number n = parse_structured(text, '^', false);
    Result r;
    if (n.fault != Number::Fault::none) return n.fault == Number::Fault::unreadable ? "unreadable" : "other";
    r.number = n.value;
    r.comparator = n.comparator;
    return testing::number_of(r);
}

std::string unit(std::string_view obx6) {
    Scratch scratch;
    return std::string(unit_of(obx6, Delimiters{}, testing::test_key(), scratch));
}

} // namespace

TEST_CASE("numbers", "[values]") {
    struct Row {
        char const* sent;
        char const* means;
    };
    const Row rows[] = {
        {"94", "94"},
        {" 94 ", "94"},
        {"7.40", "7.40"},
        {"-3.5", "-3.5"},
        {"+4", "4"},
        {".5", "0.5"},
        {"0.0", "0.0"},
        {"007", "7"},
        {"<10", "<10"},
        {"< 0.2", "<0.2"},
        {">500", ">500"},
        {">=20", ">=20"},
        {"<=5", "<=5"},
        {"=5", "5"},
        {"\xe2\x89\xa5"
         "8",
         ">=8"},
        {"1,5", "1.5"},
        {"0,123", "0.123"},
        {"12,34", "12.34"},
        {"<0,2", "<0.2"},
        {"1,234", "unreadable"}, // a thousand or one and a bit: nobody can tell
        {"1,234,567", "unreadable"},
        {"1.2.3", "unreadable"},
        {"45 %", "unreadable"},
        {"3+", "unreadable"},
        {"1:40", "unreadable"},
        {"12-15", "unreadable"},
        {"1e5", "unreadable"},
        {"<>5", "text"},
        {"<", "unreadable"},
        {"4711081512", "unreadable"}, // ten digits are a number of somebody, not a measurement
        {"999999999", "999999999"},
        {"", "empty"},
        {"  ", "empty"},
        {"\"\"", "empty"},
        {"HEMOLYZED", "text"},
        {"---", "text"},
        {"***", "text"},
        {"nan", "text"},
        {"inf", "text"},
        {"NT", "text"},
        {"0.30000000000000004", "0.300000000000"},
    };
    for (auto const& row : rows) {
        INFO(row.sent);
        CHECK(number(row.sent) == row.means);
    }
    CHECK(number("7,352", true) == "7.352");
    // Who writes a decimal comma may write a point for thousands: 150.000 platelets are not 150.
    for (char const* thousands : {"12.500", "150.000", "<1.234", "-1.234", "1.234.567", "1.234,5"}) {
        INFO(thousands);
        CHECK(number(thousands, true) == "unreadable");
    }
    CHECK(number("12.500") == "12.500");
    CHECK(number("0.123", true) == "0.123");
    CHECK(number("7.35", true) == "7.35");
    CHECK(number("1234.567", true) == "1234.567");
    CHECK(parse_number("1,5", false).decimal_comma);
}

TEST_CASE("structured numbers", "[values]") {
    CHECK(structured("^94") == "94");
    CHECK(structured(">^100") == ">100");
    CHECK(structured("<^0.5") == "<0.5");
    CHECK(structured(">=^5") == ">=5");
    CHECK(structured("=^5") == "5");
    CHECK(structured("^1^:^2") == "unreadable");
    CHECK(structured("^5^-^10") == "unreadable");
    CHECK(structured("<>^5") == "unreadable");
    CHECK(structured("94") == "94");
    CHECK(structured("^") == "other");
}

TEST_CASE("units: free text, codes and refids to UCUM", "[units]") {
    struct Row {
        char const* sent;
        char const* ucum;
    };
    const Row rows[] = {
        {"262688^MDC_DIM_PERCENT^MDC^%^%^UCUM", "%"},
        {"266016^MDC_DIM_MMHG^MDC", "mm[Hg]"},
        {"^MDC_DIM_MMHG^MDC", "mm[Hg]"},
        {"MDC_DIM_KILO_PASCAL", "kPa"},
        {"265619^MDC_DIM_MICRO_G_PER_KG_PER_MIN^MDC", "ug/kg/min"},
        {"264819^MDC_DIM_MICRO_G_PER_KG_PER_MIN^MDC", "ug/kg/min"}, // the wrong number that is in circulation
        {"265619", "ug/kg/min"},
        {"mmHg", "mm[Hg]"},
        {"mm Hg", "mm[Hg]"},
        {"MMHG", "mm[Hg]"},
        {"Torr", "mm[Hg]"},
        {"kPa", "kPa"},
        {"cmH2O", "cm[H2O]"},
        {"mbar", "mbar"},
        {"bpm", "/min"},
        {"1/min", "/min"},
        {"{beats}/min", "/min"},
        {"{beat}/min^{beat}/min^UCUM", "/min"},
        {"{breath}/min", "/min"},
        {"min-1", "/min"},
        {"rpm", "/min"},
        {"\xb0"
         "C",
         "Cel"},
        {"\xc2\xb0"
         "C",
         "Cel"},
        {"deg C", "Cel"},
        {"Cel", "Cel"},
        {"F", "[degF]"},
        {"x10^9/L", "10*9/L"},
        {"10^9/L", "10*9/L"},
        {"10*9/L", "10*9/L"},
        {"10**9/L", "10*9/L"},
        {"10e9/L", "10*9/L"},
        {"x10E9/L", "10*9/L"},
        {"E9/L", "10*9/L"},
        {"10(9)/L", "10*9/L"},
        {"10exp9/L", "10*9/L"},
        {"10*09/L", "10*9/L"},
        {"\xd7"
         "10^9/L",
         "10*9/L"},
        {"\xc3\x97"
         "10^9/L",
         "10*9/L"},
        {"G/L", "10*9/L"},
        {"G/l", "10*9/L"},
        {"Gpt/l", "10*9/L"},
        {"/nl", "10*9/L"},
        {"g/l", "g/L"},
        {"g/L", "g/L"},
        {"10*3/uL", "10*3/uL"},
        {"10^3/uL", "10*3/uL"},
        {"K/uL", "10*3/uL"},
        {"k/ul", "10*3/uL"},
        {"Tsd/\xb5l", "10*3/uL"},
        {"Tsd/\xc2\xb5l", "10*3/uL"},
        {"Tsd/\xce\xbcl", "10*3/uL"},
        {"Tsd./ul", "10*3/uL"},
        {"K/mcL", "10*3/uL"},
        {"THOU/uL", "10*3/uL"},
        {"10x3/uL", "10*3/uL"},
        {"x10 3/uL", "10*3/uL"},
        {"10 9/L", "10*9/L"},
        {"109/L", "109/L"},
        {"thou/mm3", "10*3/uL"},
        {"10^3/mm^3", "10*3/uL"},
        {"10*3/mm*3", "10*3/uL"},
        {"/mm^3", "/uL"},
        {"mm(Hg)", "mm[Hg]"},
        {"FiO2 ratio", "1"},
        {"10*3/uL^^UCUM^10*9/L", "10*3/uL"},
        {"10\xc2\xb3/\xc2\xb5l", "10*3/uL"}, // 10³/µl in UTF-8 and in Latin-1
        {"10\xb3/\xb5l", "10*3/uL"},
        {"x10\xc2\xb3/mm\xc2\xb3", "10*3/uL"},
        {"\xc3\x97 10\xe2\x81\xb9/L", "10*9/L"}, // ×10⁹/L
        {"10\xc2\xb9\xc2\xb2/L", "10*12/L"},
        {"10*3/cmm", "10*3/uL"},
        {"thou/cumm", "10*3/uL"},
        {"/cmm", "/uL"},
        {"min\xe2\x81\xbb\xc2\xb9", "/min"}, // min⁻¹
        {"min\xe2\x81\xbb"
         "1",
         "/min"},
        {"cm_h20", "cm[H2O]"}, // ISO+
        {"cm_h2o", "cm[H2O]"},
        {"cm H\xe2\x82\x82O", "cm[H2O]"}, // cm H₂O
        {"mm\xc2\xa0Hg", "mm[Hg]"},       // a blank that does not break
        {"mm_hg", "mm[Hg]"},
        {"\xc2\xba"
         "C",
         "Cel"}, // º of the ordinals
        {"\xcb\x9a"
         "C",
         "Cel"},
        {"Grad C", "Cel"},
        {"Vol.%", "%"},
        {"% O2", "%"},
        {"ratio", "1"},
        {"ng/mL FEU", "ng/mL"},
        {"ug/L{FEU}", "ug/L"},
        {"ng/mL DDU", "?UNKNOWN"},
        {"10\xc2\xb2/\xc2\xb5l", "?UNKNOWN"},     // ×10²/µl is what nobody lists: refused, not guessed
        {"10\xe2\x81\xb4/\xc2\xb5l", "?UNKNOWN"}, // ×10⁴/µl, Japan
        {"266098^MDC_DIM_MILLI_BAR^MDC^hPa^hPa^UCUM", "mbar"},
        {"mmol/l", "mmol/L"},
        {"MMOL/L", "mmol/L"},
        {"mg/dL", "mg/dL"},
        {"mg/dl", "mg/dL"},
        {"umol/L", "umol/L"},
        {"\xb5mol/l", "umol/L"},
        {"\xc2\xb5mol/L", "umol/L"},
        {"\xce\xbcmol/L", "umol/L"},
        {"mcmol/L", "umol/L"},
        {"mEq/L", "meq/L"},
        {"mval/l", "meq/L"},
        {"mcg/kg/min", "ug/kg/min"},
        {"\xb5g/kg/min", "ug/kg/min"},
        {"ug/kg/hr", "ug/kg/h"},
        {"mL/hr", "mL/h"},
        {"ml/h", "mL/h"},
        {"ml/Std", "mL/h"},
        {"IU/h", "U/h"},
        {"IE/h", "U/h"},
        {"U/min", "U/min"},
        {"units/hr", "U/h"},
        {"ng/mL", "ng/mL"},
        {"pg/ml", "pg/mL"},
        {"L/min", "L/min"},
        {"LPM", "L/min"},
        {"ml", "mL"},
        {"cc", "mL"},
        {"kg", "kg"},
        {"lbs", "[lb_av]"},
        {"sec", "s"},
        {"INR", "{INR}"},
        {"pH", "[pH]"},
        {"IU/L", "U/L"},
        {"U/l", "U/L"},
        {"mm[Hg]^^UCUM", "mm[Hg]"},
        {"^mmHg^L", "mm[Hg]"},
        {"xyz^foo^L^mmol/L^^UCUM", "mmol/L"},
        {"mg/dL^milligram per deciliter^UCUM", "mg/dL"},
        {"10^3/uL", "10*3/uL"}, // the component separator inside a unit
        {"", ""},
        {"\"\"", ""},
        {"furlongs", "furlongs"},
    };
    for (auto const& row : rows) {
        INFO(row.sent);
        if (std::string_view(row.ucum) == "?UNKNOWN")
            CHECK(unit(row.sent).starts_with('?'));
        else
            CHECK(unit(row.sent) == row.ucum);
    }
}

TEST_CASE("units that nobody knows have a name each, so that a map can mean one of them", "[units]") {
    const auto a = unit("JANE DOE"), b = unit("abcdefghijklmnopqrstuvwxyz"), c = unit("%\xff");
    for (auto const& name : {a, b, c}) {
        CHECK(name.size() == 9);
        CHECK(name.starts_with('?'));
    }
    CHECK(a != b);
    CHECK(b != c);
    CHECK(unit("JANE DOE") == a);
    const auto contradictory = unit("266016^MDC_DIM_MMHG^MDC^kPa^kPa^UCUM");
    CHECK(contradictory.starts_with('?'));
    CHECK(contradictory != a);
    CHECK(unit("10*3/uL^^UCUM^10*12/L").starts_with('?'));
}

TEST_CASE("MDC unit codes are 262144 and the term", "[units]") {
    CHECK(ucum_of_mdc(262144 + 3475) == "ug/kg/min");
    CHECK(ucum_of_mdc(262144 + 6048) == "Cel");
    CHECK(ucum_of_mdc(262144 + 1728) == "g");
    CHECK(ucum_of_mdc(262144 + 1760) == "[lb_av]");
    CHECK(ucum_of_mdc(262144 + 1280) == "m");
    CHECK(ucum_of_mdc(262144 + 1376) == "[in_i]");
    CHECK(unit("MDC_DIM_LB") == "[lb_av]");
    CHECK(unit("MDC_DIM_X_INCH") == "[in_i]");
    CHECK(ucum_of_mdc(3475).empty());
    CHECK(ucum_of_mdc(264819).empty());
}
