// ADT: what each trigger says, when it took effect, and whose numbers leave as what.

#include "decoding.hpp"

#include "vigil/v1/identity.pb.h"
#include "vigil/v1/observation.pb.h"

#include <catch2/catch.hpp>
#include <string>

using namespace vigil::hl7;
using namespace vigil::hl7::testing;
using Kind = Movement::Kind;
namespace v1 = vigil::v1;

namespace {

std::string const& adt(std::string_view trigger, std::string_view body, std::string_view msh7 = "20261121115900+0100") {
    return message("MSH|^~\\&|ADT|HOSP|VIGIL|ICU|" + std::string(msh7) + "||ADT^" + std::string(trigger) +
                   "|A1|P|2.5\n" + std::string(body));
}

constexpr char pid[] = "PID|1||4711^^^HOSP^MR~S55^^^SSA^SS||DOE^JANE^^^^^L||19700131|F\n";

} // namespace

TEST_CASE("triggers", "[adt]") {
    struct Row {
        char const* trigger;
        Kind kind;
    };
    const Row rows[] = {{"A01", Kind::admit},           {"A02", Kind::transfer},         {"A03", Kind::discharge},
                        {"A04", Kind::registration},    {"A08", Kind::update},           {"A11", Kind::cancel_admit},
                        {"A12", Kind::cancel_transfer}, {"A13", Kind::cancel_discharge}, {"A06", Kind::admit},
                        {"A07", Kind::transfer}};
    Decoder decoder(test_settings());
    for (auto const& row : rows) {
        INFO(row.trigger);
        Decoded const& d = decoder.decode(adt(row.trigger, std::string("EVN|A01|20261121114500\n") + pid +
                                                               "PV1|1|I|ICU^R1^BED3|||OR^^1|||||||||||||V9\n"),
                                          noon);
        REQUIRE(d.fault == Fault::none);
        REQUIRE(d.movements.size() == 1);
        Movement const& m = d.movements[0];
        CHECK(m.kind == row.kind);
        CHECK(m.subject.visit == test_key().token("visit", "", "V9"));
        REQUIRE(m.subject.patients.size() == 2);
        CHECK(m.subject.patients[0] == test_key().patient_token("HOSP", "4711"));
        CHECK(m.subject.location->unit == "icu");
        CHECK(m.subject.location->bed == "r1_bed3");
        CHECK(m.prior_location->unit == "or");
        CHECK(m.sex == Movement::Sex::female);
        CHECK(m.age == 56u);
        CHECK(utc(m.effective_ms) == "20261121104500.000");
    }
    // An update after the discharge says where he lay, not where he lies.
    Decoded const& gone =
        decoder.decode(adt("A08", std::string("EVN|A08|20261121114500\n") + pid + "PV1|1|I|ICU^R1^BED3" +
                                      std::string(16, '|') + "V9" + std::string(26, '|') + "20261120100000\n"),
                       noon);
    CHECK_FALSE(gone.movements.at(0).subject.location);
    for (char const* other : {"A09", "A44", "Z01", ""})
        CHECK(decoder.decode(adt(other, std::string(pid) + "PV1|1|I|ICU^R1^BED3\n"), noon).fault ==
              Fault::unsupported_event);
    // A trigger that stands only in EVN-1.
    CHECK(decoder.decode(adt("", std::string("EVN|A03\n") + pid + "PV1|1|I\n"), noon).movements.at(0).kind ==
          Kind::discharge);
}

