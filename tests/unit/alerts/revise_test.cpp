#include "core/alerts/path.hpp"
#include "core/alerts/revise.hpp"
#include "core/alerts/suppress.hpp"
#include "shipped_rules.hpp"

#include <catch2/catch.hpp>

using namespace vigil;
using namespace vigil::alerts;
using model::EventTime;
using model::LogTime;

namespace {

constexpr EventTime onset{1'700'000'000'000};

struct Bed {
    Rules rules = shipped::rules();
    Standing standing;
    std::int64_t second = 0;
    bool late_only = false;
    bool amended = false; // something was corrected

    Condition rise(std::int32_t level) {
        Condition c;
        c.rule = &rules.sofa_rise.rule;
        c.token = "sofa_rise";
        c.state = level > 0 ? ConditionState::present : ConditionState::absent;
        c.level = level;
        c.since = onset;
        c.figures = {0, level, level, level, 0, 0, 0, 0, 0};
        return c;
    }
    Condition lost(Condition c) {
        c.state = ConditionState::unknown;
        return c;
    }
    std::vector<Alert> see(Condition c) {
        std::vector<Condition> conditions{std::move(c)};
        std::vector<Alert> changed;
        ++second;
        revise(conditions, {"demo", "enc1", {7}, {3}, at(), late_only, amended}, rules, standing, changed);
        return changed;
    }
    LogTime at() const { return LogTime{onset.ms} + model::seconds(second); }
    std::vector<Alert> acknowledge(Alert const& a) {
        std::vector<Alert> changed;
        REQUIRE(alerts::acknowledge(standing, rules, a.id, a.revision, "nurse", at(), changed) == AckAnswer::done);
        return changed;
    }
};

Alert only(std::vector<Alert> const& changed) {
    REQUIRE(changed.size() == 1);
    return changed.front();
}

} // namespace

TEST_CASE("the first revision names who, what, since when and how urgent", "[alerts]") {
    Bed bed;
    const auto a = only(bed.see(bed.rise(2)));
    CHECK(a.revision == 1);
    CHECK(a.notify == Notify::first);
    CHECK(a.priority == Priority::medium);
    CHECK(a.true_since == onset);
    CHECK(a.known_at == bed.at());
    CHECK(a.shown_at == bed.at());
    CHECK(a.encounter.value == 7);
    CHECK(a.bed.value == 3);
    CHECK(a.id.size() == 16);
    CHECK(bed.see(bed.rise(2)).empty()); // nothing new, nothing told
}

TEST_CASE("identity is subject, rule and onset; severity is an attribute", "[alerts]") {
    Bed a, b;
    const auto one = only(a.see(a.rise(2)));
    auto worse = b.rise(5);
    const auto two = only(b.see(worse));
    CHECK(one.id == two.id);
    Bed c;
    auto later = c.rise(2);
    later.since = onset + model::minutes(1);
    CHECK(only(c.see(later)).id != one.id);
}

TEST_CASE("worsening voids the acknowledgement, improving does not", "[alerts]") {
    Bed bed;
    const auto first = only(bed.see(bed.rise(2)));
    const auto acknowledged = only(bed.acknowledge(first));
    CHECK(acknowledged.signal == SignalState::acknowledged);
    CHECK(acknowledged.acknowledged_by == "nurse");
    const auto worse = only(bed.see(bed.rise(3)));
    CHECK(worse.notify == Notify::worsened);
    CHECK(worse.signal == SignalState::on);
    CHECK(worse.acknowledged_by.empty());
    CHECK_FALSE(worse.acknowledged_at);
    CHECK(worse.id == first.id);
    (void)only(bed.acknowledge(worse));
    const auto better = only(bed.see(bed.rise(2)));
    CHECK(better.notify == Notify::improved);
    CHECK(better.signal == SignalState::acknowledged);
    CHECK(better.acknowledged_by == "nurse");
    CHECK(better.highest == 3);
}

TEST_CASE("an acknowledgement names the revision seen", "[alerts]") {
    Bed bed;
    const auto first = only(bed.see(bed.rise(2)));
    (void)only(bed.see(bed.rise(4)));
    std::vector<Alert> changed;
    CHECK(acknowledge(bed.standing, bed.rules, first.id, first.revision, "nurse", bed.at(), changed) ==
          AckAnswer::stale_revision);
    CHECK(acknowledge(bed.standing, bed.rules, "0000000000000000", 1, "nurse", bed.at(), changed) ==
          AckAnswer::unknown_alert);
    CHECK(changed.empty());
    CHECK(acknowledge(bed.standing, bed.rules, first.id, 2, "nurse", bed.at(), changed) == AckAnswer::done);
    CHECK(acknowledge(bed.standing, bed.rules, first.id, 3, "nurse", bed.at(), changed) == AckAnswer::already);
    CHECK(changed.size() == 1);
}

