#include "core/alerts/settle.hpp"

#include <catch2/catch.hpp>

using namespace vigil;
using namespace vigil::alerts;
using model::EventTime;
using model::minutes;

namespace {

constexpr EventTime t0{1'700'000'000'000};
const Dwell at_once{};

EventTime at(std::int64_t m) { return t0 + minutes(m); }
void see(Lane& lane, Dwell dwell, Look look, std::int64_t m) { observe(lane, dwell, look, at(m), at(m)); }

} // namespace

TEST_CASE("a patient who arrives critical is critical with the first value", "[alerts]") {
    Lane lane;
    observe(lane, at_once, {4, 4}, at(1), at(0));
    CHECK(lane.state == ConditionState::present);
    CHECK(lane.level == 4);
    CHECK(lane.since == at(0));
}

TEST_CASE("a level is left only below its threshold for leaving", "[alerts]") {
    Lane lane;
    see(lane, at_once, {2, 3}, 0);
    CHECK(lane.level == 2);
    see(lane, at_once, {0, 2}, 1); // between the two thresholds
    CHECK(lane.level == 2);
    see(lane, at_once, {0, 1}, 2);
    CHECK(lane.level == 1);
    see(lane, at_once, {0, 0}, 3);
    CHECK(lane.state == ConditionState::absent);
    CHECK(lane.fell == at(3));
    see(lane, at_once, {0, 2}, 4); // the band between does not begin anything
    CHECK(lane.state == ConditionState::absent);
}

TEST_CASE("an end must last as long as the dwell says", "[alerts]") {
    const Dwell slow{{}, minutes(15)};
    Lane lane;
    see(lane, slow, {3, 3}, 0);
    see(lane, slow, {0, 0}, 10);
    CHECK(lane.state == ConditionState::present);
    see(lane, slow, {3, 3}, 20); // 10 minutes were not enough
    CHECK(lane.state == ConditionState::present);
    CHECK(lane.since == at(0));
    see(lane, slow, {0, 0}, 30);
    mature(lane, slow, at(44));
    CHECK(lane.state == ConditionState::present);
    mature(lane, slow, at(45));
    CHECK(lane.state == ConditionState::absent);
    CHECK(lane.fell == at(45));
}

TEST_CASE("a dwell that was over before the next look had its end", "[alerts]") {
    const Dwell slow{{}, minutes(15)};
    Lane lane;
    see(lane, slow, {3, 3}, 0);
    see(lane, slow, {0, 0}, 10);
    see(lane, slow, {3, 3}, 60); // nobody looked in between
    CHECK(lane.state == ConditionState::present);
    CHECK(lane.since == at(60));
    CHECK(lane.fell == at(25));
}

TEST_CASE("an onset must last as long as the dwell says, and is dated from its beginning", "[alerts]") {
    const Dwell slow{minutes(5), {}};
    Lane lane;
    see(lane, slow, {1, 1}, 0);
    CHECK(lane.state == ConditionState::absent);
    see(lane, slow, {0, 0}, 3);
    see(lane, slow, {1, 1}, 4);
    mature(lane, slow, at(8));
    CHECK(lane.state == ConditionState::absent);
    mature(lane, slow, at(9));
    CHECK(lane.state == ConditionState::present);
    CHECK(lane.since == at(4));
}

TEST_CASE("unknown neither ends an episode nor begins one", "[alerts]") {
    const Dwell slow{{}, minutes(15)};
    Lane lane;
    see(lane, slow, {}, 0);
    CHECK(lane.state == ConditionState::absent);
    see(lane, slow, {3, 3}, 1);
    see(lane, slow, {}, 2);
    CHECK(lane.state == ConditionState::unknown);
    CHECK(lane.level == 3);
    mature(lane, slow, at(600));
    CHECK(lane.state == ConditionState::unknown);
    see(lane, slow, {3, 3}, 601);
    CHECK(lane.state == ConditionState::present);
    CHECK(lane.since == at(1));
    see(lane, slow, {0, 0}, 602);
    see(lane, slow, {}, 603);
    mature(lane, slow, at(700)); // the end was seen for a minute only
    CHECK(lane.state == ConditionState::unknown);
}

TEST_CASE("worse counts at once, better after its dwell", "[alerts]") {
    const Dwell slow{{}, minutes(15)};
    Lane lane;
    see(lane, slow, {3, 3}, 0);
    see(lane, slow, {4, 4}, 1);
    CHECK(lane.level == 4);
    CHECK(lane.since == at(0));
    see(lane, slow, {3, 3}, 2);
    CHECK(lane.level == 4);
    mature(lane, slow, at(17));
    CHECK(lane.level == 3);
    CHECK(lane.state == ConditionState::present);
}