TEST_CASE("when it took effect", "[adt]") {
    struct Row {
        char const* what;
        char const* trigger;
        char const* body;
        char const* time;
    };
    const Row rows[] = {
        {"EVN-6 above all", "A01",
         "EVN||20261121100000||||20261121080000\nPID|1||1\nPV1||I|ICU^^1|||||||||||||||||||||||||||||||||||||||||"
         "20261121090000\n",
         "20261121070000.000"},
        {"PV1-44 of an admission", "A01",
         "EVN||20261121100000\nPID|1||1\nPV1||I|ICU^^1|||||||||||||||||||||||||||||||||||||||||20261121090000\n",
         "20261121080000.000"},
        {"not of a change of class, which comes after it", "A06",
         "EVN||20261121100000\nPID|1||1\nPV1||I|ICU^^1|||||||||||||||||||||||||||||||||||||||||20261121090000\n",
         "20261121090000.000"},
        {"not of a transfer", "A02",
         "EVN||20261121100000\nPID|1||1\nPV1||I|ICU^^1|||||||||||||||||||||||||||||||||||||||||20261121090000\n",
         "20261121090000.000"},
        {"PV1-45 of a discharge", "A03",
         "EVN||20261121100000\nPID|1||1\nPV1||I|ICU^^1||||||||||||||||||||||||||||||||||||||||||20261121093000\n",
         "20261121083000.000"},
        {"EVN-2", "A01", "EVN||20261121100000\nPID|1||1\nPV1||I|ICU^^1\n", "20261121090000.000"},
        {"MSH-7", "A01", "PID|1||1\nPV1||I|ICU^^1\n", "20261121105900.000"},
        {"a date is no moment", "A01", "EVN||20261121\nPID|1||1\nPV1||I|ICU^^1\n", "20261121105900.000"},
    };
    Decoder decoder(test_settings());
    for (auto const& row : rows) {
        INFO(row.what);
        Decoded const& d = decoder.decode(adt(row.trigger, row.body), noon);
        REQUIRE(d.movements.size() == 1);
        CHECK(utc(d.movements[0].effective_ms) == row.time);
    }
}

TEST_CASE("every movement but an update or a merge needs its PV1", "[adt]") {
    Decoder decoder(test_settings());
    for (char const* trigger : {"A01", "A02", "A03", "A04", "A06", "A07", "A11", "A12", "A13", "A17"}) {
        INFO(trigger);
        Decoded const& d = decoder.decode(adt(trigger, std::string("EVN||20261121100000\n") + pid), noon);
        CHECK(d.fault == Fault::no_pv1);
        CHECK(d.movements.empty());
    }
    CHECK(decoder.decode(adt("A40", std::string(pid) + "MRG|4799^^^HOSP^MR\n"), noon).fault == Fault::none);
}

TEST_CASE("an update of a person, or one without a PV1, says who he is and nothing of a bed", "[adt]") {
    Decoder decoder(test_settings());
    const std::string obx = "OBX|1|NM|29463-7^Weight^LN||82|kg|||||F|||20261121101500\n";
    for (auto const& [trigger, pv1] : {std::pair{"A08", ""}, std::pair{"A31", ""}, std::pair{"A31", "PV1|1|N\n"},
                                       std::pair{"A31", "PV1|1|I|ICU^R1^BED3||||||||||||||||V9\n"}}) {
        INFO(trigger << " " << pv1);
        Decoded const& d = decoder.decode(adt(trigger, std::string("EVN||20261121100000\n") + pid + pv1 + obx), noon);
        REQUIRE(d.fault == Fault::none);
        REQUIRE(d.movements.size() == 1);
        Movement const& m = d.movements[0];
        CHECK(m.kind == Kind::update);
        CHECK_FALSE(m.subject.location);
        CHECK(m.subject.visit.empty());
        CHECK(m.age == 56u);
        CHECK(m.sex == Movement::Sex::female);
        CHECK_FALSE(d.groups.at(0).subject.location); // his weight is his, not of who lies in that bed
        CHECK(d.cards.size() == 1);
    }
    CHECK(decoder.decode(adt("A31", "PID|1||\n"), noon).fault == Fault::no_patient);
}

TEST_CASE("an update that names the unit alone takes nobody out of his bed, a move does", "[adt]") {
    Decoder decoder(test_settings());
    const auto where = [&](char const* trigger, char const* pl) {
        auto const& place = decoder.decode(adt(trigger, std::string(pid) + "PV1||I|" + pl + "\n"), noon)
                                .movements.at(0)
                                .subject.location;
        return place ? place->unit + "/" + place->bed : std::string("-");
    };
    CHECK(where("A08", "ICU") == "-");
    CHECK(where("A08", "ICU^^^SOUTH") == "-");
    CHECK(where("A08", "ICU^1") == "icu/1");
    CHECK(where("A02", "ICU") == "icu/_");
    CHECK(where("A01", "ICU") == "icu/_");
}

