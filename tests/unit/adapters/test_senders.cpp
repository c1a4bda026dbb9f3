// Whole messages as analysers, points of care and other hospitals' engines write them, and what is read of them: each
// result with its time, its specimen and its order.

#include "adapters/hl7/acknowledge.hpp"
#include "decoding.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace vigil::hl7;
using namespace vigil::hl7::testing;
using vigil::model::TimeQuality;
using vigil::model::Validity;

namespace {

using Lines = std::vector<std::string>;

// "LN 2703-7 38 mm[Hg] venous 0915", UTC hours and minutes; with the quality of a time that is not the result's own.
Lines told(Decoded const& d) {
    Lines out;
    for (auto const& r : d.results) {
        std::string line =
            brief(r) + " " + std::string(name_of(r.specimen)) + " " + utc(r.time_ms).substr(r.time_ms ? 8 : 0, 4);
        if (r.time_quality == TimeQuality::substituted) line += " of the message";
        if (r.validity != Validity::ok) line += " " + std::string(name_of(r.validity));
        out.push_back(line);
    }
    return out;
}

std::string const& sent(std::string_view type, std::string_view body) {
    return message("MSH|^~\\&|GW|LAB|VIGIL|ICU|20261121115900+0100||" + std::string(type) + "|M1|P|2.5.1\n" +
                   "PID|1||4711^^^HOSP^MR\nPV1|1|I|ICU^R1^BED3\n" + std::string(body));
}

Lines read(std::string_view type, std::string_view body) {
    static Decoder decoder(test_settings());
    Decoded const& d = decoder.decode(sent(type, body), noon);
    CHECK(d.fault == Fault::none);
    return told(d);
}

constexpr char gas[] = "OBX|1|NM|2703-7^pO2^LN||38|mmHg|||||F\n";

} // namespace

TEST_CASE("a blood gas analyser's server sends without an order (ORU^R30 to R32), and hears R33", "[senders]") {
    const std::string body = "ORC|NW\nOBR|1||77|ABG^Blood gas^99RAD|||20261121101500||||||||BLDA^Arterial^HL70487\n"
                             "OBX|1|NM|2744-1^pH^LN||7.21||||||F\nOBX|2|NM|2703-7^pO2^LN||68|mmHg|||||F\n"
                             "OBX|3|ST|32693-4^Lactate^LN||> 20|mmol/L|||||F\n";
    Decoder decoder(test_settings());
    for (char const* trigger : {"R30", "R31", "R32"}) {
        INFO(trigger);
        Decoded const& d = decoder.decode(sent("ORU^" + std::string(trigger) + "^ORU_R30", body), noon);
        REQUIRE(d.fault == Fault::none);
        CHECK(told(d) == Lines{"LN 2744-1 7.21 arterial 0915", "LN 2703-7 68 mm[Hg] arterial 0915",
                               "LN 32693-4 >20 mmol/L arterial 0915"});
        CHECK(acknowledge(d.header, {}, "S1", noon).find("||ACK^R33^ACK|S1|P|2.5.1\rMSA|AA|M1\r") != std::string::npos);
    }
    for (char const* other : {"ORU^R33", "ORU^R03", "ORU^R42", "OUL^R01", "OUL"})
        CHECK(decoder.decode(sent(other, body), noon).fault == Fault::unsupported_event);
    CHECK(decoder.decode(sent("ORU^R30", "  OBX|1|NM|2744-1^pH^LN||7.21||||||F\n"), noon).fault == Fault::no_result);
}

