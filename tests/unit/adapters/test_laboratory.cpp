// Laboratory ORU^R01: one row of a table is one OBX as an interface engineer would write it, and what becomes of it.

#include "decoding.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace vigil::hl7;
using namespace vigil::hl7::testing;
using vigil::model::Specimen;
using vigil::model::Status;
using vigil::model::TimeQuality;
using vigil::model::Validity;

namespace {

constexpr char obr[] = "OBR|1|P1|F100^LAB|24323-8^CMP^LN|||20261121101500|||||||20261121104500\n";

} // namespace

TEST_CASE("OBX rows of a laboratory", "[oru]") {
    struct Row {
        char const* obx;
        char const* means;
    };
    const std::vector<Row> rows = {
        {"OBX|1|NM|777-3^Platelets^LN||143|10*3/uL|150-400|L|||F", "LN 777-3 143 10*3/uL"},
        {"OBX|1|NM|PLT^Platelets^L^777-3^Platelets^LN||143|G/L||||F", "LN 777-3 143 10*9/L"},
        {"OBX|1|NM|PLT^Platelets^99LAB||143|G/L||||F", "LOCAL PLT 143 10*9/L"},
        {"OBX|1|NM|777-4^Platelets^LN||143|G/L||||F",
         "LN 777-4 143 10*9/L"}, // check digit wrong: kept, matches nothing
        {"OBX|1|SN|777-3^Platelets^LN||<^10|10*9/L||||F", "LN 777-3 <10 10*9/L"},
        {"OBX|1|ST|1975-2^Bili^LN||<0.2|mg/dL||||F", "LN 1975-2 <0.2 mg/dL"},
        {"OBX|1|ST|2524-7^Lactate^LN||>20|mmol/l||||F", "LN 2524-7 >20 mmol/L"},
        {"OBX|1|NM|2160-0^Crea^LN||1,23|mg/dl||||F", "LN 2160-0 1.23 mg/dL"},
        {"OBX|1|NM|777-3^Platelets^LN||250.000|/\xb5l||||F", "LN 777-3 (unreadable) /uL"}, // a quarter of a million
        {"OBX|1|NM|777-3^Platelets^LN||250000|/\xb5l||||F", "LN 777-3 250000 /uL"},
        {"OBX|1|NM|777-3^Platelets^LN||250.000|G/l||||F", "LN 777-3 250.000 10*9/L"},
        {"OBX|1|NM|3167-4^Urine 24h^LN||1.800|mL||||F", "LN 3167-4 (unreadable) mL"}, // as much, or nothing at all
        {"OBX|1|NM|9187-6^Urine^LN||1.250|mL||||F", "LN 9187-6 (unreadable) mL"},
        {"OBX|1|NM|9187-6^Urine^LN||80.000|mL||||F", "LN 9187-6 80.000 mL"}, // 80 litres nobody means
        {"OBX|1|NM|9187-6^Urine^LN||0.500|mL||||F", "LN 9187-6 0.500 mL"},
        {"OBX|1|NM|9187-6^Urine^LN||1.25|L||||F", "LN 9187-6 1.25 L"},
        {"OBX|1|NM|2160-0^Crea^LN||20|mg/dl||>|||F", "LN 2160-0 >20 mg/dL"},
        {"OBX|1|NM|2160-0^Crea^LN||HEMOLYZED|mg/dl||||F", "LN 2160-0 (text) mg/dL"},
        {"OBX|1|TX|2160-0^Crea^LN||see comment||||| F", "LN 2160-0 (text)"},
        {"OBX|1|FT|2160-0^Crea^LN||Jane Doe\\.br\\was here||||| F", "LN 2160-0 (text)"},
        {"OBX|1|NM|2160-0^Crea^LN||1.1~1.2|mg/dL||||F", "LN 2160-0 (several) mg/dL"},
        {"OBX|1|NM|2160-0^Crea^LN||1.1~|mg/dL||||F", "LN 2160-0 1.1 mg/dL"},
        {"OBX|1|NM|2160-0^Crea^LN||||||||X", "LN 2160-0 (not_sent)"},
        {"OBX|1|NM|2160-0^Crea^LN||\"\"|mg/dL||||F", "LN 2160-0 (not_sent) mg/dL"},
        {"OBX|1|CE|2160-0^Crea^LN||POS^positive^L||||| F", "LN 2160-0 (text)"},
        {"OBX|1|ED|2160-0^Report^LN||^application^pdf^Base64^JVBERi0||||||F", "LN 2160-0 (text)"},
        {"OBX|1|ST|9270-0^GCS verbal^LN||NT|{score}||||F", "LN 9270-0 NT {score}"},
        {"OBX|1|ST|9270-0^GCS verbal^LN||nt|||||F", "LN 9270-0 NT"},
        {"OBX|1|NM|9270-0^GCS verbal^LN||4|{score}||||F", "LN 9270-0 4 {score}"},
        {"OBX|1|CWE|resp_device^Device^VIGIL||imv^invasive^L||||||F", "VIGIL resp_device imv"},
        {"OBX|1|CWE|resp_device^Device^VIGIL||x^IMV^L||||||F", "VIGIL resp_device imv"},
        {"OBX|1|CWE|resp_device^Device^VIGIL||ventilated by Jane Doe||||||F", "VIGIL resp_device (text)"},
        {"OBX|1|CWE|20124-4^Mode^LN||PC-BIPAP^^L||||||F", "LN 20124-4 other"},
        {"OBX|1|ST|20124-4^Mode^LN||Standby mode||||||F", "LN 20124-4 standby"},
        {"OBX|1|NM|C01CA03^norepinephrine^ATC|1|0.12|ug/kg/min||||F", "ATC C01CA03 0.12 ug/kg/min"},
        {"OBX|1|NM|C01CA03^norepinephrine^WC|1|0|ug/kg/min||||F", "ATC C01CA03 0 ug/kg/min"},
        {"OBX|1|NM|2951-2^Na^LN||140|furlongs||||F", "LN 2951-2 140 furlongs"},
        {"OBX|1|NM|2951-2^Na^LN||140|mmol per liter||||F", "LN 2951-2 140 ?UNKNOWN"},
        {"OBX|1||2951-2^Na^LN||140|mmol/L||||F", "LN 2951-2 140 mmol/L"},
        {"OBX|1|ST|INS^Insurance^L||4711081512||||||F", "LOCAL INS (unreadable)"},
        {"OBX|1|ST|INS^Insurance^L||47110815||||||F", "LOCAL INS (text)"},
        {"OBX|1|DT|X1^date^L||19700131||||||F", "LOCAL X1 (text)"},
    };
    Decoder decoder(test_settings());
    for (auto const& row : rows) {
        INFO(row.obx);
        Decoded const& d = decoder.decode(oru(std::string(obr) + row.obx + "\n"), noon);
        REQUIRE(d.fault == Fault::none);
        REQUIRE(d.results.size() == 1);
        std::string means = row.means;
        if (const auto at = means.find("?UNKNOWN"); at != std::string::npos)
            means.replace(at, 8, "?" + test_key().short_token("unit", "mmol per liter"));
        CHECK(brief(d.results[0]) == means);
    }
}

