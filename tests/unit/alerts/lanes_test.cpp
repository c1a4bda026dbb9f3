#include "core/alerts/lanes.hpp"
#include "shipped_rules.hpp"

#include <catch2/catch.hpp>

using namespace vigil;
using namespace vigil::alerts;
using model::EventTime;
using model::hours;
using model::minutes;

namespace {

constexpr EventTime t0{1'700'000'040'000 / 60'000 * 60'000};

// Points of resp coag liver cardio cns renal; -1: not measured.
Point point(std::int64_t minute_no, std::array<int, organ_count> points) {
    Point p;
    p.at = p.cause = t0 + minutes(minute_no);
    for (std::size_t i = 0; i < organ_count; ++i)
        if (points[i] >= 0)
            p.organs[i] = {static_cast<std::int8_t>(points[i]), static_cast<std::int8_t>(points[i]), true};
    p.oxygenation = p.refractory = {0, 0};
    return p;
}

Point gas(std::int64_t minute_no, std::int8_t enter, std::int8_t leave) {
    auto p = point(minute_no, {-1, -1, -1, -1, -1, -1});
    p.oxygenation = {enter, leave};
    p.gas = p.at;
    return p;
}

struct Walk {
    Course course;
    Rules rules = shipped::rules();
    // The lanes as of a minute, from these points, as if they were known all along.
    Lanes at(std::int64_t minute_no, std::vector<Point> points) {
        course = Course{};
        course.begun = true;
        course.base_at = t0 + minutes(-60);
        course.points = std::move(points);
        Followed f;
        f.whole = t0 + minutes(minute_no);
        f.again = f.begun = true;
        for (auto const& p : course.points)
            if (p.at <= f.whole) f.now.point = p;
        f.now.point.at = f.now.point.cause = f.whole;
        std::erase_if(course.points, [&](Point const& p) { return p.at > f.whole; });
        return settle(course, f, rules);
    }
};

Lane const& lane(Lanes const& lanes, LaneName name) { return lanes[static_cast<std::size_t>(name)]; }

} // namespace

TEST_CASE("a rise counts organs valued at both ends only", "[alerts]") {
    const std::vector<Point> points{point(0, {1, 0, -1, 0, -1, 0}), point(60, {1, 0, 4, 0, 3, 0})};
    CHECK(rise_to(points, point(70, {1, 0, 4, 0, 3, 0}), hours(24)).by == 0);
    const auto r = rise_to(points, point(80, {2, 1, 4, 0, -1, 0}), hours(24));
    CHECK(r.by == 2);
    CHECK(r.could == 2); // the brain became known with its 3 points: no rise, lost or not
    CHECK(r.organs == std::array<std::int32_t, organ_count>{1, 1, 0, 0, 0, 0});
    CHECK(r.before == 1);
    CHECK(r.after == 3);
}

TEST_CASE("a rise is taken from the lowest total of the day, and the day passes", "[alerts]") {
    const std::vector<Point> points{point(0, {0, 0, 0, 0, 0, 0}), point(60, {2, 0, 0, 0, 0, 0})};
    const auto now = [&](std::int64_t m) { return rise_to(points, point(m, {2, 0, 0, 0, 0, 0}), hours(24)).by; };
    CHECK(now(61) == 2);
    CHECK(now(60 + 24 * 60 - 1) == 2);
    CHECK(now(60 + 24 * 60) == 0); // the low value held until exactly 24 h ago: the left end is excluded
}

TEST_CASE("a rise of two begins an episode and its hysteresis keeps it", "[alerts]") {
    Walk w;
    const auto a = point(0, {0, 0, 0, 0, 0, 0});
    const auto b = point(30, {1, 0, 0, 1, 0, 0});
    const auto c = point(60, {1, 0, 0, 0, 0, 0});
    CHECK(lane(w.at(20, {a, b}), LaneName::sofa_rise).state == ConditionState::absent);
    CHECK(lane(w.at(31, {a, b}), LaneName::sofa_rise).level == 2);
    CHECK(lane(w.at(31, {a, b}), LaneName::sofa_rise).since == b.at);
    CHECK(lane(w.at(200, {a, b, c}), LaneName::sofa_rise).level == 2); // +1 is inside the hysteresis
    const auto d = point(90, {0, 0, 0, 0, 0, 0});
    CHECK(lane(w.at(149, {a, b, c, d}), LaneName::sofa_rise).state == ConditionState::present);
    CHECK(lane(w.at(150, {a, b, c, d}), LaneName::sofa_rise).state == ConditionState::absent);
}

