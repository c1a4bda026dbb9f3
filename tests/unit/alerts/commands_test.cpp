#include "core/alerts/path.hpp"
#include "core/model/canonical.hpp"

#include <catch2/catch.hpp>

using namespace vigil;
using namespace vigil::alerts;

namespace {

constexpr model::LogTime now{1'700'000'000'000};

Standing two_alerts() {
    Standing s;
    for (const auto* rule : {"sofa_rise", "organ_coag"}) {
        Alert a;
        a.id = rule;
        a.rule = rule;
        a.revision = 4;
        a.condition = ConditionState::present;
        a.bed = {1};
        s.alerts.push_back(a);
    }
    return s;
}

} // namespace

TEST_CASE("a discharge closes every alert with its reason", "[alerts]") {
    auto s = two_alerts();
    std::vector<Alert> changed;
    close_all(s, Closing::discharged, now, changed);
    REQUIRE(changed.size() == 2);
    for (auto const& a : changed) {
        CHECK(a.signal == SignalState::closed);
        CHECK(a.closing == Closing::discharged);
        CHECK(a.notify == Notify::cleared);
        CHECK(a.revision == 5);
        CHECK(a.condition == ConditionState::present); // closed is not recovered
    }
    CHECK(s.alerts.empty());
    CHECK_FALSE(is_due(s, now + model::hours(1000)));
}

TEST_CASE("a transfer says moved on the old bed and everything on the new one", "[alerts]") {
    auto s = two_alerts();
    std::vector<Alert> changed;
    move_all(s, {2}, now, changed);
    REQUIRE(changed.size() == 4);
    CHECK(changed[0].bed.value == 1);
    CHECK(changed[0].notify == Notify::moved);
    CHECK(changed[0].moved_to.value == 2);
    CHECK(changed[0].revision == 5);
    CHECK(changed[1].bed.value == 2);
    CHECK(changed[1].moved_to.value == 0);
    CHECK(changed[1].revision == 6);
    CHECK(changed[1].id == changed[0].id);
    changed.clear();
    move_all(s, {2}, now, changed); // told twice, moved once
    CHECK(changed.empty());
}

TEST_CASE("a standing survives its encoding", "[alerts]") {
    auto s = two_alerts();
    s.course.begun = true;
    s.course.points.emplace_back().at = {60'000};
    s.course.base[2].below = model::EventTime{5};
    s.untold.push_back({"sofa_rise", 3, {}});
    s.stepped_at = now;
    const auto bytes = core::encode(s);
    const auto again = core::decode<Standing>(bytes);
    REQUIRE(again);
    CHECK(core::encode(*again) == bytes);
}