TEST_CASE("a code that is only text is kept as a token, never as the text", "[oru]") {
    Decoder decoder(test_settings());
    const std::string text =
        oru(std::string(obr) + "OBX|1|NM|^Thrombo Jane Doe^L||12|G/L||||F\nOBX|2|NM|JANE DOE^^L||12|G/L||||F\n");
    Decoded const& d = decoder.decode(text, noon);
    REQUIRE(d.results.size() == 2);
    for (auto const& r : d.results) {
        CHECK(r.code.size() == 32);
        CHECK(r.code.find("DOE") == std::string_view::npos);
        CHECK(r.local_system == "L");
    }
}

TEST_CASE("a local code without a coding system is the sender's own", "[oru]") {
    Decoder decoder(test_settings());
    for (char const* sender : {"LAB", "POC", "LAB"}) {
        std::string text = oru(std::string(obr) + "OBX|1|NM|PLT||12|G/L||||F\nOBX|2|NM|PLT^^X||12|G/L||||F\n");
        text.replace(text.find("|LAB|"), 5, std::string("|") + sender + "|");
        Decoded const& d = decoder.decode(text, noon);
        REQUIRE(d.results.size() == 2);
        CHECK(d.results[0].local_system == sender);
        CHECK(d.results[1].local_system == "X");
    }
}

