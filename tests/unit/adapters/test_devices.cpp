// IHE PCD-01: containment, codes with two names, methods, pumps.

#include "adapters/hl7/codes.hpp"
#include "adapters/hl7/pump.hpp"
#include "decoding.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace vigil::hl7;
using namespace vigil::hl7::testing;
using vigil::model::CodeSystem;
using vigil::model::Method;
using vigil::model::TimeQuality;

namespace {

std::string pcd(std::string_view rows, std::string_view msh7 = "20261121115900.000+0100") {
    return message(
        "MSH|^~\\&|GW^0012210000000001^EUI-64|ICU|VIGIL|ICU|" + std::string(msh7) +
        "||ORU^R01^ORU_R01|M1|P|2.6|||AL|NE||UNICODE UTF-8|||IHE_PCD_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO\n"
        "PID|||MRN001^^^HOSP^MR||DOE^JANE^^^^^L||19700101|F\nPV1||I|ICU^R1^BED3\n"
        "OBR|1|||182777000^monitoring of patient^SCT|||20261121115830|20261121115900\n" +
        std::string(rows));
}

std::vector<std::string> briefs(std::string_view rows) {
    static Decoder decoder(test_settings());
    const std::string text = pcd(rows);
    Decoded const& d = decoder.decode(text, noon);
    REQUIRE(d.fault == Fault::none);
    std::vector<std::string> out;
    for (auto const& r : d.results) out.push_back(brief(r) + (r.sub_id.empty() ? "" : " @" + std::string(r.sub_id)));
    return out;
}

constexpr char mds[] =
    "OBX|1||69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC|1.0.0.0|||||||X|||||||0012210000000001^^0012210000000001^EUI-"
    "64\n"
    "OBX|2||69798^MDC_DEV_PULS_OXIM_VMD^MDC|1.6.0.0|||||||X\nOBX|3||69799^MDC_DEV_PULS_OXIM_CHAN^MDC|1.6.1.0|||||||X\n";

} // namespace

TEST_CASE("containment in all its spellings", "[pcd]") {
    CHECK(containment_of("1.6.1.1")->depth == 4);
    CHECK(containment_of("1.6.1.1")->level[1] == 6);
    CHECK(containment_of("1.3.1.150456")->level[3] == 150456);
    CHECK(containment_of("1")->depth == 1);
    CHECK(containment_of("21766848.1.0.0")->level[0] == 21766848);
    CHECK(containment_of("1.2.3.4.5.6")->depth == 6);
    CHECK(containment_of("18446744073709551615.1").has_value());
    for (char const* bad : {"", ".", "1.", "1..2", "a.b", "1.2.3.4.5.6.7", "99999999999999999999", "-1"}) {
        INFO(bad);
        CHECK_FALSE(containment_of(bad).has_value());
    }
}

TEST_CASE("structural rows carry no reading, metric rows do", "[pcd]") {
    const auto found = briefs(
        std::string(mds) + "OBX|4|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.6.1.1|94|262688^MDC_DIM_PERCENT^MDC^%^%^UCUM|90 "
                           "- 100||||R||||||AMEAS^^MDC\n"
                           "OBX|5|NM|68063^MDC_ATTR_PT_WEIGHT^MDC|1.0.0.2|72.5|263875^MDC_DIM_KILO_G^MDC|||||F\n"
                           "OBX|6|NA|150452^MDC_PULS_OXIM_PLETH^MDC|1.6.1.2|1^2^3|||||R\n"
                           "OBX|7|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.6.1.3||262688^MDC_DIM_PERCENT^MDC||INV|||X\n");
    CHECK(found == std::vector<std::string>{"MDC 150456 94 % @1.6.1.1", "MDC 68063 72.5 kg @1.0.0.2",
                                            "MDC 150456 (not_sent) % @1.6.1.3"});
}