TEST_CASE("samples before their orders (OUL^R22): each order is of the sample above it", "[senders]") {
    const std::string body = "SPM|1|S1&BARCODE||BLDV^^HL70487|||||||P^^HL70369||||||20261121094500\n"
                             "SAC|||S1\nOBR|1|\"\"||BG^^99ROC\nORC|SC||||CM\nTQ1|||||||||R^^HL70485\n" +
                             std::string(gas) +
                             "TCD|BG^^99ROC|^1^:^1\nOBR|2|\"\"||CREA^^99ROC\nORC|SC||||CM\n"
                             "OBX|1|NM|2160-0^Crea^LN||1.4|mg/dL^^99ROC|||||F\n"
                             "SPM|2|S2&BARCODE||BLDA^^HL70487|||||||P^^HL70369||||||20261121100000\n"
                             "OBX|1|NM|8310-5^Temp^LN||37|Cel|||||F\nOBR|1|\"\"||BG^^99ROC\nORC|SC||||CM\n" +
                             gas;
    for (char const* type : {"OUL^R22^OUL_R22", "OUL^R23^OUL_R23", "ORU^R01^ORU_R01"}) {
        INFO(type);
        CHECK(read(type, body) == Lines{"LN 2703-7 38 mm[Hg] venous 0845", "LN 2160-0 1.4 mg/dL venous 0845",
                                        "LN 8310-5 37 Cel arterial 0900", "LN 2703-7 38 mm[Hg] arterial 0900"});
    }
    Decoder decoder(test_settings());
    Decoded const& d = decoder.decode(sent("OUL^R22", body), noon);
    CHECK(d.results.at(0).order == test_key().token("specimen", "", "S1&BARCODE"));
    CHECK(d.results.at(3).order == test_key().token("specimen", "", "S2&BARCODE"));
    CHECK(acknowledge(d.header, {}, "S1", noon).find("||ACK^R22^ACK|S1|") != std::string::npos);
}

TEST_CASE("samples behind their orders are of the order above (ORU^R01, OUL^R24)", "[senders]") {
    const std::string body = "OBR|1||F1|BG^^L|||20261121101500\n" + std::string(gas) + "SPM|1|S1||BLDV\n" +
                             "OBR|2||F2|BG^^L|||20261121102000\n" + gas + "SPM|1|S2||BLDA\n" +
                             "OBR|3||F3|BG^^L|||20261121102500\n" + gas;
    CHECK(read("ORU^R01", body) == Lines{"LN 2703-7 38 mm[Hg] venous 0915", "LN 2703-7 38 mm[Hg] arterial 0920",
                                         "LN 2703-7 38 mm[Hg] unspecified 0925"});
    CHECK(read("OUL^R24", "OBR|1||F1|BG^^L|||20261121101500\nORC|SC||F1\nSPM|1|S1||BLDV\nSAC|||S1\n" +
                              std::string(gas)) == Lines{"LN 2703-7 38 mm[Hg] venous 0915"});
    // The next patient's may stand the other way round, and nothing of the first is his.
    CHECK(read("ORU^R01", "SPM|1|S1||BLDV\nOBR|1||F1|BG^^L|||20261121101500\n" + std::string(gas) +
                              "PID|2||4712^^^HOSP^MR\nOBR|1||F2|BG^^L|||20261121102000\n" + gas + "SPM|1|S2||BLDA\n" +
                              "PID|3||4713^^^HOSP^MR\nOBR|1||F3|BG^^L|||20261121102500\n" + gas) ==
          Lines{"LN 2703-7 38 mm[Hg] venous 0915", "LN 2703-7 38 mm[Hg] arterial 0920",
                "LN 2703-7 38 mm[Hg] unspecified 0925"});
}

