// What people decide about alerts that stand, and what the clock makes of it.

#include "core/alerts/handling.hpp"
#include "core/alerts/passing.hpp"
#include "core/alerts/path.hpp"
#include "core/alerts/revise.hpp"
#include "shipped_rules.hpp"

#include <catch2/catch.hpp>

using namespace vigil;
using namespace vigil::alerts;
using model::LogTime;

namespace {

constexpr std::int64_t begin = 1'700'000'000'000;

struct Bed {
    Rules rules = shipped::rules();
    Standing standing;
    LogTime at{begin};
    std::vector<Alert> changed;

    Bed() { rules.handling.audiences = {"bedside", "coordinator", "physician"}; }

    // The rise of SOFA at this level; 0: it is over.
    Alert see(std::int32_t level) {
        Condition c;
        c.rule = &rules.sofa_rise.rule;
        c.token = "sofa_rise";
        c.state = level > 0 ? ConditionState::present : ConditionState::absent;
        c.level = level;
        c.since = {begin};
        std::vector<Condition> conditions{c};
        changed.clear();
        revise(conditions, {"demo", "enc1", {7}, {3}, at, false, false}, rules, standing, changed);
        pass_time(standing, rules, at, changed);
        return changed.empty() ? Alert{} : changed.back();
    }
    Alert pass(model::Duration time) {
        at = at + time;
        changed.clear();
        if (is_due(standing, at)) pass_time(standing, rules, at, changed);
        return changed.empty() ? Alert{} : changed.back();
    }
    Alert const& now() const { return standing.alerts.front(); }
    Decision decision(model::Duration lasting, std::string reason = "ordered") const {
        return {"anna", std::move(reason), at, at + lasting};
    }
    std::string_view pause(model::Duration lasting) {
        changed.clear();
        return alerts::pause(standing, rules, now().id, now().revision, decision(lasting), changed);
    }
    std::string_view shelve(model::Duration lasting) {
        changed.clear();
        return alerts::shelve(standing, rules, "sofa_rise", decision(lasting), changed);
    }
    void acknowledge() {
        REQUIRE(alerts::acknowledge(standing, rules, now().id, now().revision, "berta", at, changed) ==
                AckAnswer::done);
    }
};

} // namespace

TEST_CASE("a pause names who, why and until when, and is over to the second", "[alerts]") {
    Bed bed;
    bed.see(2);
    REQUIRE(bed.pause(model::minutes(30)).empty());
    CHECK(bed.now().signal == SignalState::paused);
    CHECK(bed.now().paused->by == "anna");
    CHECK(bed.now().paused->reason == "ordered");
    CHECK(bed.standing.deadline == bed.at + model::minutes(30));
    CHECK(bed.pass(model::minutes(30) - model::seconds(1)).revision == 0);
    const auto over = bed.pass(model::seconds(1));
    CHECK(over.notify == Notify::resumed);
    CHECK(over.signal == SignalState::on);
    CHECK_FALSE(over.paused);
}

TEST_CASE("what is wrong with a pause is said, and nothing is changed by it", "[alerts]") {
    Bed bed;
    bed.see(2);
    const auto before = bed.now().revision;
    CHECK(bed.pause(model::hours(3)) == "beyond_maximum");
    CHECK(bed.pause({}) == "until_past");
    CHECK(bed.pause(model::seconds(-1)) == "until_past");
    auto& s = bed.standing;
    CHECK(pause(s, bed.rules, "none", 1, bed.decision(model::minutes(1)), bed.changed) == "unknown_alert");
    CHECK(pause(s, bed.rules, bed.now().id, before + 1, bed.decision(model::minutes(1)), bed.changed) ==
          "stale_revision");
    CHECK(pause(s, bed.rules, bed.now().id, before, bed.decision(model::minutes(1), ""), bed.changed) ==
          "reason_missing");
    CHECK(pause(s, bed.rules, bed.now().id, before, {"anna", "why", bed.at, {}}, bed.changed) == "until_missing");
    CHECK(end_pause(s, bed.rules, bed.now().id, before, bed.at, bed.changed) == "not_paused");
    CHECK(bed.changed.empty());
    CHECK(bed.now().revision == before);
    bed.acknowledge();
    CHECK(bed.pause(model::minutes(1)) == "not_sounding");
}

TEST_CASE("a high alert is paused no longer than the site allows for those", "[alerts]") {
    Bed bed;
    bed.see(4);
    REQUIRE(bed.now().priority == Priority::high);
    CHECK(bed.pause(bed.rules.handling.pause_high_at_most + model::Duration{1}) == "beyond_maximum");
    CHECK(bed.pause(bed.rules.handling.pause_high_at_most).empty());
}