TEST_CASE("number and reference id: agreement is checked, a known refid is believed", "[pcd]") {
    struct Row {
        char const* obx3;
        char const* code;
        bool disagreement;
    };
    const Row rows[] = {
        {"150456^MDC_PULS_OXIM_SAT_O2^MDC", "150456", false},
        {"150031^MDC_PRESS_CUFF_SYS^MDC", "150301", true}, // a transposed number
        {"999999^MDC_RESP_RATE^MDC", "151562", true},
        {"150456^MDC_SOMETHING_PRIVATE^MDC", "150456", false},
        {"150456^^MDC", "150456", false},
        {"^MDC_RESP_RATE^MDC", "151562", false},
        {"MDC_RESP_RATE^^MDC", "151562", false},
        {"MDC_RESP_RATE^151562^MDC", "151562", false},
        {"0^MDC_ATTR_SAMP_RATE^MDC^150456^MDC_PULS_OXIM_SAT_O2^MDC", "150456", false},
        {"8867-4^Heart rate^LN^147842^MDC_ECG_HEART_RATE^MDC", "8867-4", false},
        {"HR^^99GW^147842^MDC_ECG_HEART_RATE^MDC", "147842", false},
        {"150456^MDC_PULS_OXIM_SAT_O2", "150456", false},          // no system, but the name says it
        {"16929412^MDC_CONC_AWAY_O2_INSP^MDC", "16929412", false}, // the setting of 152196
        {"184519^MDC_PUMP_STAT^MDC", "184519", false},
    };
    Scratch scratch;
    for (auto const& row : rows) {
        INFO(row.obx3);
        const Code code = code_of(row.obx3, Delimiters{}, test_key(), scratch);
        CHECK(code.code == row.code);
        CHECK(code.disagreement == row.disagreement);
        CHECK(code.system != CodeSystem::LOCAL);
    }
    CHECK(code_of("0^MDC_UNHEARD_OF^MDC", Delimiters{}, test_key(), scratch).system == CodeSystem::LOCAL);
}

TEST_CASE("coding systems by all their names", "[pcd]") {
    Scratch scratch;
    for (char const* name :
         {"LN", "LNC", "ln", "Loinc", "2.16.840.1.113883.6.1", "urn:oid:2.16.840.1.113883.6.1", "http://loinc.org"}) {
        INFO(name);
        const std::string field = std::string("2160-0^Creatinine^") + name;
        const Code code = code_of(field, Delimiters{}, test_key(), scratch);
        CHECK(code.system == CodeSystem::LN);
        CHECK(code.code == "2160-0");
    }
    CHECK(code_of("KREA^Kreatinin^99LAB^2160-0^Creatinine^loinc", Delimiters{}, test_key(), scratch).code == "2160-0");
    CHECK(code_of("150456^^mdc", Delimiters{}, test_key(), scratch).system == CodeSystem::MDC);
    for (char const* name : {"ISO11073", "IEEE11073", "ISO/IEEE 11073", "ISO/IEEE 11073-10101"})
        CHECK(code_of(std::string("150456^^") + name, Delimiters{}, test_key(), scratch).system == CodeSystem::MDC);
    CHECK(code_of("C01CA03^^Wc", Delimiters{}, test_key(), scratch).system == CodeSystem::ATC);
    CHECK(code_of("2160-0^^LX", Delimiters{}, test_key(), scratch).system == CodeSystem::LOCAL);
    CHECK(code_of("2160-0^^2.16.840.1.113883.6.11", Delimiters{}, test_key(), scratch).system == CodeSystem::LOCAL);
}

TEST_CASE("LOINC check digits", "[pcd]") {
    for (char const* good : {"777-3", "8867-4", "2160-0", "2703-7", "9187-6", "59408-5", "96790-1", "20077-4"})
        CHECK(loinc_check_digit(good));
    for (char const* bad : {"777-4", "8867-5", "777", "-3", "777-33", "x77-3", "", "99999999-1"})
        CHECK_FALSE(loinc_check_digit(bad));
}

TEST_CASE("set and measured values differ", "[pcd]") {
    static Decoder decoder(test_settings());
    const std::string text =
        pcd("OBX|1|NM|152196^MDC_CONC_AWAY_O2_INSP^MDC|1.1.1.1|40|%|||||R||||||ASET^^MDC\n"
            "OBX|2|NM|152196^MDC_CONC_AWAY_O2_INSP^MDC|1.1.1.2|41|%|||||R||||||AMEAS^^MDC~69123^MDC_OBS_CTS^MDC\n"
            "OBX|3|NM|16929412^^MDC|1.1.1.3|40|%|||||R\nOBX|4|NM|150656^^MDC|1.1.1.4|200|mmHg|||||R||||||ACALC\n"
            "OBX|5|NM|151976^^MDC|1.1.1.5|8|cmH2O|||||R\n"
            "OBX|6|NM|151868^MDC_VENT_VOL_TIDAL_SETTING^MDC|1.1.1.6|450|mL|||||R\n");
    Decoded const& d = decoder.decode(text, noon);
    REQUIRE(d.results.size() == 6);
    CHECK(d.results[0].method == Method::setting);
    CHECK(d.results[1].method == Method::measured);
    CHECK(d.results[2].method == Method::setting);
    CHECK(d.results[3].method == Method::calculated);
    CHECK(d.results[4].method == Method::unspecified);
    CHECK(d.results[5].method == Method::setting); // the number of what is measured under a name of what is set
}