TEST_CASE("a movement's time that cannot be read is passed over and counted", "[adt]") {
    Decoder decoder(test_settings());
    Decoded const& d =
        decoder.decode(adt("A01", "EVN||20261121100000||||2026-11-21 08:00\nPID|1||1\nPV1||I|ICU^^1\n"), noon);
    CHECK(utc(d.movements.at(0).effective_ms) == "20261121090000.000");
    CHECK(d.notes.unreadable_times == 1);
}

TEST_CASE("a date that stands where a sender has none moves nobody at that time, and is counted", "[adt]") {
    Decoder decoder(test_settings());
    for (char const* none :
         {"19000101000000", "190001010000+0000", "18991230000000", "17530101000000", "19700101000000",
          "19700101010000+0100", "1900", "19000101", "00000000", "00000000000000"}) {
        INFO(none);
        const auto pv1 = "PID|1||1\nPV1||I|ICU^^1" + std::string(41, '|') + none + "\n";
        Decoded const& admitted = decoder.decode(adt("A01", "EVN||20261121100000\n" + pv1), noon);
        CHECK(utc(admitted.movements.at(0).effective_ms) == "20261121090000.000");
        CHECK(admitted.notes.unreadable_times == 1);
        Decoded const& moved =
            decoder.decode(adt("A02", "EVN||" + std::string(none) + "\nPID|1||1\nPV1||I|ICU^^1\n"), noon);
        CHECK(utc(moved.movements.at(0).effective_ms) == "20261121105900.000");
    }
    Decoded const& nothing = decoder.decode(adt("A01", "PID|1||1\nPV1||I|ICU^^1\n", "19000101000000+0000"), noon);
    CHECK_FALSE(nothing.movements.at(0).effective_ms);
}

TEST_CASE("merges", "[adt]") {
    Decoder decoder(test_settings());
    Decoded const& d =
        decoder.decode(adt("A40", std::string("EVN||20261121100000\n") + pid +
                                      "MRG|4799^^^HOSP^MR||||V1\nPID|1||5000^^^HOSP^MR\nMRG|5001^^^HOSP^MR\n"),
                       noon);
    REQUIRE(d.movements.size() == 2);
    CHECK(d.movements[0].absorbed_patients == std::vector<std::string>{test_key().patient_token("HOSP", "4799")});
    CHECK(d.movements[0].absorbed_visit == test_key().token("visit", "", "V1"));
    CHECK(d.movements[1].subject.patients.at(0) == test_key().patient_token("HOSP", "5000"));
    CHECK(decoder.decode(adt("A40", pid), noon).fault == Fault::no_merge);
    CHECK(decoder.decode(adt("A40", std::string(pid) + "MRG|\n"), noon).fault == Fault::no_merge);
    CHECK(decoder.decode(adt("A01", "PID|1||\nPV1||I|ICU^^1\n"), noon).fault == Fault::no_patient);
    CHECK(decoder.decode(adt("A01", ""), noon).fault == Fault::no_patient);
}

