// HL7 times: precision, zones, folds.

#include "adapters/hl7/time.hpp"

#include <catch2/catch.hpp>

using namespace vigil::hl7;
using vigil::adapters::Zone;
using vigil::model::TimeQuality;

namespace {

std::string read(std::string_view text, TimeRules const& rules, TimeQuality* quality = nullptr) {
    const When when = read_time(text, rules);
    if (quality) *quality = when.quality;
    return when.ms ? stamp_of(*when.ms) : "-";
}

} // namespace

TEST_CASE("what is a time and what is not", "[time]") {
    for (char const* good :
         {"2026", "202611", "20261121", "2026112110", "202611211000", "20261121100059", "20261121100059.1",
          "20261121100059.1234", "20261121100059+0100", "20261121100059.123-0530", "202611211000+0100",
          "20260124131539000+0800", "20261121100059+01:00", "20261121100059Z", "20261121100059.5Z", "20261121100059+01",
          "202611211000-05"})
        CHECK(parse_stamp(good).has_value());
    for (char const* bad : {"",
                            "x",
                            "20",
                            "2026112",
                            "20261131",
                            "20260230",
                            "20261121250000",
                            "20261121106000",
                            "20261121100059.",
                            "20261121100059x",
                            "20261121100059+1",
                            "20261121100059+99",
                            "20261121100059z",
                            "20261121100059Z00",
                            "20261121240000",
                            "20261399",
                            "UNKNOWN",
                            "20261121100059+9900",
                            "2026112110005",
                            "00000000000000",
                            "20261121 1000",
                            "17990101",
                            "30000101",
                            "2026-11-21T10:00:00Z"}) {
        INFO(bad);
        CHECK_FALSE(parse_stamp(bad).has_value());
    }
}

TEST_CASE("zones: its own offset, the message's, the source's, none", "[time]") {
    TimeRules rules;
    TimeQuality q{};
    CHECK(read("20261121100000.250+0100", rules, &q) == "20261121090000.250+0000");
    CHECK(q == TimeQuality::synchronised);
    CHECK(read("20261121100000", rules, &q) == "-");
    rules.zone = Zone::named("Europe/Berlin");
    CHECK(read("20261121100000", rules, &q) == "20261121090000.000+0000");
    CHECK(q == TimeQuality::zone_assumed);
    CHECK(read("20260721100000", rules, &q) == "20260721080000.000+0000");
    rules.message_offset = -360;
    CHECK(read("20261121100000", rules, &q) == "20261121160000.000+0000");
    CHECK(q == TimeQuality::synchronised);
    CHECK(read("20260124131539000+0800", rules, &q) == "20260124051539.000+0000");
    CHECK_FALSE(Zone::named("Mars/Olympus").has_value());
}

TEST_CASE("a stay spans clock changes: the zone counts where MSH-7 agrees with it, else MSH-7's offset", "[time]") {
    TimeRules rules;
    rules.zone = Zone::named("Europe/Berlin");
    rules.message_offset = 60;
    rules.message_local_ms = parse_stamp("20261121120000")->local_ms; // winter, and Berlin is at +0100
    TimeQuality q{};
    CHECK(read("20261024120000", rules, &q) == "20261024100000.000+0000"); // the day before the change: summer time
    CHECK(q == TimeQuality::zone_assumed);
    CHECK(read("20261025120000", rules, &q) == "20261025110000.000+0000");
    CHECK(q == TimeQuality::synchronised);
    CHECK(read("20261024120000+0100", rules, &q) == "20261024110000.000+0000");
    read("20261025023000", rules, &q); // twice in that night, and the message's offset does not say which
    CHECK(q == TimeQuality::ambiguous);
    rules.message_offset = -300; // not Berlin's: the sender's own offset is all that is known
    CHECK(read("20261024120000", rules, &q) == "20261024170000.000+0000");
    CHECK(q == TimeQuality::synchronised);
    // In the repeated hour itself either of its two instants agrees.
    rules.message_offset = 60;
    rules.message_local_ms = parse_stamp("20261025023000")->local_ms;
    CHECK(read("20261024120000", rules, &q) == "20261024100000.000+0000");
    rules.message_offset = 120;
    CHECK(read("20261024120000", rules, &q) == "20261024100000.000+0000");
}