TEST_CASE("a monitor in the repeated hour is near its receipt", "[pcd]") {
    Decoder decoder(test_settings());
    const std::string text = message(
        "MSH|^~\\&|GW|ICU|||20261025023001||ORU^R01^ORU_R01|M1|P|2.6|||AL|NE|||||P^P^1.3.6.1.4.1.19376.1.6.1.1.1^ISO\n"
        "OBR|1|||X^^L|||20261025023000\nOBX|1|NM|150456^^MDC|1.6.1.1|94|%|||||R\n");
    const std::int64_t second = 1792891802000; // 2026-10-25 01:30:02 UTC
    Decoded const& d = decoder.decode(text, second);
    CHECK(utc(d.results.at(0).time_ms) == "20261025013000.000");
    CHECK(d.results.at(0).time_quality == TimeQuality::zone_assumed);
}

TEST_CASE("drug texts: one known drug or a refusal", "[pump]") {
    struct Row {
        char const* text;
        char const* atc;
    };
    const Row rows[] = {
        {"Norepinephrine", "C01CA03"},
        {"NORADRENALINE 4mg/50ml", "C01CA03"},
        {"Noradrenalin 10 mg/50 ml", "C01CA03"},
        {"levophed", "C01CA03"},
        {"norepinephrine bitartrate 8 mg in NS 250 mL", "C01CA03"},
        {"Arterenol", "C01CA03"},
        {"Adrenaline", "C01CA24"},
        {"EPINEPHrine (adult)", "C01CA24"},
        {"Suprarenin", "C01CA24"},
        {"Vasopressin 20 units/100ml", "H01BA01"},
        {"dobutamine", "C01CA07"},
        {"Propofol 2%", "N01AX10"},
        {"Norepinephrine/Vasopressin", ""},
        {"epinephrine norepinephrine", ""},
        {"NA", ""},
        {"NOR", ""},
        {"", ""},
        {"JANE DOE", ""},
        {"norepinephrine JANE", ""},
        {"not norepinephrine", ""},
        {"xnorepinephrine", ""},
    };
    const Settings settings = test_settings();
    for (auto const& row : rows) {
        INFO(row.text);
        CHECK(atc_of(row.text, settings) == row.atc);
    }
    Settings own = test_settings();
    own.drugs["nor 4"] = "C01CA03";
    CHECK(atc_of("NOR 4", own) == "C01CA03");
}

namespace {

// A pump with a source channel 1.1.1 and a delivery channel 1.1.2.
std::string pump(std::string_view drug, std::string_view dose, std::string_view flow, std::string_view concentration,
                 std::string_view status) {
    std::string rows =
        "OBX|1||70049^MDC_DEV_PUMP_INFUS_LVP_MDS^MDC|1.0.0.0|||||||X|||||||PUMP7^^0012210000000007^EUI-64\n"
        "OBX|2||70050^MDC_DEV_PUMP_INFUS_LVP_VMD^MDC|1.1.0.0|||||||X\nOBX|3||126977^MDC_DEV_PUMP_SOURCE_CHAN^MDC|1.1.1."
        "0|||||||X\n"
        "OBX|4||126978^MDC_DEV_PUMP_DELIVERY_CHAN^MDC|1.1.2.0|||||||X\n";
    const auto row = [&](std::string_view text) {
        if (!text.empty()) rows.append(text).append("\n");
    };
    if (!drug.empty()) row("OBX|5|ST|184514^MDC_DRUG_NAME_TYPE^MDC|1.1.1.1|" + std::string(drug) + "||||||R");
    row(dose);
    row(flow);
    row(concentration);
    if (!status.empty()) row("OBX|9|ST|184519^MDC_PUMP_STAT^MDC|1.1.2.5|" + std::string(status) + "||||||R");
    return rows;
}

constexpr char dose_kg[] =
    "OBX|6|NM|157924^MDC_RATE_DOSE^MDC|1.1.1.2|0.25|265619^MDC_DIM_MICRO_G_PER_KG_PER_MIN^MDC|||||R";
constexpr char flow_row[] =
    "OBX|7|NM|157784^MDC_FLOW_FLUID_PUMP^MDC|1.1.2.1|7.5|265266^MDC_DIM_MILLI_L_PER_HR^MDC|||||R";
constexpr char concentration_row[] =
    "OBX|8|NM|157760^MDC_CONC_DRUG^MDC|1.1.1.3|0.16|264306^MDC_DIM_MILLI_G_PER_ML^MDC|||||R";

} // namespace