TEST_CASE("a swap of beds is two movements of one time, or none", "[adt]") {
    const std::string evn = "EVN|A17|20261121114500\n", other = "PID|2||4712^^^HOSP^MR\n";
    const std::string to_9 = "PV1|1|I|ICU^9^A||||||||||||||||V1\n", to_8 = "PV1|1|I|ICU^8^A||||||||||||||||V2\n";
    const auto key = test_key();
    Decoder decoder(test_settings());
    const auto fault = [&](std::string const& body) {
        Decoded const& d = decoder.decode(adt("A17", evn + body), noon);
        if (d.fault != Fault::none) CHECK(d.movements.empty());
        return d.fault;
    };
    Decoded const& d = decoder.decode(adt("A17", evn + pid + "PD1|\n" + to_9 + other + to_8), noon);
    REQUIRE(d.fault == Fault::none);
    REQUIRE(d.movements.size() == 2);
    for (auto const& m : d.movements) {
        CHECK(m.kind == Kind::transfer);
        CHECK(utc(m.effective_ms) == "20261121104500.000");
    }
    CHECK(d.movements[0].subject.visit == key.token("visit", "", "V1"));
    CHECK(d.movements[0].subject.patients.at(0) == key.patient_token("HOSP", "4711"));
    CHECK(d.movements[0].subject.location->bed == "9_a");
    CHECK(d.movements[1].subject.visit == key.token("visit", "", "V2"));
    CHECK(d.movements[1].subject.patients == std::vector<std::string>{key.patient_token("HOSP", "4712")});
    CHECK(d.movements[1].subject.location->bed == "8_a");
    int census = 0;
    each_batch(d, Envelope{}, [&](v1::ObservationBatch& batch) { census += batch.census_size(); });
    CHECK(batches_in(d) == 1); // both reach vigild at once
    CHECK(census == 2);
    CHECK(fault(pid + to_9) == Fault::no_patient);
    CHECK(fault(pid + to_9 + other) == Fault::no_pv1);
    CHECK(fault(pid + to_9 + "PID|2||\nPV1|1|I|ICU^8^A\n") == Fault::no_patient);
    CHECK(fault(pid + to_9 + other + "PV1|1|I|\n") == Fault::no_bed);
    CHECK(fault(pid + to_9 + other + to_9) == Fault::no_bed);
    CHECK(fault(pid + to_9 + other + to_8 + "PID|3||4713\n" + to_8) == Fault::no_patient);
}

TEST_CASE("who becomes an outpatient leaves the bed only where PV1-3 says so", "[adt]") {
    Decoder decoder(test_settings());
    const auto movement = [&](char const* pl) {
        Decoded const& d = decoder.decode(adt("A07", std::string(pid) + "PV1||O|" + pl + "\n"), noon);
        Movement const& m = d.movements.at(0);
        return std::pair{m.kind, m.subject.location ? m.subject.location->unit : std::string("-")};
    };
    CHECK(movement("DIAL^1^A") == std::pair{Kind::transfer, std::string("dial")});
    CHECK(movement("DIAL") == std::pair{Kind::transfer, std::string("dial")});
    CHECK(movement("") == std::pair{Kind::update, std::string("-")});
    CHECK(movement("\"\"") == std::pair{Kind::update, std::string("-")});
}

TEST_CASE("a visit that has another number says which it had", "[adt]") {
    const auto visit = [](std::string_view number) { return test_key().token("visit", "", number); };
    const std::string evn = "EVN||20261121114500\n", pid = ::pid, mrg = "MRG|4711^^^HOSP^MR||||V1\n";
    const std::string pv1 = "PV1|1|I|ICU^R1^BED3||||||||||||||||V2\n", same = "PV1|1|I|ICU^R1^BED3||||||||||||||||V1\n";
    Decoder decoder(test_settings());
    const auto read = [&](char const* trigger, std::string const& body) -> Decoded const& {
        return decoder.decode(adt(trigger, evn + body), noon);
    };
    // A change of class, of which the movement is what it was.
    for (auto const& [trigger, kind] : {std::pair{"A06", Kind::admit}, {"A07", Kind::transfer}}) {
        INFO(trigger);
        auto const& m = read(trigger, pid + mrg + pv1).movements.at(0);
        CHECK(m.kind == kind);
        CHECK(m.subject.visit == visit("V2"));
        CHECK(m.absorbed_visit == visit("V1"));
        CHECK(m.absorbed_patients.empty());
        CHECK(read(trigger, pid + mrg + same).movements.at(0).absorbed_visit.empty());
        CHECK(read(trigger, pid + pv1).movements.at(0).absorbed_visit.empty());
    }
    CHECK(read("A01", pid + mrg + pv1).movements.at(0).absorbed_visit.empty());
    // The number alone: in either order of the segments, and several at once.
    for (auto const* trigger : {"A42", "A50"}) {
        INFO(trigger);
        for (auto const& body : {pid + mrg + pv1, pid + pv1 + mrg}) {
            Decoded const& d = read(trigger, body);
            REQUIRE(d.movements.size() == 1);
            CHECK(d.movements[0].kind == Kind::merge);
            CHECK(d.movements[0].subject.visit == visit("V2"));
            CHECK(d.movements[0].absorbed_visit == visit("V1"));
            CHECK(d.movements[0].absorbed_patients.empty());
        }
        Decoded const& two = read(trigger, pid + mrg + pv1 + "PID|2||5000^^^HOSP^MR\nMRG|||||V8\nPV1|1|I|" +
                                               std::string(16, '|') + "V9\n");
        REQUIRE(two.movements.size() == 2);
        CHECK(two.movements[1].subject.visit == visit("V9"));
        CHECK(two.movements[1].absorbed_visit == visit("V8"));
        CHECK(read(trigger, pid + mrg).fault == Fault::no_pv1);
        CHECK(read(trigger, pid + mrg + "PV1|1|I|ICU^R1^BED3\n").fault == Fault::no_pv1);
        CHECK(read(trigger, pid + pv1).fault == Fault::no_merge);
        CHECK(read(trigger, pv1 + mrg).fault == Fault::no_patient);
    }
    // Where the account stands for the visit, it does so of what it was before.
    Settings settings = test_settings();
    settings.visit_from_account = true;
    Decoder accounts(std::move(settings));
    Decoded const& d = accounts.decode(
        adt("A06", "PID|1||4711^^^HOSP^MR|||||||||||||||A2\nMRG|4711^^^HOSP^MR||A1\nPV1|1|I|ICU^R1^BED3\n"), noon);
    CHECK(d.movements.at(0).subject.visit == visit("A2"));
    CHECK(d.movements.at(0).absorbed_visit == visit("A1"));
}