TEST_CASE("an ORC behind its OBR takes the OBR's time away from nobody", "[senders]") {
    Decoder decoder(test_settings());
    const auto orders = [&](std::string const& body) {
        Decoded const& d = decoder.decode(sent("ORU^R01", body), noon);
        Lines out;
        for (auto const& r : d.results) {
            std::string order = "none";
            for (char const* number : {"F1", "F2"})
                if (r.order == test_key().token("order", "", number)) order = number;
            out.push_back(order + " " + utc(r.time_ms).substr(8, 4));
        }
        return out;
    };
    const std::string first = "OBR|1||F1|BG^^L|||20261121101500\n", bare = "OBR|1|||BG^^L|||20261121101500\n",
                      second = "OBR|2||F2|BG^^L|||20261121102000\n", bare2 = "OBR|2|||BG^^L|||20261121102000\n";
    const std::string g = gas;
    CHECK(orders(first + "ORC|SC||F1\n" + g) == Lines{"F1 0915"});
    CHECK(orders(bare + "ORC|SC||F1\n" + g) == Lines{"F1 0915"});
    CHECK(orders(first + "ORC|SC||F1^LAB\n" + g + second + "ORC|SC||F2\n" + g) == Lines{"F1 0915", "F2 0920"});
    CHECK(orders(bare + "ORC|SC||F1\n" + g + bare2 + "ORC|SC||F2\n" + g) == Lines{"F1 0915", "F2 0920"});
    // Before its OBR, as in ORU^R01.
    CHECK(orders("ORC|RE||F1\n" + bare + g + "ORC|RE||F2\n" + bare2 + g) == Lines{"F1 0915", "F2 0920"});
    CHECK(orders("ORC|RE||F1\n" + first + g + "ORC|RE||F2\n" + second + g) == Lines{"F1 0915", "F2 0920"});
    CHECK(orders("ORC|RE||F1\n" + bare + g + bare2 + g) == Lines{"F1 0915", "none 0920"});
    CHECK(orders(first + g + "ORC|RE\n" + g) == Lines{"F1 0915", "F1 0915"});
    // Of another order, whose OBR is missing, nobody knows the time but the message.
    CHECK(orders(first + g + "ORC|RE||F2\n" + g) == Lines{"F1 0915", "F2 1059"});
}

TEST_CASE("two samples of one order that differ are of no one kind and time", "[senders]") {
    const auto of = [](char const* one, char const* two) {
        return read("ORU^R01", "OBR|1||F1|BG^^L|||20261121101500\n" + std::string(gas) + "SPM|1|S1||" + one +
                                   "\nSPM|2|S2||" + two + "\n")
            .at(0);
    };
    CHECK(of("BLDV", "BLDA") == "LN 2703-7 38 mm[Hg] other 0915");
    CHECK(of("BLDA", "BLDA") == "LN 2703-7 38 mm[Hg] arterial 0915");
    CHECK(of("BLDA", "BLD") == "LN 2703-7 38 mm[Hg] arterial 0915");
    CHECK(of("BLDA", "UR") == "LN 2703-7 38 mm[Hg] not_blood 0915");
    const auto at = [](char const* one, char const* two) {
        const std::string spm = "||BLDA|||||||||||||";
        return read("ORU^R01",
                    "OBR|1||F1|BG^^L\n" + std::string(gas) + "SPM|1|S1" + spm + one + "\nSPM|2|S2" + spm + two + "\n")
            .at(0);
    };
    CHECK(at("20261121100000", "20261121100000") == "LN 2703-7 38 mm[Hg] arterial 0900");
    CHECK(at("20261121100000", "") == "LN 2703-7 38 mm[Hg] arterial 0900");
    CHECK(at("20261121100000", "20261121103000") == "LN 2703-7 38 mm[Hg] arterial -");
}

TEST_CASE("a control, a calibrator or a proficiency test is nobody's blood, whomever the message names", "[senders]") {
    const auto with = [](std::string const& obr15, std::string const& spm11) {
        return read("ORU^R01", "OBR|1||F1|BG^^L|||20261121101500||||||||" + obr15 + "\n" + gas +
                                   "SPM|1|S1||BLDA|||||||" + spm11 + "\n")
            .at(0);
    };
    const std::string patients = "LN 2703-7 38 mm[Hg] arterial 0915";
    for (char const* role : {"Q^Control specimen^HL70369", "C", "E", "V", "F", "O", "B", "L"}) {
        INFO(role);
        CHECK(with("", role) == patients + " test");
        CHECK(with("BLDA^^^^^^" + std::string(role), "") == patients + " test");
    }
    for (char const* role : {"P^Patient^HL70369", "R", "G", "", "\"\"", "Patient"}) CHECK(with("", role) == patients);
    CHECK(read("OUL^R22", "SPM|1|QC1||BLDA|||||||Q\nOBR|1||F1|BG^^L|||20261121101500\n" + std::string(gas) +
                              "SPM|2|S2||BLDA|||||||P\nOBR|1||F2|BG^^L|||20261121101500\n" + gas) ==
          Lines{patients + " test", patients});
}