TEST_CASE("a pump becomes one infusion", "[pump]") {
    const std::string device = test_key().short_token("device", "PUMP7^^0012210000000007^EUI-64");
    const auto line = [&](std::string_view drug, std::string_view dose, std::string_view flow, std::string_view conc,
                          std::string_view status) {
        const auto found = briefs(pump(drug, dose, flow, conc, status));
        REQUIRE(found.size() == 1);
        const auto cut = found[0].find(" @");
        CHECK(found[0].substr(cut + 2).starts_with(device));
        return found[0].substr(0, cut);
    };
    CHECK(line("Norepinephrine", dose_kg, flow_row, concentration_row, "pump-status-infusing") ==
          "ATC C01CA03 0.25 ug/kg/min");
    CHECK(line("Norepinephrine", "", flow_row, concentration_row, "pump-status-infusing") == "ATC C01CA03 1.200 mg/h");
    CHECK(line("Norepinephrine", dose_kg, "", "", "") == "ATC C01CA03 0.25 ug/kg/min");
    // What is programmed and what flows: without a status the flow is what is known of the patient.
    constexpr char no_flow[] =
        "OBX|7|NM|157784^MDC_FLOW_FLUID_PUMP^MDC|1.1.2.1|0|265266^MDC_DIM_MILLI_L_PER_HR^MDC|||||R";
    CHECK(line("Norepinephrine", dose_kg, no_flow, "", "") == "ATC C01CA03 0 ug/kg/min");
    CHECK(line("Norepinephrine", dose_kg, no_flow, concentration_row, "") == "ATC C01CA03 0.00 mg/h");
    CHECK(line("Norepinephrine", dose_kg, no_flow, "", "pump-status-infusing") == "ATC C01CA03 0.25 ug/kg/min");
    CHECK(line("Norepinephrine", dose_kg, no_flow, concentration_row, "pump-status-paused") ==
          "ATC C01CA03 0 ug/kg/min");
    CHECK(line("Norepinephrine", dose_kg, "", concentration_row, "pump-status-paused") == "ATC C01CA03 0 ug/kg/min");
    CHECK(line("Norepinephrine", dose_kg, no_flow, concentration_row, "pump-status-not-infusing") ==
          "ATC C01CA03 0 ug/kg/min");
    CHECK(line("Norepinephrine", "", no_flow, "", "pump-status-idle") == "ATC C01CA03 0 ug/kg/min");
    CHECK(line("Vasopressin", "", no_flow, "", "pump-status-idle") == "ATC H01BA01 0 U/min");
    CHECK(line("Norepinephrine", dose_kg, flow_row, concentration_row, "pump-status-kvo") == "ATC C01CA03 1.200 mg/h");
    // It runs, and nobody knows how much of it.
    CHECK(line("Norepinephrine", "", flow_row, "", "pump-status-infusing") == "ATC C01CA03 7.5 mL/h");
    CHECK(line("Norepinephrine", "", "", "", "pump-status-infusing") == "ATC C01CA03 running");
    CHECK(line("Norepinephrine", "", "", "", "") == "ATC C01CA03 (not_sent)");
    CHECK(line("Noradrenalin + Vasopressin", dose_kg, "", "", "") ==
          "LOCAL " + test_key().token("drug", "", "Noradrenalin + Vasopressin") + " 0.25 ug/kg/min");
}