TEST_CASE("identifiers: authority, preference, kinds of numbers", "[adt]") {
    Settings settings = test_settings();
    settings.authorities = {"HOSP^MR", "HOSP"};
    settings.default_authority = "HOSP";
    Decoder decoder(std::move(settings));
    const auto key = test_key();
    Decoded const& d = decoder.decode(
        adt("A01", "PID|1||S1^^^SSA^SS~P2^^^HOSP^PI~77^^^HOSP^MR~A9^^^HOSP^AN~V3^^^HOSP^VN~L5\nPV1||I|ICU^^1\n"), noon);
    auto const& s = d.movements.at(0).subject;
    CHECK(s.patients == std::vector<std::string>{key.patient_token("HOSP", "77"), key.patient_token("HOSP", "P2"),
                                                 key.patient_token("HOSP", "L5"), key.patient_token("SSA", "S1")});
    CHECK(s.visit == key.token("visit", "", "V3")); // a visit number among the patient's
    Decoded const& old = decoder.decode(adt("A01", "PID|1|88\nPV1||I|ICU^^1\n"), noon);
    CHECK(old.movements.at(0).subject.patients == std::vector<std::string>{key.patient_token("HOSP", "88")});
    Decoded const& oid = decoder.decode(adt("A01", "PID|1||9^^^&1.2.3&ISO^MR\nPV1||I|ICU^^1\n"), noon);
    CHECK(oid.movements.at(0).subject.patients.at(0) == key.patient_token("1.2.3", "9"));
}

TEST_CASE("what vigild takes at once bounds what is sent at once", "[adt]") {
    Decoder decoder(test_settings());
    std::string merges, numbers;
    for (int i = 0; i < 40; ++i)
        merges += "PID|1||" + std::to_string(100 + i) + "\nMRG|" + std::to_string(200 + i) + "\n";
    for (int i = 0; i < 30; ++i) numbers += std::to_string(i) + "^^^HOSP^MR~";
    Decoded const& d = decoder.decode(adt("A40", merges), noon);
    CHECK(batches_in(d) == 3);
    std::vector<int> sizes;
    each_batch(d, Envelope{}, [&](v1::ObservationBatch& batch) { sizes.push_back(batch.census_size()); });
    CHECK(sizes == std::vector<int>{16, 16, 8});
    Decoded const& many = decoder.decode(adt("A01", "PID|1||" + numbers + "\nPV1||I|ICU^^1\n"), noon);
    CHECK(many.movements.at(0).subject.patients.size() == 8);
}