TEST_CASE("table 0085, also one field off", "[oru]") {
    struct Row {
        char const* tail; // OBX-7 and on
        Status status;
    };
    const Row rows[] = {
        {"||||F", Status::final},
        {"||||P", Status::preliminary},
        {"||||S", Status::preliminary},
        {"||||R", Status::unverified},
        {"||||C", Status::corrected},
        {"||||D", Status::deleted},
        {"||||W", Status::wrong},
        {"||||U", Status::final_unchanged},
        {"||||X", Status::cannot_obtain},
        {"||||I", Status::no_value},
        {"||||O", Status::no_value},
        {"||||N", Status::no_value},
        {"||||V", Status::final},     // verified
        {"||||A", Status::corrected}, // amended
        {"||||f", Status::final},
        {"||||c", Status::corrected},
        {"||||d", Status::deleted},
        {"|||F", Status::final},   // OBX-10
        {"|||||F", Status::final}, // OBX-12
        {"|||||C", Status::corrected},
        {"|||N||", Status::corrected}, // a nature of abnormality, no status: OBR-25
                                       // speaks
        {"", Status::corrected},
        {"||||?", Status::unverified},
    };
    Decoder decoder(test_settings());
    for (auto const& row : rows) {
        INFO(row.tail);
        const std::string header = "OBR|1||F1|CMP^^L|||20261121101500||||||||||||||||||C\n";
        Decoded const& d = decoder.decode(oru(header + "OBX|1|NM|777-3^^LN||1|G/L|" + row.tail + "\n"), noon);
        REQUIRE(d.results.size() == 1);
        CHECK(d.results[0].status == row.status);
    }
    Decoded const& d = decoder.decode(oru("OBR|1||F1|C^^L|||20261121101500\nOBX|1|NM|777-3^^LN||1|G/L\n"), noon);
    CHECK(d.results.at(0).status == Status::unverified);
    CHECK(d.notes.unknown_statuses == 0);
    // What no table has is kept, scores nothing, and is told. A in OBR-25: some results are there, of which none is
    // said to be corrected.
    for (char const* letter : {"?", "Z", "FINAL"}) {
        Decoded const& odd =
            decoder.decode(oru(std::string(obr) + "OBX|1|NM|777-3^^LN||1|G/L|||||" + letter + "\n"), noon);
        CHECK(odd.results.at(0).status == Status::unverified);
        CHECK(odd.notes.unknown_statuses == 1);
    }
    const std::string some = "OBR|1||F1|CMP^^L|||20261121101500||||||||||||||||||A\n";
    CHECK(decoder.decode(oru(some + "OBX|1|NM|777-3^^LN||1|G/L\n"), noon).results.at(0).status == Status::unverified);
}

TEST_CASE("nothing is taken and forgotten: a row without a code is told, results that are no segments are refused",
          "[oru]") {
    Decoder decoder(test_settings());
    Decoded const& d =
        decoder.decode(oru(std::string(obr) + "OBX|1|NM|||45|G/L|||||F\nOBX|2|NM|777-3^^LN||1|G/L|||||F\n"), noon);
    CHECK(d.results.size() == 1);
    CHECK(d.notes.rows_without_code == 1);
    CHECK(d.notes.structural == 0);
    for (char const* body : {"  OBR|1||F\n  OBX|1|NM|777-3^^LN||1|G/L|||||F\n", "obx|1|NM|777-3^^LN||1|G/L|||||F\n",
                             "OBR|1||F\n\tOBX|1|NM|777-3^^LN||1|G/L|||||F\n"}) {
        INFO(body);
        CHECK(decoder.decode(oru(body), noon).fault == Fault::no_result);
    }
    Decoded const& some = decoder.decode(oru(std::string(obr) + " and so on\nOBX|1|NM|777-3^^LN||1|G/L|||||F\n"), noon);
    CHECK(some.fault == Fault::none); // a line too many is no reason
    CHECK(some.notes.stray_lines == 1);
    CHECK(decoder.decode(oru(obr), noon).fault == Fault::none);
}

TEST_CASE("OBX-8 validity", "[oru]") {
    struct Row {
        char const* flags;
        Validity validity;
    };
    const Row rows[] = {{"", Validity::ok},
                        {"H", Validity::ok},
                        {"L~A", Validity::ok},
                        {"ALACT", Validity::ok},
                        {"QUES", Validity::questionable},
                        {"INV", Validity::invalid},
                        {"NAV", Validity::invalid},
                        {"OFF", Validity::invalid},
                        {"CALM", Validity::calibrating},
                        {"TEST", Validity::test},
                        {"DEMO", Validity::demo},
                        {"QUES~INV", Validity::invalid},
                        {"inv", Validity::invalid},
                        {"Invalid", Validity::invalid},
                        {"Questionable", Validity::questionable},
                        {"A~PM~QUES", Validity::questionable},
                        {"INV^invalid^L", Validity::invalid}};
    Decoder decoder(test_settings());
    for (auto const& row : rows) {
        INFO(row.flags);
        Decoded const& d =
            decoder.decode(oru(std::string(obr) + "OBX|1|NM|777-3^^LN||1|G/L||" + row.flags + "|||F\n"), noon);
        CHECK(d.results.at(0).validity == row.validity);
    }
}