TEST_CASE("worse voids a pause and a shelving; better does not", "[alerts]") {
    Bed bed;
    bed.see(3);
    const bool shelved = GENERATE(false, true);
    REQUIRE((shelved ? bed.shelve(model::hours(1)) : bed.pause(model::hours(1))).empty());
    const auto better = bed.see(2);
    CHECK(better.notify == Notify::improved);
    CHECK(better.signal == (shelved ? SignalState::shelved : SignalState::paused));
    const auto worse = bed.see(4);
    CHECK(worse.notify == Notify::worsened);
    CHECK(worse.signal == SignalState::on);
    CHECK_FALSE(worse.paused);
    CHECK_FALSE(worse.shelved);
    CHECK(bed.pass(model::hours(1)).notify != Notify::resumed);
}

TEST_CASE("a shelf waits for an onset, and covers no more than was seen", "[alerts]") {
    Bed bed;
    REQUIRE(bed.shelve(model::hours(1)).empty());
    CHECK(bed.changed.empty());
    const auto onset = bed.see(2);
    CHECK(onset.signal == SignalState::shelved);
    CHECK(onset.notify == Notify::shelved);
    CHECK(onset.announced == 0);
    CHECK(onset.shelved->by == "anna");
    const auto called = bed.pass(model::hours(1));
    CHECK(called.notify == Notify::resumed);
    CHECK(called.announced == 2);

    Bed other;
    REQUIRE(other.shelve(model::hours(1)).empty());
    CHECK(other.see(3).notify == Notify::first); // more than the least level, which is all that could be meant
}

TEST_CASE("a pause that ends under a shelf ends in the shelf", "[alerts]") {
    Bed bed;
    bed.see(2);
    REQUIRE(bed.pause(model::minutes(10)).empty());
    REQUIRE(bed.shelve(model::hours(1)).empty());
    CHECK(bed.now().signal == SignalState::paused);
    const auto over = bed.pass(model::minutes(10));
    CHECK(over.signal == SignalState::shelved);
    CHECK(over.notify == Notify::shelved);
}

TEST_CASE("nobody acknowledges: the next is called, in their order, and then nobody more", "[alerts]") {
    Bed bed;
    const auto first = bed.see(4);
    CHECK(first.audience == "bedside");
    CHECK(first.waiting == bed.at);
    const auto after = bed.rules.handling.escalate_high;
    CHECK(bed.pass(after - model::seconds(1)).revision == 0);
    const auto second = bed.pass(model::seconds(1));
    CHECK(second.notify == Notify::escalated);
    CHECK(second.audience == "coordinator");
    CHECK(second.escalation == 1);
    CHECK(bed.pass(after).audience == "physician");
    CHECK(bed.pass(model::hours(5)).revision == 0);
    CHECK(bed.standing.deadline == never);
}

TEST_CASE("who has it, is paused, shelved or explained is not handed on", "[alerts]") {
    Bed bed;
    bed.see(4);
    switch (GENERATE(0, 1, 2, 3)) {
    case 0: bed.acknowledge(); break;
    case 1: REQUIRE(bed.pause(model::minutes(10)).empty()); break;
    case 2: REQUIRE(bed.shelve(model::hours(1)).empty()); break;
    default: bed.rules.handling.audiences = {"bedside"};
    }
    CHECK(bed.pass(bed.rules.handling.escalate_high).revision == 0);
    CHECK(bed.now().escalation == 0);
}

TEST_CASE("what got worse after somebody had it calls from the first on again", "[alerts]") {
    Bed bed;
    bed.see(2);
    CHECK(bed.pass(bed.rules.handling.escalate_medium).audience == "coordinator");
    bed.acknowledge();
    CHECK(bed.now().audience == "coordinator"); // who was called last stays on it
    const auto worse = bed.see(4);
    CHECK(worse.audience == "bedside");
    CHECK(worse.escalation == 0);
    CHECK(worse.waiting == bed.at);
}

TEST_CASE("a level says for itself when it is handed on", "[alerts]") {
    Bed bed;
    bed.rules.sofa_rise.rule.levels.front().escalate_after = model::minutes(1);
    bed.see(2);
    CHECK(bed.pass(model::minutes(1)).notify == Notify::escalated);
    bed.rules.sofa_rise.rule.levels.front().escalate_after = model::Duration{};
    CHECK(bed.pass(model::hours(9)).revision == 0);
}

TEST_CASE("what comes back within the re-arm time is counted, and called for all the same", "[alerts]") {
    Bed bed;
    bed.see(2);
    bed.acknowledge();
    CHECK(bed.see(0).closing == Closing::recovered);
    bed.at = bed.at + bed.rules.sofa_rise.rule.rearm;
    const auto back = bed.see(2);
    CHECK(back.notify == Notify::first);
    CHECK(back.onsets == 2);
    bed.acknowledge();
    bed.see(0);
    bed.at = bed.at + bed.rules.sofa_rise.rule.rearm + model::Duration{1};
    CHECK(bed.see(2).onsets == 1);
}

