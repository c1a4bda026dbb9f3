#include "core/alerts/evaluate.hpp"
#include "core/scores/registry.hpp"
#include "shipped_rules.hpp"

#include <catch2/catch.hpp>

using namespace vigil;
using namespace vigil::alerts;
using model::EventTime;
using model::hours;
using model::Signal;

namespace {

constexpr EventTime now{1'700'000'000'000};

struct Patient {
    core::Rulebook rules;
    core::Encounter encounter;
    scores::Patient patient;

    Patient() {
        rules.rules = shipped::rules();
        rules.vocabulary.resize(model::signal_count);
        for (std::size_t i = 0; i < model::signal_count; ++i) rules.vocabulary[i].signal = static_cast<Signal>(i);
        auto& k = rules.vocabulary[static_cast<std::size_t>(Signal::k)];
        k.kind = model::SignalKind::laboratory;
        k.canonical = model::Unit::mmol_per_L;
        k.soft_low = model::Decimal{2, 0};
        k.soft_high = model::Decimal{8, 0};
        k.max_age = hours(12);
        patient.timeline = &encounter.timeline;
    }
    void potassium(std::int64_t minutes_ago, std::int64_t tenths,
                   model::Comparator comparator = model::Comparator::exactly) {
        model::Sample s;
        s.time = now - model::minutes(minutes_ago);
        s.message_time = s.time;
        s.value = {tenths, 1};
        s.unit = model::Unit::mmol_per_L;
        s.comparator = comparator;
        s.ref = {static_cast<std::uint64_t>(1000 - minutes_ago), 0};
        encounter.timeline.insert(Signal::k, model::SignalKind::laboratory, s, now, rules.retention);
    }
    Condition seen(EventTime when = now) {
        Conditions out;
        Wake wake{when};
        evaluate_labs({encounter, patient, rules, {when.ms}, when}, out, wake);
        REQUIRE(out.size() == 1);
        return out.front();
    }
};

} // namespace

TEST_CASE("an extreme laboratory value is present at once and named by its analyte", "[alerts]") {
    Patient p;
    p.potassium(10, 81);
    const auto c = p.seen();
    CHECK(c.token == "extreme_k");
    CHECK(c.state == ConditionState::present);
    CHECK(c.since == now - model::minutes(10));
    REQUIRE(c.evidence.size() == 1);
    CHECK(c.evidence.front().reported == model::Decimal{81, 1});
}

TEST_CASE("the limit itself is not extreme", "[alerts]") {
    Patient p;
    p.potassium(10, 80);
    CHECK(p.seen().state == ConditionState::absent);
}

TEST_CASE("a value reported as beyond the limit is extreme", "[alerts]") {
    Patient p;
    p.potassium(10, 80, model::Comparator::greater);
    CHECK(p.seen().state == ConditionState::present);
    Patient q;
    q.potassium(10, 20, model::Comparator::less);
    CHECK(q.seen().state == ConditionState::present);
}

TEST_CASE("only a newer value clear of the limit ends it", "[alerts]") {
    Patient p;
    p.potassium(60, 90);
    p.potassium(40, 79); // inside the range, within 5 % of the limit
    CHECK(p.seen().state == ConditionState::present);
    CHECK(p.seen().since == now - model::minutes(60));
    p.potassium(20, 60);
    CHECK(p.seen().state == ConditionState::absent);
    CHECK_FALSE(p.seen().corrected);
}

TEST_CASE("an extreme value that grows old is unknown, never over", "[alerts]") {
    Patient p;
    p.potassium(10, 90);
    const auto c = p.seen(now + hours(13));
    CHECK(c.state == ConditionState::unknown);
    CHECK(c.level == 3); // what it was
    CHECK(c.evidence.front().verdict == model::Verdict::stale);
}

TEST_CASE("a superseded extreme value does not stand", "[alerts]") {
    Patient p;
    p.potassium(10, 50);
    p.potassium(120, 95); // came late
    CHECK(p.seen().state == ConditionState::absent);
}

TEST_CASE("further out is a higher level, the other side is another danger", "[alerts]") {
    Patient p;
    p.potassium(60, 82);
    CHECK(p.seen().level == 1);
    CHECK(p.seen().side == 1);
    CHECK(p.seen().figures == std::vector<std::int64_t>{82, 1});
    p.potassium(50, 84); // 5 % of the limit and not more
    CHECK(p.seen().level == 1);
    p.potassium(40, 110);
    CHECK(p.seen().level == 8);
    p.potassium(20, 15);
    CHECK(p.seen().side == -1);
    CHECK(p.seen().level == 5);
    CHECK(p.seen().since == now - model::minutes(60));
}

TEST_CASE("the way out of one side says nothing of the other", "[alerts]") {
    Patient p;
    p.potassium(60, 90);
    p.potassium(20, 21); // within 5 % of the lower limit, but nothing was wrong there
    CHECK(p.seen().state == ConditionState::absent);
}