TEST_CASE("which time a result has: OBX-14, OBR-7, SPM-17, MSH-7", "[oru]") {
    struct Row {
        char const* what;
        char const* body;
        char const* time;
        TimeQuality quality;
    };
    const Row rows[] = {
        {"OBX-14", "OBR|1||F|C^^L|||20261121101500\nOBX|1|NM|777-3^^LN||1|G/L|||||F|||20261121093000\n",
         "20261121083000.000", TimeQuality::synchronised},
        {"one field early", "OBR|1||F|C^^L|||20261121101500\nOBX|1|NM|777-3^^LN||1|G/L|||||F||20261121093000\n",
         "20261121083000.000", TimeQuality::synchronised},
        {"one field late, as the status is",
         "OBR|1||F|C^^L|||20261121101500\nOBX|1|NM|777-3^^LN||1|G/L||H||A||F|||20261121093000\n", "20261121083000.000",
         TimeQuality::synchronised},
        {"no time in OBX-15 where the status stands in its place",
         "OBR|1||F|C^^L|||20261121101500\nOBX|1|NM|777-3^^LN||1|G/L|||||F||||20261121093000\n", "20261121091500.000",
         TimeQuality::synchronised},
        {"OBR-7", "OBR|1||F|C^^L|||20261121101500\nOBX|1|NM|777-3^^LN||1|G/L|||||F\n", "20261121091500.000",
         TimeQuality::synchronised},
        {"SPM-17",
         "OBR|1||F|C^^L\nOBX|1|NM|777-3^^LN||1|G/L|||||F\nSPM|1|S1||BLDA|||||||||||||20261121080000^20261121080100\n",
         "20261121070000.000", TimeQuality::synchronised},
        {"MSH-7", "OBR|1||F|C^^L\nOBX|1|NM|777-3^^LN||1|G/L|||||F\n", "20261121105900.000", TimeQuality::substituted},
        {"a date", "OBR|1||F|C^^L|||20261121\nOBX|1|NM|777-3^^LN||1|G/L|||||F\n", "20261120230000.000",
         TimeQuality::date_only},
        {"a date in OBX-14, that day in OBR-7",
         "OBR|1||F|C^^L|||20261121101500\nOBX|1|NM|777-3^^LN||1|G/L|||||F|||20261121\n", "20261121091500.000",
         TimeQuality::synchronised},
        {"a date in OBX-14, another day in OBR-7",
         "OBR|1||F|C^^L|||20261121101500\nOBX|1|NM|777-3^^LN||1|G/L|||||F|||20261120\n", "20261119230000.000",
         TimeQuality::date_only},
        {"a date in OBR-7, that day in SPM-17",
         "OBR|1||F|C^^L|||20261121\nOBX|1|NM|777-3^^LN||1|G/L|||||F\nSPM|1|S1||BLDA|||||||||||||20261121080000\n",
         "20261121070000.000", TimeQuality::synchronised},
        {"a date in OBX-14, that day in SPM-17",
         "OBR|1||F|C^^L|||20261120101500\nOBX|1|NM|777-3^^LN||1|G/L|||||F|||20261121\nSPM|1|S1||BLDA|||||||||||||"
         "20261121080000\n",
         "20261121070000.000", TimeQuality::synchronised},
        {"the time of the report is none of what was drawn",
         "OBR|1||F|C^^L|||20261121071500||||||||BLD^Sangue|||||||20261121141000|||F\nOBX|1|NM|777-3^^LN||1|G/L|||||F|||"
         "20261121141000\n",
         "20261121061500.000", TimeQuality::synchronised},
        {"another time than that of the report is the result's own",
         "OBR|1||F|C^^L|||20261121071500||||||||BLD^Sangue|||||||20261121141000|||F\nOBX|1|NM|777-3^^LN||1|G/L|||||F|||"
         "20261121090000\n",
         "20261121080000.000", TimeQuality::synchronised},
        {"charted values have no sample: the last of them may be of the moment of the report",
         "OBR|1||F|C^^L|||20261121071500|||||||||||||||20261121091000|||F\nOBX|1|NM|777-3^^LN||1|G/L|||||F|||"
         "20261121091000\n",
         "20261121081000.000", TimeQuality::synchronised},
        {"its own offset", "OBR|1||F|C^^L|||20261121101500-0500\nOBX|1|NM|777-3^^LN||1|G/L|||||F\n",
         "20261121151500.000", TimeQuality::synchronised},
    };
    Decoder decoder(test_settings());
    for (auto const& row : rows) {
        INFO(row.what);
        Decoded const& d = decoder.decode(oru(row.body), noon);
        REQUIRE(d.results.size() == 1);
        CHECK(utc(d.results[0].time_ms) == row.time);
        CHECK(d.results[0].time_quality == row.quality);
    }
    // Without an offset anywhere the source's zone; in a fold a laboratory stays ambiguous.
    Decoded const& local = decoder.decode(
        oru("OBR|1||F|C^^L|||20261121101500\nOBX|1|NM|777-3^^LN||1|G/L|||||F\n", "20261121115900"), noon);
    CHECK(local.results.at(0).time_quality == TimeQuality::zone_assumed);
    CHECK(utc(local.results.at(0).time_ms) == "20261121091500.000");
    Decoded const& fold = decoder.decode(
        oru("OBR|1||F|C^^L|||20261025023000\nOBX|1|NM|777-3^^LN||1|G/L|||||F\n", "20261121115900"), noon);
    CHECK(fold.results.at(0).time_quality == TimeQuality::ambiguous);
    // Nothing becomes now.
    Decoded const& none = decoder.decode(oru("OBR|1||F|C^^L\nOBX|1|NM|777-3^^LN||1|G/L|||||F\n", ""), noon);
    CHECK_FALSE(none.results.at(0).time_ms.has_value());
}