TEST_CASE("what a pump's status says, in the words of many pumps", "[pump]") {
    constexpr char still[] =
        "OBX|7|NM|157784^MDC_FLOW_FLUID_PUMP^MDC|1.1.2.1|0|265266^MDC_DIM_MILLI_L_PER_HR^MDC|||||R";
    // What is programmed stays on the source channel while the pump pauses.
    constexpr char programmed[] =
        "OBX|7|NM|157784^MDC_FLOW_FLUID_PUMP^MDC|1.1.1.4|7.5|265266^MDC_DIM_MILLI_L_PER_HR^MDC|||||R";
    constexpr char set[] =
        "OBX|7|NM|157784^MDC_FLOW_FLUID_PUMP^MDC|1.1.2.1|7.5|265266^MDC_DIM_MILLI_L_PER_HR^MDC|||||R||||||MSET";
    const std::string runs = "0.25 ug/kg/min", stands = "0 ug/kg/min", unknown = "(unreadable)", silent = "(not_sent)";
    struct Row {
        char const* status;
        char const* flow;
        std::string means;
        bool noted = false;
    };
    const Row rows[] = {
        {"Infusing (audio off)", flow_row, runs},
        {"Infusing - alarm not acknowledged", flow_row, runs},
        {"Infusing, no alarm", flow_row, runs},
        {"not available", flow_row, runs}, // the status is not: what flows is told
        {"Infusing - pressure threshold", flow_row, runs},
        {"Not connected", flow_row, silent, true},
        {"Not connected", still, silent, true}, // nobody knows what it does now
        {"Offline", flow_row, silent, true},
        {"OFF-LINE", still, silent, true},
        {"Disconnected", flow_row, silent, true},
        {"Communication lost", flow_row, silent, true},
        {"Off", still, stands},
        {"Power off", still, stands},
        {"pump-status-off", "", stands},
        {"Stand by", still, stands},
        {"Not currently infusing", still, stands},
        {"No longer running", "", stands},
        {"PumpStatusNotInfusing", still, stands},
        {"pumpstatusnotinfusing", "", stands},
        {"Cannot deliver", "", stands},
        {"Infusion not in progress", "", stands},
        {"Infusion inactive", "", stands},
        {"Infusing, door not closed", still, stands}, // what flows decides
        {"Stopped", programmed, stands},
        {"PumpPaused", programmed, stands},
        {"Paused", set, stands},
        // It has stopped and it flows: one of the two is wrong, and no dose is not what is known.
        {"pump-status-paused", flow_row, unknown, true},
        {"Power off", flow_row, unknown, true},
        {"pump-status-not-infusing", flow_row, unknown, true},
    };
    Decoder decoder(test_settings());
    for (auto const& row : rows) {
        INFO(row.status << " " << row.flow);
        const std::string text = pcd(pump("Norepinephrine", dose_kg, row.flow, "", row.status));
        Decoded const& d = decoder.decode(text, noon);
        REQUIRE(d.results.size() == 1);
        CHECK(brief(d.results[0]) == "ATC C01CA03 " + row.means);
        CHECK(d.notes.unclear_pumps == (row.noted ? 1 : 0));
    }
    // Without channels every flow may be the one that flows.
    Decoded const& bare = decoder.decode(
        message(pcd("OBX|1|ST|184514^MDC_DRUG_NAME_TYPE^MDC|1.1.1.1|Norepinephrine||||||R\n" +
                    std::string("OBX|2|ST|184508^MDC_PUMP_STAT^MDC|1.1.1.2|Paused||||||R\n") + programmed + "\n")),
        noon);
    CHECK(brief(bare.results.at(0)) == "ATC C01CA03 (unreadable)");
}

TEST_CASE("a coded drug name is read by its code and by its texts", "[pump]") {
    struct Row {
        char const* cwe;
        char const* means;
    };
    const Row rows[] = {
        {"^Norepinephrine", "ATC C01CA03 0.25 ug/kg/min"},
        {"7512^Norepinephrine^RxNorm", "ATC C01CA03 0.25 ug/kg/min"},
        {"7512^^RxNorm^^Norepinephrine", "ATC C01CA03 0.25 ug/kg/min"},
        {"X^Pressor A^L^^^^^^Noradrenaline 10 mg", "ATC C01CA03 0.25 ug/kg/min"},
        {"C01CA03^Pressor of bed 3^WC", "ATC C01CA03 0.25 ug/kg/min"},
        {"N1^Pressor^L^C01CA24^^atc", "ATC C01CA24 0.25 ug/kg/min"},
        {"Norepinephrine", "ATC C01CA03 0.25 ug/kg/min"},
        {"nor 5^Special^L", "ATC C01CA03 0.25 ug/kg/min"}, // of the source's own table
    };
    Settings settings = test_settings();
    settings.drugs["nor 5"] = "C01CA03";
    Decoder decoder(std::move(settings));
    const auto drug = [&](std::string const& cwe) {
        std::string rows_of_pump = pump("?", dose_kg, "", "", "");
        rows_of_pump.replace(rows_of_pump.find("OBX|5|ST|"), 9, "OBX|5|CWE|");
        rows_of_pump.replace(rows_of_pump.find("|?|"), 3, "|" + cwe + "|");
        Decoded const& d = decoder.decode(message(pcd(rows_of_pump)), noon);
        REQUIRE(d.results.size() == 1);
        return brief(d.results[0]);
    };
    for (auto const& row : rows) {
        INFO(row.cwe);
        CHECK(drug(row.cwe) == row.means);
    }
    for (char const* doubtful : {"C01CA03^Epinephrine^WC", "^Norepinephrine^^^Vasopressin", "C01CA03^Pressor^L"}) {
        INFO(doubtful);
        CHECK(drug(doubtful).starts_with("LOCAL "));
    }
}