TEST_CASE("what comes back while nobody has seen that it was over is counted too", "[alerts]") {
    Bed bed;
    CHECK(bed.see(4).priority == Priority::high);
    bed.at = bed.at + model::hours(1);
    CHECK(bed.see(0).signal == SignalState::latched);
    bed.at = bed.at + bed.rules.sofa_rise.rule.rearm;
    auto back = bed.see(4);
    CHECK(back.notify == Notify::recurred);
    CHECK(back.onsets == 2);
    bed.see(0);
    bed.at = bed.at + bed.rules.sofa_rise.rule.rearm + model::Duration{1};
    back = bed.see(4);
    CHECK(back.notify == Notify::recurred);
    CHECK(back.onsets == 2); // that long after it is another illness
    bed.see(0);
    // Over since then, and not since somebody came by.
    bed.at = bed.at + model::hours(3);
    bed.acknowledge();
    bed.at = bed.at + model::minutes(1);
    CHECK(bed.see(4).onsets == 1);
}

TEST_CASE("feedback is one a person, and reaches an alert that was closed lately", "[alerts]") {
    Bed bed;
    const auto id = bed.see(2).id;
    const auto say = [&](Judgement j, std::string by) {
        bed.changed.clear();
        return judge(bed.standing, bed.rules, id, {j, std::move(by), bed.at}, bed.changed);
    };
    REQUIRE(say(Judgement::useful, "anna").empty());
    REQUIRE(say(Judgement::artefact, "berta").empty());
    REQUIRE(say(Judgement::not_useful, "anna").empty());
    REQUIRE(bed.now().feedback.size() == 2);
    CHECK(bed.now().feedback.back().judgement == Judgement::not_useful);
    CHECK(bed.now().signal == SignalState::on);
    bed.acknowledge();
    const auto closed = bed.see(0);
    REQUIRE(say(Judgement::useful, "carl").empty());
    REQUIRE(bed.changed.size() == 1);
    CHECK(bed.changed.front().signal == SignalState::closed);
    CHECK(bed.changed.front().revision == closed.revision + 1);
    CHECK(bed.changed.front().feedback.size() == 3);
    CHECK(judge(bed.standing, bed.rules, "none", {Judgement::useful, "anna", bed.at}, bed.changed) == "unknown_alert");
}

TEST_CASE("what was decided for an encounter ends with it", "[alerts]") {
    Bed bed;
    bed.see(2);
    REQUIRE(bed.shelve(model::hours(1)).empty());
    REQUIRE(begin_standby(bed.standing, bed.rules, bed.decision(model::hours(1))).empty());
    REQUIRE(limit_care(bed.standing, bed.rules, {{}, bed.decision(model::hours(1))}).empty());
    close_all(bed.standing, Closing::discharged, bed.at, bed.changed);
    CHECK(bed.standing.shelves.empty());
    CHECK_FALSE(bed.standing.standby);
    CHECK_FALSE(bed.standing.care_limits);
    CHECK(bed.standing.deadline == never);
}

TEST_CASE("standby and care limits need a reason; standby an end, care limits rules about the patient", "[alerts]") {
    Bed bed;
    auto& s = bed.standing;
    CHECK(begin_standby(s, bed.rules, bed.decision(model::hours(9))) == "beyond_maximum");
    CHECK(begin_standby(s, bed.rules, bed.decision(model::hours(1), "")) == "reason_missing");
    CHECK(end_standby(s) == "no_standby");
    CHECK(limit_care(s, bed.rules, {{}, bed.decision({}, "")}) == "reason_missing");
    CHECK(limit_care(s, bed.rules, {{"device_silent"}, bed.decision({})}) == "unknown_rule");
    CHECK(limit_care(s, bed.rules, {{"organ_spleen"}, bed.decision({})}) == "unknown_rule");
    CHECK(lift_care_limits(s) == "no_care_limits");
    CHECK(limit_care(s, bed.rules, {{"organ_renal", "extreme_k"}, bed.decision({})}).empty());
    CHECK(lift_care_limits(s).empty());
}

TEST_CASE("what got worse before anybody had it is given its own time", "[alerts]") {
    Bed bed;
    bed.see(2);
    bed.pass(model::minutes(20));
    const auto worse = bed.see(4);
    CHECK(worse.notify == Notify::worsened);
    CHECK(worse.audience == "bedside");
    CHECK(bed.pass(bed.rules.handling.escalate_high - model::seconds(1)).revision == 0);
    CHECK(bed.pass(model::seconds(1)).audience == "coordinator");
}