TEST_CASE("a date that stands where a sender has none is no time of a result, and no other is put in its place",
          "[oru]") {
    Decoder decoder(test_settings());
    const std::string obx = "OBX|1|NM|777-3^^LN||1|G/L|||||F";
    for (char const* none : {"19000101000000", "19000101000000+0000", "19000101", "1900", "18991230000000",
                             "17530101000000+0000", "19700101000000+0000", "00000000", "00000000000000"})
        for (auto const& body : {std::string("OBR|1||F|C^^L|||") + none + "\n" + obx + "\n",
                                 "OBR|1||F|C^^L|||20261121101500\n" + obx + "|||" + none + "\n",
                                 "OBR|1||F|C^^L\n" + obx + "\nSPM|1|S1||BLDA|||||||||||||" + none + "\n"}) {
            INFO(body);
            Decoded const& d = decoder.decode(oru(body), noon);
            REQUIRE(d.results.size() == 1);
            CHECK_FALSE(d.results[0].time_ms.has_value());
            CHECK(d.results[0].time_unreadable);
            CHECK(d.notes.unreadable_times == 1);
        }
    // Nor does it stand in for a time that is missing.
    Decoded const& sent = decoder.decode(oru("OBR|1||F|C^^L\n" + obx + "\n", "19000101000000+0000"), noon);
    CHECK_FALSE(sent.message_time_ms.has_value());
    CHECK_FALSE(sent.results.at(0).time_ms.has_value());
}

TEST_CASE("only an empty time is replaced: what cannot be read stays without a time", "[oru]") {
    const auto result = [](std::string const& body) {
        static Decoder decoder(test_settings());
        Decoded const& d = decoder.decode(oru(body), noon);
        REQUIRE(d.results.size() == 1);
        CHECK(d.notes.unreadable_times == (d.results[0].time_ms ? 0 : 1));
        return utc(d.results[0].time_ms);
    };
    const std::string obx = "OBX|1|NM|777-3^^LN||1|G/L|||||F";
    CHECK(result("OBR|1||F|C^^L|||20261121101500Z\n" + obx + "\n") == "20261121101500.000");
    CHECK(result("OBR|1||F|C^^L|||20261121101500+00\n" + obx + "\n") == "20261121101500.000");
    for (char const* bad : {"2026-11-21T10:15:00+01:00", "20261399", "UNKNOWN", "20261121240000"}) {
        INFO(bad);
        CHECK(result(std::string("OBR|1||F|C^^L|||") + bad + "\n" + obx + "\n") == "-");
        CHECK(result("OBR|1||F|C^^L|||20261121101500\n" + obx + "|||" + bad + "\n") == "-");
        CHECK(result("OBR|1||F|C^^L\n" + obx + "\nSPM|1|S1||BLDA|||||||||||||" + bad + "\n") == "-");
    }
    CHECK(result("OBR|1||F|C^^L|||\"\"\n" + obx + "|||\"\"\n") == "20261121105900.000");          // both say nothing
    CHECK(result("OBR|1||F|C^^L|||20261121101500\n" + obx + "||NONE\n") == "20261121091500.000"); // OBX-13 is no time
}