TEST_CASE("loss of data never ends an alert", "[alerts]") {
    Bed bed;
    const auto first = only(bed.see(bed.rise(2)));
    const auto lost = only(bed.see(bed.lost(bed.rise(2))));
    CHECK(lost.notify == Notify::unknown);
    CHECK(lost.condition == ConditionState::unknown);
    CHECK(lost.signal == SignalState::on);
    CHECK(bed.see(bed.lost(bed.rise(2))).empty());
    const auto back = only(bed.see(bed.rise(2)));
    CHECK(back.condition == ConditionState::present);
    CHECK(back.id == first.id);
}

TEST_CASE("a high alert stays until somebody has seen it", "[alerts]") {
    Bed bed;
    bed.rules.sofa_rise.rule.latch = false;
    const auto first = only(bed.see(bed.rise(4)));
    CHECK(first.priority == Priority::high);
    const auto over = only(bed.see(bed.rise(0)));
    CHECK(over.notify == Notify::latched);
    CHECK(over.condition == ConditionState::absent);
    const auto again = only(bed.see(bed.rise(4)));
    CHECK(again.notify == Notify::recurred);
    CHECK(again.id == first.id);
    const auto over2 = only(bed.see(bed.rise(0)));
    const auto seen = only(bed.acknowledge(over2));
    CHECK(seen.signal == SignalState::closed);
    CHECK(seen.closing == Closing::recovered);
    CHECK(bed.standing.alerts.empty());
}

TEST_CASE("what was high once latches although it got better before it ended", "[alerts]") {
    Bed bed;
    bed.rules.sofa_rise.rule.latch = false;
    (void)only(bed.see(bed.rise(4)));
    (void)only(bed.see(bed.rise(2)));
    CHECK(only(bed.see(bed.rise(0))).notify == Notify::latched);
}

TEST_CASE("a low alert ends with its condition", "[alerts]") {
    Bed bed;
    bed.rules.sofa_rise.rule.latch = false;
    (void)only(bed.see(bed.rise(2)));
    const auto over = only(bed.see(bed.rise(0)));
    CHECK(over.notify == Notify::cleared);
    CHECK(over.signal == SignalState::closed);
    CHECK(over.closing == Closing::recovered);
    // The same onset true again: the same alert, its revisions go on.
    const auto again = only(bed.see(bed.rise(2)));
    CHECK(again.id == over.id);
    CHECK(again.revision == over.revision + 1);
}

TEST_CASE("a correction ends an alert as a correction", "[alerts]") {
    Bed bed;
    bed.rules.sofa_rise.rule.latch = false;
    (void)only(bed.see(bed.rise(2)));
    auto corrected = bed.rise(0);
    corrected.corrected = true;
    bed.amended = true;
    CHECK(only(bed.see(corrected)).closing == Closing::corrected);
}

TEST_CASE("an inhibited alert is shown and not announced, until the cause is gone", "[alerts]") {
    Bed bed;
    auto c = bed.rise(2);
    c.inhibited_by = "ecls";
    const auto shown = only(bed.see(c));
    CHECK(shown.notify == Notify::updated);
    CHECK(shown.inhibited_by == "ecls");
    CHECK(shown.signal == SignalState::on);
    CHECK(bed.see(c).empty());
    CHECK(only(bed.see(bed.rise(2))).notify == Notify::first);
    auto worse = bed.rise(4);
    worse.inhibited_by = "ecls";
    CHECK(only(bed.see(worse)).notify == Notify::updated);
    CHECK(only(bed.see(bed.rise(4))).notify == Notify::worsened);
}

TEST_CASE("late results raise nothing until it gets worse", "[alerts]") {
    Bed bed;
    bed.late_only = true;
    CHECK(bed.see(bed.rise(2)).empty());
    bed.late_only = false;
    CHECK(bed.see(bed.rise(2)).empty());
    const auto worse = only(bed.see(bed.rise(3)));
    CHECK(worse.notify == Notify::first);
    CHECK(worse.level == 3);
    // An alert that stands is not made worse by history either.
    bed.late_only = true;
    for (auto const& a : bed.see(bed.rise(5))) CHECK_FALSE(a.notify == Notify::worsened);
    bed.late_only = false;
    for (auto const& a : bed.see(bed.rise(5))) CHECK_FALSE(a.notify == Notify::worsened);
    CHECK(only(bed.see(bed.rise(6))).notify == Notify::worsened);
}

TEST_CASE("what late results made true is told when a newer reading says so too", "[alerts]") {
    Bed bed;
    auto c = bed.rise(2);
    c.evidence.emplace_back().time = onset;
    bed.late_only = true;
    CHECK(bed.see(c).empty());
    bed.late_only = false;
    CHECK(bed.see(c).empty());
    c.evidence.front().time = onset + model::minutes(30);
    CHECK(only(bed.see(c)).notify == Notify::first);
}