TEST_CASE("rows of a pump that names no drug stay what they are", "[pump]") {
    CHECK(briefs(pump("", dose_kg, flow_row, "", "")) ==
          std::vector<std::string>{"MDC 157924 0.25 ug/kg/min @1.1.1.2", "MDC 157784 7.5 mL/h @1.1.2.1"});
}

TEST_CASE("two drugs in one rack do not mix", "[pump]") {
    const std::string rows = "OBX|1|ST|184514^MDC_DRUG_NAME_TYPE^MDC|1.1.1.1|Norepinephrine||||||R\n"
                             "OBX|2|NM|157924^MDC_RATE_DOSE^MDC|1.1.1.2|0.1|ug/kg/min|||||R\n"
                             "OBX|3|ST|184514^MDC_DRUG_NAME_TYPE^MDC|1.1.2.1|Epinephrine||||||R\n"
                             "OBX|4|NM|157924^MDC_RATE_DOSE^MDC|1.1.2.2|0.05|ug/kg/min|||||R\n"
                             "OBX|5|ST|184514^MDC_DRUG_NAME_TYPE^MDC|1.2.1.1|Dobutamine||||||R\n"
                             "OBX|6|NM|157924^MDC_RATE_DOSE^MDC|1.2.1.2|5|ug/kg/min|||||R\n";
    auto found = briefs(rows);
    std::sort(found.begin(), found.end());
    REQUIRE(found.size() == 3);
    CHECK(found[0].starts_with("ATC C01CA03 0.1 ug/kg/min"));
    CHECK(found[1].starts_with("ATC C01CA07 5 ug/kg/min"));
    CHECK(found[2].starts_with("ATC C01CA24 0.05 ug/kg/min"));
}

TEST_CASE("two pumps of one drug are told apart by their device and channel", "[pump]") {
    const auto rack = briefs("OBX|1|ST|184514^MDC_DRUG_NAME_TYPE^MDC|1.1.1.1|Norepinephrine||||||R\n"
                             "OBX|2|NM|157924^MDC_RATE_DOSE^MDC|1.1.1.2|0.1|ug/kg/min|||||R\n"
                             "OBX|3|ST|184514^MDC_DRUG_NAME_TYPE^MDC|1.2.1.1|Norepinephrine||||||R\n"
                             "OBX|4|NM|157924^MDC_RATE_DOSE^MDC|1.2.1.2|0.1|ug/kg/min|||||R\n");
    REQUIRE(rack.size() == 2);
    CHECK(rack[0] != rack[1]);
    const auto left = pump("Norepinephrine", dose_kg, flow_row, "", "pump-status-infusing");
    auto right = left;
    right.replace(right.find("0012210000000007"), 16, "0012210000000008");
    CHECK(briefs(left) == briefs(left));
    CHECK(briefs(left) != briefs(right));
}

TEST_CASE("two rates that contradict each other are no dose", "[pump]") {
    const auto found = briefs("OBX|1|ST|184514^MDC_DRUG_NAME_TYPE^MDC|1.1.1.1|Norepinephrine||||||R\n"
                              "OBX|2|NM|157924^MDC_RATE_DOSE^MDC|1.1.1.2|0.1|ug/kg/"
                              "min|||||R\nOBX|3|NM|157924^MDC_RATE_DOSE^MDC|1.1.3.2|0.3|ug/kg/min|||||R\n");
    REQUIRE(found.size() == 1);
    CHECK(found[0].starts_with("ATC C01CA03 (several)"));
}