TEST_CASE("urine has an interval, an export interval is none", "[oru]") {
    Decoder decoder(test_settings());
    Decoded const& d =
        decoder.decode(oru("OBR|1||F|U^^L|||20261121090000|20261121100000\nOBX|1|NM|9187-6^Urine^LN||80|mL|||||F\n"
                           "OBX|2|NM|8867-4^HR^LN||80|/min|||||F\n"),
                       noon);
    REQUIRE(d.results.size() == 2);
    CHECK(utc(d.results[0].time_ms) == "20261121080000.000");
    CHECK(utc(d.results[0].until_ms) == "20261121090000.000");
    CHECK_FALSE(d.results[1].until_ms.has_value());
    Decoded const& point =
        decoder.decode(oru("OBR|1||F|U^^L|||20261121090000\nOBX|1|NM|9187-6^Urine^LN||80|mL|||||F\n"), noon);
    CHECK_FALSE(point.results.at(0).until_ms.has_value());
}

TEST_CASE("the specimen decides what a gas is", "[oru]") {
    struct Row {
        char const* obr15;
        char const* spm4;
        Specimen specimen;
    };
    const Row rows[] = {
        {"", "BLDA^Blood arterial^HL70487", Specimen::arterial},
        {"", "BLDV", Specimen::venous},
        {"", "BLDC", Specimen::capillary},
        {"", "ABLD", Specimen::arterial},
        {"", "122552005^Arterial blood specimen^SCT", Specimen::arterial},
        {"ART", "", Specimen::arterial},
        {"VBLD", "", Specimen::venous},
        {"Blood&Arterial", "", Specimen::arterial},
        {"^^Arterial blood", "", Specimen::arterial},
        {"", "X^Mixed venous blood^L", Specimen::mixed_venous},
        {"BLD", "", Specimen::unspecified},
        {"", "SER^Serum^HL70487", Specimen::other},
        {"", "UR^Urine^HL70487", Specimen::not_blood},
        {"Urin", "", Specimen::not_blood},
        {"", "258450006^Cerebrospinal fluid sample^SCT", Specimen::not_blood},
        {"", "X^Blood from drain^L", Specimen::unspecified},
        {"", "", Specimen::unspecified},
        {"", "X^arterial or venous^L", Specimen::other},
        {"VBLD", "BLDA", Specimen::arterial},
        {"", "X^Sang art\xc3\xa9riel^L", Specimen::arterial},
        {"BLOOD^Sangue venoso", "", Specimen::venous},
        {"", "X^Sang veineux^L", Specimen::venous},
        {"", "X^Veneus bloed^L", Specimen::venous},
        {"", "X^Krew \xc5\xbcylna^L", Specimen::venous},
        {"", "X^Krew t\xc4\x99tnicza^L", Specimen::arterial},
        {"", "X^Ven\xc3\xb8st blod^L", Specimen::venous},
        {"", "X^Sangre capilar^L", Specimen::capillary},
        {"", "X^Sangre venosa mixta^L", Specimen::mixed_venous},
        {"", "X^Sang veineux m\xc3\xaal\xc3\xa9^L", Specimen::mixed_venous},
        {"", "X^Vollblut^L", Specimen::unspecified},
        {"Sangre total", "", Specimen::unspecified},
        {"", "PLAS", Specimen::other},
        {"", "119364003^Serum specimen^SCT", Specimen::other},
        {"", "X^Suero^L", Specimen::other},
        {"", "7^Li-Heparin^99LAB", Specimen::other},
        {"", "EDTA", Specimen::other},
        {"UNK", "", Specimen::unspecified}, // nobody said what
        {"^Unknown", "", Specimen::unspecified},
        {"SER/PLAS", "", Specimen::other},
        {"ABG", "", Specimen::arterial},
        {"X^Serosanguineous drain fluid^L", "", Specimen::not_blood},
        {"X^Serosanguineous fluid^L", "", Specimen::not_blood},
        {"UNK^Urin", "", Specimen::not_blood},
        {"^^", "", Specimen::unspecified},
        {"URT", "", Specimen::not_blood},
        {"", "U^Sammelharn", Specimen::not_blood},
        {"", "ORINA^Orina 24h", Specimen::not_blood},
        {"", "mocz", Specimen::not_blood},
        {"", "DIALFP^Dialysis fluid", Specimen::not_blood},
        {"LCR^Liquide cephalo-rachidien", "", Specimen::not_blood},
        {"", "119339001^Stool specimen^SCT", Specimen::not_blood},
        {"", "S7^?^99LAB", Specimen::not_blood}, // a code of the house that nobody explained
        {"", "H1^Harn^99LAB", Specimen::not_blood},
        {"", "B1^Roehrchen rot^99LAB", Specimen::other}, // of the source's own table
        {"", "b2^Roehrchen BGA^99LAB", Specimen::arterial},
        {"", "UR^Serum^99LAB", Specimen::other},
        {"", "X^Serum / Urin^L", Specimen::not_blood},
        {"", "BLDA^Arterial, ECMO post oxygenator^99LAB", Specimen::other}, // no arterial blood of the patient's
        {"^^Blood ECMO post membrane", "", Specimen::other},
        {"BLD^Blood^HL70487^Postfilter", "", Specimen::not_blood}, // of the circuit, with its citrate
        {"DIALY^Blood pre dialyser", "", Specimen::not_blood},
        {"", "X^CRRT arterial^L", Specimen::not_blood},
    };
    Settings settings = test_settings();
    settings.specimens = {{"B1", Specimen::other}, {"B2", Specimen::arterial}};
    Decoder decoder(std::move(settings));
    for (auto const& row : rows) {
        INFO(row.obr15 << " | " << row.spm4);
        const std::string body = std::string("OBR|1||F|BG^^L|||20261121101500||||||||") + row.obr15 +
                                 "\nOBX|1|NM|2703-7^pO2^LN||68|mmHg|||||F\n" +
                                 (row.spm4[0] ? std::string("SPM|1|S1||") + row.spm4 + "\n" : std::string());
        Decoded const& d = decoder.decode(oru(body), noon);
        REQUIRE(d.results.size() == 1);
        CHECK(d.results[0].specimen == row.specimen);
    }
}

