#include "tests/stories/bedside.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace vigil;

namespace {

constexpr std::int64_t start = 1'772'323'200'000;
constexpr std::int64_t minute = 60'000;

struct Laboratory {
    core::Rulebook rules = testing::shipped_rulebook();
    testing::Bedside bed{rules, {start}};

    Laboratory() { bed.census({start}, core::CensusKind::admit, "p1", "mrn", model::Location{"icu", "b1"}); }
    // So that scores are as of a minute ago, as at every monitored bed.
    void pressure(std::int64_t at) {
        testing::Told t;
        t.signal = model::Signal::map;
        t.value.kind = model::Value::Kind::number;
        t.value.number = {80, 0};
        t.unit = "mm[Hg]";
        t.time = {start + at * minute};
        bed.tell({start + at * minute}, "monitor", {"p1", {}, {}}, {t});
    }
    // Platelets, in minutes: when told, when drawn. What the scores that follow say of themselves.
    std::vector<bool> tell(std::int64_t told, std::int64_t drawn, std::int64_t value, std::string const& order,
                           model::Status status = model::Status::final) {
        pressure(told - 2);
        pressure(told - 1);
        testing::Told t;
        t.signal = model::Signal::plt;
        t.value.kind = model::Value::Kind::number;
        t.value.number = {value, 0};
        t.unit = "10*9/L";
        t.time = {start + drawn * minute};
        t.order = order;
        t.status = status;
        bed.tell({start + told * minute}, "laboratory", {"p1", {}, {}}, {t});
        std::vector<bool> out;
        for (auto const& effect : bed.last_effects())
            if (auto const* score = std::get_if<core::ScoreChanged>(&effect)) out.push_back(score->correction);
        return out;
    }
};

bool all(std::vector<bool> const& said, bool wanted) {
    return !said.empty() && std::all_of(said.begin(), said.end(), [wanted](bool b) { return b == wanted; });
}

} // namespace

TEST_CASE("a score is a correction when something was corrected, not for every result", "[stories]") {
    Laboratory lab;
    CHECK(all(lab.tell(60, 30, 120, "S1"), false)); // the first, half an hour after it was drawn like every result
    CHECK(all(lab.tell(180, 150, 90, "S2"), false));
    CHECK(all(lab.tell(200, 150, 40, "S2", model::Status::corrected), true));
    CHECK(all(lab.tell(240, 100, 15, "S3"), true)); // overtaken: late
    CHECK(all(lab.tell(300, 280, 130, "S4"), false));
    CHECK(all(lab.tell(310, 280, 130, "S4", model::Status::deleted), true));
}