TEST_CASE("a date filled up with noughts is a date where the sender says so", "[senders]") {
    const auto at = [](std::string const& obr7) {
        Decoder decoder(test_settings());
        Decoded const& d = decoder.decode(sent("ORU^R01", "OBR|1||F1|BG^^L|||" + obr7 + "\n" + gas), noon);
        return d.results.at(0).time_quality;
    };
    CHECK(at("20261121000000^D") == TimeQuality::date_only);
    CHECK(at("20261101000000^L") == TimeQuality::date_only);
    CHECK(at("20261121101500^M") == TimeQuality::synchronised);
    CHECK(at("20261121101500^S") == TimeQuality::synchronised);
}

TEST_CASE("blanks around the header and in MSH-9 are nobody's meaning", "[senders]") {
    Decoder decoder(test_settings());
    for (char const* type : {"ORU^R01 ", "ORU ^R01", " ORU^R01^ORU_R01", "ORU^ R01 "}) {
        INFO(type);
        CHECK(decoder.decode(sent(type, gas), noon).fault == Fault::none);
    }
    for (char const* before : {" ", "\t", "  \r\n", "\r\n\r\n", "\xef\xbb\xbf "}) {
        const std::string frame = before + sent("ORU^R01", gas);
        const auto pieces = messages_of(frame);
        REQUIRE(pieces.size() == 1);
        CHECK(decoder.decode(pieces[0], noon).fault == Fault::none);
        CHECK(decoder.peek(frame).header.usable);
    }
}

TEST_CASE("an engine sends every ADT: what moves nobody is acknowledged, and opens and moves nothing", "[senders]") {
    Decoder decoder(test_settings());
    const std::string body = "OBX|1|NM|29463-7^Weight^LN||82|kg|||||F|||20261121101500\n";
    for (char const* trigger : {"A05", "A14", "A15", "A16", "A20", "A21", "A22", "A25", "A26", "A27",
                                "A28", "A29", "A38", "A52", "A53", "A54", "A55", "A60", "A61", "A62"}) {
        INFO(trigger);
        Decoded const& d = decoder.decode(sent("ADT^" + std::string(trigger), body), noon);
        CHECK(d.fault == Fault::none);
        CHECK(d.movements.empty());
        CHECK(d.notes.no_movements == 1);
        CHECK(d.cards.size() == 1); // who it is
        CHECK(told(d) == Lines{"LN 29463-7 82 kg unspecified 0915"});
        CHECK_FALSE(d.groups.at(0).subject.location); // where he may lie one day
    }
    CHECK(decoder.decode(message("MSH|^~\\&|A|B|||20261121||ADT^A20|1|P|2.5\nEVN|A20\nNPU|ICU^1^A|O\n"), noon).fault ==
          Fault::none);
    // What could mean that somebody lies elsewhere or is somebody else is refused as long as it is not read.
    for (char const* trigger : {"A09", "A10", "A23", "A24", "A30", "A32", "A33", "A35", "A37", "A39", "A41", "A43",
                                "A44", "A45", "A46", "A47", "A49", "A51", "Z01"}) {
        INFO(trigger);
        CHECK(decoder.decode(sent("ADT^" + std::string(trigger), ""), noon).fault == Fault::unsupported_event);
    }
}