TEST_CASE("a name that is deleted is no name", "[adt]") {
    Decoder decoder(test_settings());
    Decoded const& d = decoder.decode(adt("A08", "PID|1||4711^^^HOSP^MR||\"\"^\"\"\nPV1||I|ICU^^1\n"), noon);
    REQUIRE(d.cards.size() == 1);
    CHECK(d.cards[0]->family.empty());
    CHECK(d.cards[0]->given.empty());
}

TEST_CASE("places", "[adt]") {
    Settings settings = test_settings();
    REQUIRE(settings.places.add("ICU^R1^BED3", "icu_a/3"));
    REQUIRE(settings.places.add("MICU", "micu"));
    REQUIRE_FALSE(settings.places.add("X", "Upper Case"));
    REQUIRE_FALSE(settings.places.add("", "x"));
    REQUIRE(settings.places.add("^^Doc1", "icu_a/1"));
    REQUIRE_FALSE(settings.places.add("^^Doc2", "icu_a"));
    REQUIRE_FALSE(settings.places.add("^^^SOUTH", "south/1"));
    Decoder decoder(std::move(settings));
    const auto where = [&](char const* pl) {
        Decoded const& d = decoder.decode(adt("A01", std::string(pid) + "PV1||I|" + pl + "\n"), noon);
        auto const& place = d.movements.at(0).subject.location;
        return place ? place->unit + "/" + place->bed : std::string("-");
    };
    CHECK(where("ICU^R1^BED3") == "icu_a/3");
    CHECK(where("^^Doc1&5&1") == "icu_a/1"); // the label alone, where a row says which bed that is
    CHECK(where("^^Doc2") == "-");
    CHECK(where("^^^SOUTH") == "-");
    CHECK(where("X^^Doc1") == "x/doc1"); // not in a unit that is named
    CHECK(where("MICU^7^A") == "micu/7_a");
    CHECK(where("ICU^R2^Bed 4") == "icu/r2_bed_4");
    CHECK(where("ICU^^Bed 4") == "icu/bed_4");
    CHECK(where("ICU^R2") == "icu/r2");
    CHECK(where("OR") == "or/_");
    CHECK(where("") == "-");
    CHECK(where("\"\"") == "-");
    CHECK(where("St\\X8E\\tion\\T\\7^^1").size() > 2);
    CHECK(where("A very long name of a ward that goes on^^1").size() <= 34);
    CHECK(vigil::adapters::place_token("St\xc3\xa4tion") != vigil::adapters::place_token("St\xc3\xb6tion"));
}

TEST_CASE("beds A of two rooms are two beds, unless labels are unique in the unit", "[adt]") {
    vigil::adapters::Places places;
    const auto bed = [&](char const* room, char const* label) { return places.find("SICU", room, label)->bed; };
    CHECK(bed("101", "A") == "101_a");
    CHECK(bed("102", "A") == "102_a");
    CHECK(bed("a b", "c") != bed("a", "b c"));
    CHECK(bed("101", "") == "101");
    CHECK(bed("", "A") == "a");
    CHECK(bed("101", "?") == "101");
    const std::string longest = bed("the room at the end of the corridor", "window side");
    CHECK(longest.size() == 32);
    CHECK(longest != bed("the room at the end of the corridor", "door side"));
    REQUIRE(places.add("SICU", "sicu_east"));
    CHECK(places.find("SICU", "101", "A")->unit == "sicu_east");
    CHECK(bed("101", "A") == "101_a");
    places.set_labels(vigil::adapters::Places::Labels::unit);
    CHECK(bed("R1", "BED3") == "bed3");
    CHECK(bed("101", "") == "101");
}