TEST_CASE("a volume of urine is of urine", "[oru]") {
    Decoder decoder(test_settings());
    Decoded const& d =
        decoder.decode(oru("OBR|1||F|U^^L|||20261121101500||||||||UR\nOBX|1|NM|3167-4^Urine 24h^LN||1800|mL|||||F\n"
                           "OBX|2|NM|2160-0^Crea^LN||60|mg/dL|||||F\n"),
                       noon);
    REQUIRE(d.results.size() == 2);
    CHECK(d.results[0].specimen == Specimen::other);
    CHECK(d.results[1].specimen == Specimen::not_blood);
}

TEST_CASE("orders are told apart and named by tokens", "[oru]") {
    Decoder decoder(test_settings());
    const std::string body = "ORC|RE||F200^LAB\nOBR|1|||A^^L|||20261121101500\nOBX|1|NM|777-3^^LN|a|1|G/L|||||F\n"
                             "OBR|2||F201|B^^L|||20261121111500\nOBX|1|NM|777-3^^LN|b|2|G/L|||||F\n"
                             "OBR|3|||C^^L|||20261121111500\nOBX|1|NM|777-3^^LN||3|G/L|||||F\nSPM|1|SP77\n";
    Decoded const& d = decoder.decode(oru(body), noon);
    REQUIRE(d.results.size() == 3);
    CHECK(d.results[0].order == test_key().token("order", "", "F200^LAB"));
    CHECK(d.results[1].order == test_key().token("order", "", "F201"));
    CHECK(d.results[2].order == test_key().token("specimen", "", "SP77"));
    CHECK(d.results[0].sub_id == "a");
    CHECK(utc(d.results[1].time_ms) == "20261121101500.000");
}

TEST_CASE("several patients in one message stay apart", "[oru]") {
    Decoder decoder(test_settings());
    const std::string body =
        std::string(obr) +
        "OBX|1|NM|777-3^^LN||1|G/L|||||F\nPID|2||4712^^^HOSP^MR||ROE^RICHARD\nPV1|1|I|ICU^R1^BED4\n" + obr +
        "OBX|1|NM|777-3^^LN||2|G/L|||||F\nOBX|2|NM|777-3^^LN|2|3|G/L|||||F\n";
    Decoded const& d = decoder.decode(oru(body), noon);
    REQUIRE(d.groups.size() == 2);
    CHECK(d.groups[0].last - d.groups[0].first == 1);
    CHECK(d.groups[1].last - d.groups[1].first == 2);
    CHECK(d.groups[0].subject.patients != d.groups[1].subject.patients);
    CHECK(d.groups[1].subject.visit.empty());
    CHECK(d.groups[1].subject.location->bed == "r1_bed4");
    CHECK(d.cards.size() == 2);
    CHECK(batches_in(d) == 2);
}