TEST_CASE("what stands there and is no time is told from what is empty", "[time]") {
    TimeRules rules;
    rules.zone = Zone::named("Europe/Berlin");
    for (char const* empty : {"", "\"\""}) CHECK_FALSE(read_time(empty, rules).unreadable);
    for (char const* bad : {"UNKNOWN", "20261399", "2026-11-21T10:00:00Z"}) {
        CHECK(read_time(bad, rules).unreadable);
        CHECK_FALSE(read_time(bad, rules).ms.has_value());
    }
    CHECK_FALSE(read_time("20261121100000", rules).unreadable);
    rules.zone.reset();
    CHECK(read_time("20261121100000", rules).unreadable);
    CHECK(read("20261121100000Z", rules) == "20261121100000.000+0000");
    CHECK(read("20261121100000-05", rules) == "20261121150000.000+0000");
}

TEST_CASE("a date is no time of day", "[time]") {
    TimeRules rules;
    rules.zone = Zone::named("Europe/Berlin");
    TimeQuality q{};
    read("20261121", rules, &q);
    CHECK(q == TimeQuality::date_only);
    read("202611", rules, &q);
    CHECK(q == TimeQuality::date_only);
    read("20261121+0100", rules, &q);
    CHECK(q == TimeQuality::date_only);
    read("2026112110", rules, &q);
    CHECK(q == TimeQuality::zone_assumed);
}

TEST_CASE("the repeated hour: a continuous source is near its receipt, anything else stays open", "[time]") {
    TimeRules rules;
    rules.zone = Zone::named("Europe/Berlin");
    TimeQuality q{};
    // 2026-10-25: 03:00 summer time becomes 02:00. 02:30 is 00:30 UTC and 01:30 UTC.
    const auto first = *parse_stamp("20261025003000+0000"), second = *parse_stamp("20261025013000+0000");
    read("20261025023000", rules, &q);
    CHECK(q == TimeQuality::ambiguous);
    rules.continuous = true;
    rules.receipt_ms = first.local_ms + 5'000;
    CHECK(read("20261025023000", rules, &q) == "20261025003000.000+0000");
    CHECK(q == TimeQuality::zone_assumed);
    rules.receipt_ms = second.local_ms + 5'000;
    CHECK(read("20261025023000", rules, &q) == "20261025013000.000+0000");
    // 2026-03-29 02:30 does not exist.
    read("20260329023000", rules, &q);
    CHECK(q == TimeQuality::ambiguous);
    // With an offset nothing is open.
    CHECK(read("20261025023000+0200", rules, &q) == "20261025003000.000+0000");
    CHECK(q == TimeQuality::synchronised);
}

TEST_CASE("age and birth date", "[time]") {
    const auto at = parse_stamp("20261121120000+0000")->local_ms;
    CHECK(age_years("19700131", at) == 56u);
    CHECK(age_years("19701121", at) == 56u);
    CHECK(age_years("19701122", at) == 55u);
    CHECK(age_years("20261120", at) == 0u);
    CHECK_FALSE(age_years("20271120", at).has_value());
    CHECK_FALSE(age_years("1890", at).has_value());
    for (char const* none : {"19000101", "18991230", "17530101"}) CHECK_FALSE(age_years(none, at).has_value());
    CHECK(age_years("19041120", at) == 122u);
    CHECK_FALSE(age_years("", at).has_value());
    CHECK_FALSE(age_years("18900101", at).has_value());
    CHECK(iso_date("19700131") == "1970-01-31");
    CHECK(iso_date("197001") == "1970-01");
    CHECK(iso_date("197001311200") == "1970-01-31");
    CHECK(iso_date("31.01.1970").empty());
}
