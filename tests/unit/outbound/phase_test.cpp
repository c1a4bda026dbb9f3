#include "alerts.hpp"

#include <catch2/catch.hpp>
#include <fstream>

using namespace vigil;
using namespace vigil::outbound;
using outbound_test::alert;

namespace {

std::vector<std::string> cells(std::string const& line) {
    std::vector<std::string> out;
    std::istringstream in(line);
    for (std::string cell; std::getline(in, cell, '\t');) out.push_back(cell);
    return out;
}

} // namespace

TEST_CASE("every change of an alert has its phase, its state and its inactivation state") {
    std::ifstream in("tests/unit/outbound/phases.tsv");
    std::size_t rows = 0;
    std::set<std::string> phases;
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line.front() == '#') continue;
        const auto row = cells(line);
        REQUIRE(row.size() == 6);
        CAPTURE(row[0]);
        const auto now = alert(row[2], 2);
        std::optional<v1::Alert> before;
        if (row[1] != "-") before = alert(row[1]);
        CHECK(name_of(phase_of(before ? &*before : nullptr, now)) == row[3]);
        CHECK(alarm_state(now) == row[4]);
        CHECK(inactivation_state(now) == row[5]);
        phases.insert(row[3]);
        ++rows;
    }
    CHECK(rows >= 25);
    CHECK(phases ==
          std::set<std::string>{"deescalate", "end", "escalate", "reset", "start", "update"}); // and `continue`
}

TEST_CASE("a destination is told what it asked for, and then everything of that alert") {
    const Filter high{v1::PRIORITY_HIGH, true, false, {"icu1"}};
    const auto first = [&high](std::string const& text) { return is_told(Kind::pcd04, high, nullptr, alert(text)); };
    CHECK(first("high present on"));
    CHECK_FALSE(first("medium present on"));
    CHECK_FALSE(first("high present on kind=technical"));
    CHECK_FALSE(first("high present on unit=icu2"));
    CHECK_FALSE(first("high absent closed"));
    const auto told = alert("high present on");
    for (auto const* later : {"low present on", "high present on unit=icu2", "low absent closed", "high unknown on",
                              "high present on inhibited=ecls", "high present shelved"}) {
        CAPTURE(later);
        CHECK(is_told(Kind::pcd04, high, &told, alert(later, 2)));
        CHECK(is_told(Kind::webhook, high, &told, alert(later, 2)));
    }
}

TEST_CASE("an alarm manager is not called for what a cause explains, a webhook is told") {
    for (auto const* text : {"high present on inhibited=standby", "high present shelved"}) {
        CAPTURE(text);
        CHECK_FALSE(is_told(Kind::pcd04, {}, nullptr, alert(text)));
        CHECK(is_told(Kind::webhook, {}, nullptr, alert(text)));
    }
}

TEST_CASE("a judgement after the end is no alarm") {
    const auto closed = alert("high absent closed");
    CHECK_FALSE(is_told(Kind::pcd04, {}, &closed, alert("high absent closed", 2)));
    CHECK(is_told(Kind::webhook, {}, &closed, alert("high absent closed", 2)));
}
