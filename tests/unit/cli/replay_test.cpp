#include "cli/replay.hpp"

#include "cli/iso_time.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <sstream>

using namespace vigil::cli;

namespace {

constexpr std::int64_t minute = 60'000, hour = 60 * minute;
const std::int64_t start = *parse_instant("2026-01-01T00:00:00Z");

RecordedReading reading(std::uint32_t encounter, std::int64_t at, std::string code, std::string value,
                        std::string unit = "/min") {
    RecordedReading out;
    out.encounter = encounter;
    out.observed_ms = out.arrival_ms = at;
    out.system = "LN";
    out.code = std::move(code);
    out.value = std::move(value);
    out.unit = std::move(unit);
    return out;
}

// Field n of the first segment of that name; MSH counts its separator.
std::string field(std::string const& message, std::string const& segment, int n) {
    std::istringstream segments(message);
    for (std::string one; std::getline(segments, one, '\r');) {
        if (!one.starts_with(segment)) continue;
        std::istringstream fields(one);
        std::string cell;
        for (int i = segment == "MSH" ? 1 : 0; i <= n; ++i)
            if (!std::getline(fields, cell, '|')) return {};
        return cell;
    }
    return {};
}

RecordedReadings two_stays() {
    RecordedReadings out;
    out.encounters = {"31205490", "30101877"};
    out.sources = {"vital"};
    const auto first = *parse_instant("2110-04-11T15:52:00Z"), second = *parse_instant("2143-03-22T07:10:00Z");
    out.rows = {reading(0, first, "8867-4", "55.0"), reading(0, first, "9279-1", "19"),
                reading(1, second, "8867-4", "80"), reading(0, first + hour, "8867-4", "60")};
    return out;
}

} // namespace

TEST_CASE("every encounter moves by whole hours into the first hour of the common start") {
    const auto replay = plan_replay(two_stays(), start, {});
    REQUIRE(replay.shift_ms.size() == 2);
    for (const auto shift : replay.shift_ms) CHECK(shift % hour == 0);
    REQUIRE(replay.messages.size() == 5);
    // 30101877 begins at :10, 31205490 at :52 of the same hour.
    CHECK(replay.messages[0].at_ms == start + 10 * minute);
    CHECK(replay.messages[0].encounter == 1);
    CHECK(replay.messages[2].at_ms == start + 52 * minute);
    CHECK(replay.messages[4].at_ms == start + hour + 52 * minute);
    CHECK(std::is_sorted(replay.messages.begin(), replay.messages.end(),
                         [](auto const& a, auto const& b) { return a.at_ms < b.at_ms; }));
}

TEST_CASE("an admission stands before the first readings, always as training data") {
    const auto replay = plan_replay(two_stays(), start, {});
    auto const& admission = replay.messages[0];
    CHECK(admission.readings == 0);
    CHECK(field(admission.text, "MSH", 9) == "ADT^A01^ADT_A01");
    CHECK(field(admission.text, "PV1", 3) == "REPLAY^^E30101877");
    CHECK(field(admission.text, "PV1", 19) == "30101877^^^REPLAY^VN");
    CHECK(field(admission.text, "PV1", 44) == "20260101001000.000+0000");
    for (auto const& message : replay.messages) {
        CHECK(field(message.text, "MSH", 11) == "T");
        CHECK(field(message.text, "MSH", 10) == message.control_id);
        CHECK(field(message.text, "MSH", 7) == hl7_instant(message.at_ms));
    }
}

TEST_CASE("rows of one time travel together, each cell as the file has it") {
    const auto replay = plan_replay(two_stays(), start, {});
    auto const& results = replay.messages[3];
    CHECK(results.readings == 2);
    CHECK(field(results.text, "OBX", 2) == "NM");
    CHECK(field(results.text, "OBX", 3) == "8867-4^^LN");
    CHECK(field(results.text, "OBX", 5) == "55.0");
    CHECK(field(results.text, "OBX", 6) == "/min^^UCUM");
    CHECK(field(results.text, "OBX", 11) == "F");
    CHECK(field(results.text, "OBX", 14) == "20260101005200.000+0000");
    CHECK(field(results.text, "OBR", 7) == "20260101005200.000+0000");
    CHECK(results.text.find("OBX|2|NM|9279-1^^LN||19|") != std::string::npos);
}

TEST_CASE("words, corrections, orders and delimiters") {
    auto readings = two_stays();
    readings.rows = {reading(0, start, "vent_mode", "A|B^C\\D", "")};
    readings.rows[0].system = "VIGIL";
    readings.rows[0].status = "C";
    readings.rows[0].order_id = "F12";
    readings.rows[0].sub_id = "1";
    readings.rows[0].validity = "invalid";
    const auto replay = plan_replay(readings, start, {});
    auto const& text = replay.messages[1].text;
    CHECK(field(text, "OBX", 2) == "ST");
    CHECK(field(text, "OBX", 5) == "A\\F\\B\\S\\C\\E\\D");
    CHECK(field(text, "OBX", 4) == "1");
    CHECK(field(text, "OBX", 6).empty());
    CHECK(field(text, "OBX", 8) == "INV");
    CHECK(field(text, "OBX", 11) == "C");
    CHECK(field(text, "OBR", 3) == "F12");
}

TEST_CASE("what arrived late is sent late, under its own time") {
    auto readings = two_stays();
    const auto at = *parse_instant("2110-04-11T15:00:00Z");
    readings.rows = {reading(0, at, "777-3", "90", "10*9/L"), reading(0, at + minute, "8867-4", "70")};
    readings.rows[0].arrival_ms = at + 2 * hour;
    const auto replay = plan_replay(readings, start, {});
    REQUIRE(replay.messages.size() == 3);
    CHECK(replay.messages[2].at_ms == start + 2 * hour);
    CHECK(field(replay.messages[2].text, "OBX", 14) == "20260101000000.000+0000");
    CHECK(field(replay.messages[0].text, "PV1", 44) == "20260101000000.000+0000"); // opens at its first reading
}

TEST_CASE("more rows than a message holds are divided; the same file is the same messages") {
    auto readings = two_stays();
    readings.rows.clear();
    for (int i = 0; i < 450; ++i) readings.rows.push_back(reading(0, start, "8867-4", std::to_string(i)));
    const auto replay = plan_replay(readings, start, {});
    REQUIRE(replay.messages.size() == 4);
    CHECK(replay.messages[3].readings == 50);
    const auto again = plan_replay(readings, start, {});
    for (std::size_t i = 0; i < replay.messages.size(); ++i) CHECK(again.messages[i].text == replay.messages[i].text);
}

TEST_CASE("only the first encounters when so many are wanted, and beds as the adapter will name them") {
    const auto replay = plan_replay(two_stays(), start, 1);
    for (auto const& message : replay.messages) CHECK(message.encounter == 0);
    CHECK(replay_bed("31205490") == "replay/e31205490");
}