TEST_CASE("after it was over, what late results had hidden is new again", "[alerts]") {
    Bed bed;
    bed.late_only = true;
    CHECK(bed.see(bed.rise(2)).empty());
    bed.late_only = false;
    CHECK(bed.see(bed.rise(0)).empty());
    CHECK(only(bed.see(bed.rise(2))).notify == Notify::first);
}

TEST_CASE("a rule that is gone or switched off takes its alerts along", "[alerts]") {
    Bed bed;
    (void)only(bed.see(bed.rise(2)));
    bed.rules.sofa_rise.rule.enabled = false;
    CHECK(only(bed.see(bed.rise(2))).closing == Closing::rule_removed);
    CHECK(bed.standing.alerts.empty());
}

TEST_CASE("what another rulebook ranks anew is shown so at once", "[alerts]") {
    Bed bed;
    const auto first = only(bed.see(bed.rise(2)));
    REQUIRE(first.priority == Priority::medium);
    bed.rules.sofa_rise.rule.levels.front().priority = Priority::low;
    const auto ranked = only(bed.see(bed.rise(2)));
    CHECK(ranked.priority == Priority::low);
    CHECK(ranked.notify == Notify::updated);
    CHECK(bed.see(bed.rise(2)).empty());
}

TEST_CASE("a condition that is not judged leaves what stands", "[alerts]") {
    Bed bed;
    (void)only(bed.see(bed.rise(2)));
    auto held = bed.rise(0);
    held.held = true;
    CHECK(bed.see(held).empty());
    CHECK(bed.standing.alerts.size() == 1);
}

TEST_CASE("what was shown is not taken back because the last minutes were read again", "[alerts]") {
    Bed bed;
    bed.rules.sofa_rise.rule.latch = false;
    bed.rules.sofa_rise.rule.dwell_out = model::minutes(15);
    (void)only(bed.see(bed.rise(2)));
    const auto worse = only(bed.see(bed.rise(3)));
    auto never_three = bed.rise(2);
    never_three.corrected = true;
    bed.standing.due = never;
    CHECK(bed.see(never_three).empty());
    CHECK(bed.standing.due == worse.revised_at + model::minutes(15));
    auto absent = bed.rise(0);
    absent.corrected = true;
    CHECK(bed.see(absent).empty());
    CHECK(bed.standing.alerts.front().level == 3);
    CHECK(bed.see(bed.rise(3)).empty()); // and there it is again: the dwell begins anew
    bed.second += 14 * 60;
    CHECK(bed.see(absent).empty());
    bed.second += 60;
    const auto over = only(bed.see(absent));
    CHECK(over.notify == Notify::cleared);
    CHECK(over.closing == Closing::recovered); // nobody corrected anything
}

TEST_CASE("what stands only for its dwell keeps the cause that explains it, and calls nobody", "[alerts]") {
    Bed bed;
    bed.rules.sofa_rise.rule.latch = false;
    bed.rules.sofa_rise.rule.dwell_out = model::minutes(15);
    auto limited = bed.rise(3);
    limited.inhibited_by = care_limits;
    limited.excused = Decision{"physician", "family meeting", bed.at(), {}};
    CHECK(only(bed.see(limited)).notify == Notify::updated);
    auto absent = bed.rise(0); // by minutes read again; nobody explains what is not there
    absent.corrected = true;
    bed.second += 120;
    CHECK(bed.see(absent).empty());
    CHECK(bed.standing.alerts.front().inhibited_by == care_limits);
    CHECK(bed.standing.alerts.front().excused);
    CHECK(bed.see(limited).empty());
}

TEST_CASE("a correction does not wait for the dwell", "[alerts]") {
    Bed bed;
    bed.rules.sofa_rise.rule.dwell_out = model::minutes(15);
    (void)only(bed.see(bed.rise(2)));
    (void)only(bed.see(bed.rise(3)));
    auto never_three = bed.rise(2);
    never_three.corrected = true;
    bed.amended = true;
    CHECK(only(bed.see(never_three)).level == 2);
}

TEST_CASE("only what the sentence says is worth a revision", "[alerts]") {
    Bed bed;
    auto c = bed.rise(2);
    c.figures.insert(c.figures.end(), {1'000, 2'000, 0, -1, -1, -1, -1, -1});
    (void)only(bed.see(c));
    c.figures[9] = 500; // the rise began elsewhere, by the same points
    CHECK(bed.see(c).empty());
    c.figures[0] = 1;
    CHECK(only(bed.see(c)).notify == Notify::updated);
}