TEST_CASE("a rise is unknown only while what was lost could still make it one", "[alerts]") {
    Walk w;
    const auto low = point(0, {0, 0, 0, 0, 0, 0});
    const auto high = point(30, {0, 0, 0, 0, 3, 0});
    CHECK(lane(w.at(400, {low, high, point(60, {0, 0, 0, 0, -1, 0})}), LaneName::sofa_rise).state ==
          ConditionState::unknown);
    const auto two = point(30, {0, 2, 0, 0, 1, 0});
    CHECK(lane(w.at(400, {low, two, point(60, {0, 0, 0, 0, -1, 0})}), LaneName::sofa_rise).state ==
          ConditionState::absent);
    CHECK(lane(w.at(400, {low, high, point(60, {-1, 0, 0, 0, 3, 0})}), LaneName::sofa_rise).state ==
          ConditionState::present);
}

TEST_CASE("one more point is worse", "[alerts]") {
    Walk w;
    const auto lanes =
        w.at(70, {point(0, {0, 0, 0, 0, 0, 0}), point(30, {2, 0, 0, 0, 0, 0}), point(60, {2, 0, 0, 1, 0, 0})});
    CHECK(lane(lanes, LaneName::sofa_rise).level == 3);
}

TEST_CASE("an organ that is not known any more neither recovers nor fails", "[alerts]") {
    Walk w;
    const auto failing = point(0, {-1, 3, -1, -1, -1, -1});
    const auto expired = point(60, {-1, -1, -1, -1, -1, -1});
    const auto well = point(120, {-1, 1, -1, -1, -1, -1});
    CHECK(lane(w.at(10, {failing}), LaneName::coag).state == ConditionState::present);
    CHECK(lane(w.at(600, {failing, expired}), LaneName::coag).state == ConditionState::unknown);
    CHECK(lane(w.at(600, {failing, expired, well}), LaneName::coag).state == ConditionState::absent);
    CHECK(lane(w.at(600, {expired}), LaneName::coag).state == ConditionState::absent);
}

TEST_CASE("bounds that lie apart decide only when both lie on one side", "[alerts]") {
    Walk w;
    auto p = point(0, {-1, -1, -1, -1, -1, -1});
    p.organs[0] = {2, 4, true}; // support unknown: capped at 2, or as bad as the ratio says
    CHECK(lane(w.at(10, {p}), LaneName::resp).state == ConditionState::absent);
    const auto failing = point(-10, {3, -1, -1, -1, -1, -1});
    CHECK(lane(w.at(600, {failing, p}), LaneName::resp).state == ConditionState::unknown); // nothing clears on unknown
    p.organs[0] = {0, 2, true};
    CHECK(lane(w.at(600, {failing, p}), LaneName::resp).state == ConditionState::absent);
}

TEST_CASE("a late point changes the course as if it had come in time", "[alerts]") {
    Walk w;
    const auto a = point(0, {0, 1, 0, 0, 0, 0});
    const auto b = point(30, {0, 3, 0, 0, 0, 0});
    const auto c = point(90, {0, 2, 0, 0, 0, 0});
    const auto in_order = w.at(100, {a, b, c});
    // Settled in two goes: first without b, then again.
    Walk v;
    (void)v.at(100, {a, c});
    v.course.points = {a, b, c};
    Followed f;
    f.whole = t0 + minutes(100);
    f.again = true;
    f.now.point = c;
    f.now.point.at = f.now.point.cause = f.whole;
    const auto late = settle(v.course, f, v.rules);
    for (std::size_t i = 0; i < lane_count; ++i) {
        CHECK(late[i].state == in_order[i].state);
        CHECK(late[i].level == in_order[i].level);
        CHECK(late[i].since == in_order[i].since);
    }
    CHECK(lane(late, LaneName::coag).state == ConditionState::present);
}

TEST_CASE("a second gas within six hours confirms, each level for itself", "[alerts]") {
    Walk w;
    const auto is_confirmed = [&](std::int64_t m, std::vector<Point> points) {
        const auto lanes = w.at(m, std::move(points));
        return confirmed(w.course, point(m, {-1, -1, -1, -1, -1, -1}), lane(lanes, LaneName::ards_oxygenation), false,
                         hours(6));
    };
    CHECK_FALSE(is_confirmed(10, {gas(0, 2, 2)}));
    CHECK(is_confirmed(100, {gas(0, 2, 2), gas(90, 2, 2)}));
    CHECK_FALSE(is_confirmed(500, {gas(0, 2, 2), gas(361, 2, 2)}));
    CHECK_FALSE(is_confirmed(200, {gas(0, 2, 2), gas(90, 2, 2), gas(180, 3, 3)})); // severe on its first gas
    CHECK(is_confirmed(300, {gas(0, 2, 2), gas(180, 3, 3), gas(240, 2, 3)}));      // within hysteresis of severe
    auto sustained = gas(0, 2, 2);
    sustained.at = sustained.at + minutes(20);
    sustained.surrogate = 2;
    CHECK(is_confirmed(30, {gas(0, 2, 2), sustained}));
}