TEST_CASE("a merge of patients as versions before 2.3.1 say it", "[senders]") {
    Decoder decoder(test_settings());
    for (char const* trigger : {"A18", "A34", "A36", "A40"}) {
        INFO(trigger);
        const std::string text =
            message("MSH|^~\\&|ADT|HOSP|||20261121115900+0100||ADT^" + std::string(trigger) +
                    "|1|P|2.3\nEVN|A34|20261121110000\nPID|1||5000^^^HOSP^MR\nMRG|4799^^^HOSP^MR\n");
        Decoded const& d = decoder.decode(text, noon);
        REQUIRE(d.movements.size() == 1);
        CHECK(d.movements[0].kind == Movement::Kind::merge);
        CHECK(d.movements[0].absorbed_patients == Lines{test_key().patient_token("HOSP", "4799")});
        CHECK(decoder.decode(sent("ADT^" + std::string(trigger), "MRG|\n"), noon).fault == Fault::no_merge);
    }
}

TEST_CASE("an information centre that writes the nomenclature in hexadecimal (MDIL)", "[senders]") {
    const std::string body = "OBR|||||||20261121101500\n"
                             "OBX||ST|0402-f8f5^sMode^MDIL|0|MONITORING||||||F||SETTING\n"
                             "OBX||TX|5^HardInop^MDIL-ALERT||SpO2T  No Pulse||||||F\n"
                             "OBX||NM|0002-4182^HR^MDIL|0|80|0004-0aa0^bpm^MDIL|50-120||||F\n"
                             "OBX||NM|0002-4bb8^SpO2^MDIL|0|97|0004-0220^%^MDIL|||||F\n"
                             "OBX||NM|0002-4a17^ABPm^MDIL|0|71|0004-0f20^mmHg^MDIL|||||F\n"
                             "OBX||NM|0002-4b60^Tkern^MDIL|0|38.2|0004-17a0^Grad^MDIL|||||F\n"
                             "OBX||NM|0002-500a^AF^MDIL|0|18|0004-0ae0^Atemz./min^MDIL|||||F\n"
                             "OBX||NM|0002-5284^FIO2^MDIL|0|40|0004-0220^%^MDIL|||||F||SETTING\n"
                             "OBX||NM|0002-4182^HR^MDIL|0||0004-0aa0^bpm^MDIL|||||X\n"
                             "OBX||NM|0002-4a17^ABPm^MDIL|1|9.5|0004-0f20^kPa^MDIL|||||F\n"
                             "OBX||NM|0002-f0c7^T1^MDIL|0|37.1|0004-17a0^Grad^MDIL|||||F\n"
                             "OBX||NM|0002-4182^HR|0|80|0004-0aa0^bpm^MDIL|||||F\n";
    Decoder decoder(test_settings());
    Decoded const& d = decoder.decode(sent("ORU^R01", body), noon);
    REQUIRE(d.results.size() == 12);
    const auto line = [&](std::size_t i) { return brief(d.results.at(i)); };
    CHECK(line(0) == "LOCAL 0402-f8f5 (text)");
    CHECK(line(2) == "MDC 147842 80 /min");
    CHECK(line(3) == "MDC 150456 97 %");
    CHECK(line(4) == "MDC 150039 71 mm[Hg]");
    CHECK(line(5) == "MDC 150368 38.2 Cel"); // the unit's code is known, its text need not be
    CHECK(line(6) == "MDC 151562 18 /min");
    CHECK(line(7) == "MDC 152196 40 %");
    CHECK(d.results[7].method == vigil::model::Method::setting);
    CHECK(d.results[2].method == vigil::model::Method::unspecified);
    CHECK(line(8) == "MDC 147842 (not_sent) /min");
    CHECK(line(9) == "MDC 150039 9.5 0004-0f20");  // code and text of the unit contradict each other
    CHECK(line(10) == "LOCAL 0002-f0c7 37.1 Cel"); // the maker's own term
    CHECK(line(11) == "LOCAL 0002-4182 80 /min");
    CHECK(utc(d.results[2].time_ms) == "20261121091500.000");
}