TEST_CASE("what the header refuses", "[oru]") {
    struct Row {
        char const* msh;
        Fault fault;
    };
    const Row rows[] = {
        {"MSH|^~\\&|A|B|||20261121||ORU^R01|1|P|2.5", Fault::none},
        {"MSH|^~\\&|A|B|||20261121||ORU|1|P|2.3", Fault::none},
        {"MSH|^~\\&|||||||ORU^R01|HP104220879017992|P|2.2||||||8859/1", Fault::none}, // an information centre
        {"MSH|^~\\&|A|B|||20261121||ORU^R01^ORU_R01|1|P^T|2.6^^", Fault::none},
        {"MSH|^~\\&|A|B|||20261121||ORU^R01|1|P|2.8.2", Fault::none},
        {"MSH|^~\\&|A|B|||20261121||ORU^R01||P|2.5", Fault::no_control_id},
        {"MSH|^~\\&|A|B|||20261121|||1|P|2.5", Fault::no_type},
        {"MSH|^~\\&|A|B|||20261121||MDM^T02|1|P|2.5", Fault::unsupported_type},
        {"MSH|^~\\&|A|B|||20261121||ORU^R42|1|P|2.5", Fault::unsupported_event},
        {"MSH|^~\\&|A|B|||20261121||ADT^A09|1|P|2.5", Fault::unsupported_event},
        {"MSH|^~\\&|A|B|||20261121||ORU^R01|1|X|2.5", Fault::unsupported_processing},
        {"MSH|^~\\&|A|B|||20261121||ORU^R01|1||2.5", Fault::unsupported_processing},
        {"MSH|^~\\&|A|B|||20261121||ORU^R01|1|P|2.1", Fault::unsupported_version},
        {"MSH|^~\\&|A|B|||20261121||ORU^R01|1|P|", Fault::unsupported_version},
        {"MSH|^~\\&|A|B|||20261121||ORU^R01|1|P|3.0", Fault::unsupported_version},
        {"MSH|^^\\&|A|B|||20261121||ORU^R01|1|P|2.5", Fault::bad_delimiters},
        {"MSH|^~\\&|A|B|||20261121||ORU^R01|1|P|2.6|||AL|AL|||||IHE_DEV_051^IHE PCD^1.3.6.1.4.1.19376.1.6.1.51.1^ISO",
         Fault::unsupported_type},
        {"PID|1", Fault::no_msh},
        {"", Fault::no_msh},
    };
    Decoder decoder(test_settings());
    for (auto const& row : rows) {
        INFO(row.msh);
        CHECK(decoder.decode(message(row.msh) + "\r", noon).fault == row.fault);
    }
    Settings simulated = test_settings();
    simulated.simulated = true;
    Decoder ward(std::move(simulated));
    CHECK(ward.decode("MSH|^~\\&|A|B|||20261121||ORU^R01|1|P|2.5\r", noon).fault == Fault::unsupported_processing);
    CHECK(ward.decode("MSH|^~\\&|A|B|||20261121||ORU^R01|1|D|2.5\r", noon).fault == Fault::unsupported_processing);
    CHECK(ward.decode("MSH|^~\\&|A|B|||20261121||ORU^R01|1|T|2.5\r", noon).fault == Fault::none);
}

TEST_CASE("a last row cut before its status is refused: half a number is a number too", "[oru]") {
    Decoder decoder(test_settings());
    CHECK(decoder.decode(oru(std::string(obr) + "OBX|1|NM|777-3^^LN||14"), noon).fault == Fault::truncated);
    CHECK(decoder.decode(oru(std::string(obr) + "OBX|1|NM|777-3^^LN||143|G/L|||||F"), noon).fault == Fault::none);
    CHECK(decoder.decode(oru(std::string(obr) + "OBX|1|NM|777-3^^LN||143|G/L\n"), noon).fault == Fault::none);
}

TEST_CASE("sentinels of a source", "[oru]") {
    Settings settings = test_settings();
    settings.sentinels["*"] = {{-100, 0}, {8388607, 0}};
    settings.sentinels["59408-5"] = {{0, 0}};
    Decoder decoder(std::move(settings));
    const std::string body =
        std::string(obr) +
        "OBX|1|NM|8867-4^^LN||-100|/min|||||F\nOBX|2|NM|59408-5^^LN||0.0|%|||||F\nOBX|3|NM|8867-4^^LN||0|/min|||||F\n";
    Decoded const& d = decoder.decode(oru(body), noon);
    REQUIRE(d.results.size() == 3);
    CHECK(brief(d.results[0]) == "LN 8867-4 (sentinel) /min");
    CHECK(brief(d.results[1]) == "LN 59408-5 (sentinel) %");
    CHECK(brief(d.results[2]) == "LN 8867-4 0 /min");
}
