// The delivered rules on the simulated ward, seed 7, 17 beds, 72 hours: no scripted deterioration is missed, what is
// scripted to be quiet is quiet, and what it asks of people is the golden table beside this file. VIGIL_WRITE_GOLDEN=1
// writes the table anew: read the difference before it is committed. VIGIL_WARD_SEEDS="8 9" holds further seeds against
// their scripts.

#include "cli/burden.hpp"
#include "tests/stories/bedside.hpp"
#include "tests/system/burden/seen.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace vigil;
using namespace vigil::testing;
using model::LogTime;

namespace {

constexpr std::int64_t start = 1'767'592'800'000; // 2026-01-05T06:00:00Z
constexpr double three_days = 72;

struct Outcome {
    RaisedOnTheWard raised;
    std::vector<Seen> seen;
    std::string missed;
};

Outcome outcome_of(core::Rulebook const& rules, simulator::WardSetting const& setting, double hours) {
    Outcome out{play_ward(rules, setting, hours), {}, {}};
    out.seen = hold_against(simulator::scripted(setting), out.raised, LogTime{setting.start + simulator::hours(hours)});
    out.missed = missed(out.seen, LogTime{setting.start});
    return out;
}

simulator::WardSetting ward_of(std::uint64_t seed, int beds) { return {.seed = seed, .beds = beds, .start = start}; }

std::string text_of(std::string const& path) {
    std::ifstream in{path};
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

} // namespace

TEST_CASE("seed 7: nothing scripted is missed, and the burden is the golden table") {
    const auto ward = outcome_of(shipped_rulebook_with_card(), ward_of(7, simulator::kBedStories), three_days);
    const auto table = shown(ward.seen, LogTime{start}) + "\n" + cli::shown(cli::burden_of(ward.raised.trial));
    const auto file = std::string{std::getenv("VIGIL_ROOT")} + "/tests/system/burden/ward.golden.txt";
    if (std::getenv("VIGIL_WRITE_GOLDEN") != nullptr) std::ofstream{file} << table;
    CHECK(ward.missed.empty());
    INFO(ward.missed << '\n' << table);
    CHECK(ward.raised.refused.empty());
    CHECK(table == text_of(file));
}

TEST_CASE("a broken set of rules misses something") {
    // Three beds and 26 hours hold a deterioration for each of these.
    const auto a_day = [](std::string_view broken, auto&& breaks) {
        auto rules = shipped_rulebook_with_card();
        if (!broken.empty()) breaks(const_cast<alerts::Rule&>(*alerts::find_rule(rules.rules, broken)));
        return outcome_of(rules, ward_of(7, 3), 26);
    };
    const auto nothing = [](alerts::Rule&) {};
    const auto sound = a_day({}, nothing);
    REQUIRE(sound.missed.empty());
    for (std::string const rule : {"sofa_rise", "organ_cardio", "organ_resp", "ards_oxygenation"}) {
        CAPTURE(rule);
        const auto concerned = std::count_if(sound.seen.begin(), sound.seen.end(),
                                             [&](Seen const& s) { return s.scripted.expected.rules == rule; });
        REQUIRE(concerned > 0);
        const auto off = a_day(rule, [](alerts::Rule& r) { r.enabled = false; });
        CHECK(std::count(off.missed.begin(), off.missed.end(), '\n') == concerned);
        CHECK(off.missed.find(rule) != std::string::npos);
    }
    // On, and too slow.
    CHECK_FALSE(a_day("organ_cardio", [](alerts::Rule& r) { r.dwell_in = model::hours(4); }).missed.empty());
}

TEST_CASE("further seeds miss nothing") {
    std::istringstream seeds{std::getenv("VIGIL_WARD_SEEDS") == nullptr ? "" : std::getenv("VIGIL_WARD_SEEDS")};
    for (std::uint64_t seed = 0; seeds >> seed;) {
        CAPTURE(seed);
        const auto ward = outcome_of(shipped_rulebook_with_card(), ward_of(seed, simulator::kBedStories), three_days);
        INFO(ward.missed);
        CHECK(ward.missed.empty());
    }
}