TEST_CASE("two hospitals may have beds of one name: a row that names the facility tells them apart", "[adt]") {
    Settings settings = test_settings();
    REQUIRE(settings.places.add("ICU^^^SOUTH", "icu_south"));
    REQUIRE(settings.places.add("ICU^^13^SOUTH", "icu_south/window"));
    REQUIRE(settings.places.add("ICU^12", "icu/north_12"));
    Decoder decoder(std::move(settings));
    const auto where = [&](char const* pl) {
        Decoded const& d = decoder.decode(adt("A01", std::string(pid) + "PV1||I|" + pl + "\n"), noon);
        auto const& place = d.movements.at(0).subject.location;
        return place ? place->unit + "/" + place->bed : std::string("-");
    };
    CHECK(where("ICU^12^A^NORTH") == "icu/north_12");
    CHECK(where("ICU^12^A") == "icu/north_12");
    CHECK(where("ICU^12^A^SOUTH") == "icu_south/12_a");
    CHECK(where("ICU^12^A^SOUTH&1.2.3&ISO") == "icu_south/12_a");
    CHECK(where("ICU^12^13^SOUTH") == "icu_south/window");
    CHECK(where("ICU^12^A^\"\"") == "icu/north_12");
}

TEST_CASE("a unit without a bed places a patient and attributes no reading", "[adt]") {
    Decoder decoder(test_settings());
    const std::string obx = "OBR|1||F|C^^L|||20261121101500\nOBX|1|NM|777-3^^LN||1|G/L|||||F\n";
    const auto where = [&](std::string const& type, char const* pl) {
        std::string text = adt("A01", std::string(pid) + "PV1||I|" + pl + "\n" + message(obx));
        if (type == "ORU") text.replace(text.find("ADT^A01"), 7, "ORU^R01");
        Decoded const& d = decoder.decode(message(text), noon);
        REQUIRE(d.groups.size() == 1);
        auto const& place = type == "ORU" ? d.groups[0].subject.location : d.movements.at(0).subject.location;
        return place ? place->unit + "/" + place->bed : std::string("-");
    };
    CHECK(where("ADT", "NICU") == "nicu/_");
    CHECK(where("ORU", "NICU") == "-");
    CHECK(where("ORU", "NICU^^B3") == "nicu/b3");
}

TEST_CASE("the card goes to vigil-identity, tokens go to vigild, a birth date goes nowhere else", "[adt]") {
    Decoder decoder(test_settings());
    const std::string text =
        adt("A01", std::string("EVN||20261121100000\n") + pid +
                       "PV1||I|ICU^^1||||||||||||||||V9\nOBX|1|NM|29463-7^Weight^LN||72.5|kg|||||F\n");
    Decoded const& d = decoder.decode(text, noon);
    REQUIRE(d.cards.size() == 1);
    v1::IdentityCard card;
    to_wire(*d.cards[0], card);
    CHECK(card.family_name() == "DOE");
    CHECK(card.given_name() == "JANE");
    CHECK(card.birth_date() == "1970-01-31");
    CHECK(card.tokens_size() == 3);
    CHECK(card.identifiers(0).value() == "4711");
    std::string sent;
    each_batch(d, Envelope{}, [&](v1::ObservationBatch& batch) {
        CHECK(batch.census_size() == 1);
        CHECK(batch.readings_size() == 1);
        sent += batch.SerializeAsString();
    });
    for (char const* planted : {"DOE", "JANE", "4711", "S55", "1970", "V9"})
        CHECK(sent.find(planted) == std::string::npos);
}

TEST_CASE("a number of noughts is nobody's", "[adt]") {
    Decoder decoder(test_settings());
    const std::string pv1 = "PV1||I|ICU^^1||||||||||||||||00000000\n";
    Decoded const& d = decoder.decode(adt("A01", "PID|1||0^^^HOSP^PI~4711^^^HOSP^MR\n" + pv1), noon);
    CHECK(d.movements.at(0).subject.visit.empty()); // two patients of this register are not one visit
    CHECK(d.movements.at(0).subject.patients == std::vector<std::string>{test_key().patient_token("HOSP", "4711")});
    CHECK(decoder.decode(adt("A01", "PID|1||0000\n" + pv1), noon).fault == Fault::no_patient);
    CHECK_FALSE(decoder.decode(adt("A01", "PID|1||0047\n" + pv1), noon).movements.at(0).subject.patients.empty());
}
