#include "core/alerts/evaluate.hpp"
#include "shipped_rules.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

using namespace vigil;
using namespace vigil::alerts;
using model::EventTime;
using model::minutes;
using model::seconds;
using model::Signal;

namespace {

constexpr EventTime now{1'700'000'000'000};

// A bed with monitor signals, looked at under a vocabulary in any order of its rows.
struct Bed {
    core::Rulebook rules;
    core::Encounter encounter;
    scores::Patient patient;
    std::mt19937 engine{20'261'126};

    Bed() {
        rules.rules = shipped::rules();
        for (std::size_t i = 0; i < model::signal_count; ++i) {
            core::VocabularyEntry entry;
            entry.signal = static_cast<Signal>(i);
            entry.kind = model::SignalKind::monitor;
            rules.vocabulary.push_back(entry);
        }
        encounter.bed = {1};
        patient.timeline = &encounter.timeline;
    }
    void heard(Signal signal, model::Duration ago, model::Duration apart) {
        auto& n = encounter.newest[static_cast<std::size_t>(signal)];
        n.seen = true;
        n.time = now - ago;
        n.before = n.time - apart;
        for (int i = 5; i >= 1; --i) n.note(n.time - model::Duration{apart.ms * i});
    }
    // The condition of the silent bed: the same whatever the order of the rows.
    Condition silence() {
        std::optional<Condition> first;
        for (int i = 0; i < 50; ++i) {
            Conditions out;
            Wake wake{now};
            evaluate_inputs({encounter, patient, rules, {now.ms}, now}, {}, {}, out, wake);
            const auto c = std::find_if(out.begin(), out.end(),
                                        [this](auto const& x) { return x.rule == &rules.rules.device_silent.rule; });
            REQUIRE(c != out.end());
            if (!first) first = *c;
            CHECK(c->state == first->state);
            CHECK(c->since == first->since);
            REQUIRE(c->evidence.size() == first->evidence.size());
            if (!c->evidence.empty()) CHECK(c->evidence.front().signal == first->evidence.front().signal);
            std::shuffle(rules.vocabulary.begin(), rules.vocabulary.end(), engine);
        }
        return *first;
    }
};

} // namespace

TEST_CASE("whether a silent bed had a stream does not depend on the order of the vocabulary", "[alerts]") {
    Bed b;
    // The cuff measured last, seconds after the streams: what is missed are the streams.
    b.heard(Signal::nibp_map, minutes(6), minutes(30));
    b.heard(Signal::hr, minutes(6) + seconds(2), seconds(1));
    b.heard(Signal::spo2, minutes(6) + seconds(3), seconds(1));
    const auto c = b.silence();
    CHECK(c.state == ConditionState::present);
    CHECK(c.since == now - minutes(1));
    REQUIRE(c.evidence.size() == 1);
    CHECK(c.evidence.front().signal == Signal::nibp_map);
}

TEST_CASE("six readings in a row are a stream, in whatever order they came; chart entries are none", "[alerts]") {
    std::vector<int> seconds_ago{0, 60, 120, 180, 240, 300};
    std::mt19937 engine{20'261'128};
    for (int i = 0; i < 200; ++i) {
        std::shuffle(seconds_ago.begin(), seconds_ago.end(), engine);
        core::Encounter e;
        auto& n = e.newest[static_cast<std::size_t>(Signal::hr)];
        for (const auto ago : seconds_ago) {
            const auto when = now - seconds(ago);
            if (!n.seen || n.time < when) {
                if (n.seen) n.move_to(when);
                n.time = when;
                n.seen = true;
            } else {
                n.note(when);
            }
            n.note(when); // told twice
        }
        CHECK(n.streams());
        CHECK(n.earlier == std::array<std::uint32_t, 5>{60'000, 120'000, 180'000, 240'000, 300'000});
    }
    core::Newest charted;
    charted.seen = true;
    charted.time = now;
    for (const auto minutes_ago : {2, 4, 60, 62, 64}) charted.note(now - minutes(minutes_ago));
    CHECK_FALSE(charted.streams());
    core::Newest five;
    five.seen = true;
    five.time = now;
    for (const auto minutes_ago : {1, 2, 3, 4}) five.note(now - minutes(minutes_ago));
    CHECK_FALSE(five.streams());
    five.note(now - minutes(5));
    CHECK(five.streams());
    five.move_to(now + minutes(6));
    CHECK_FALSE(five.streams());
}

TEST_CASE("of two that were heard last in the same instant one is named, always the same", "[alerts]") {
    Bed b;
    b.heard(Signal::hr, minutes(6), seconds(1));
    b.heard(Signal::spo2, minutes(6), seconds(1));
    CHECK(b.silence().state == ConditionState::present);
}

TEST_CASE("a bed whose streams were taken off and which is charted since is not silent", "[alerts]") {
    Bed b;
    b.heard(Signal::hr, model::hours(5), seconds(1));
    b.heard(Signal::nibp_map, minutes(40), model::hours(1));
    CHECK(b.silence().state == ConditionState::absent);
    b.heard(Signal::spo2, minutes(50), minutes(60));
    CHECK(b.silence().state == ConditionState::absent);
}

TEST_CASE("an input that is as old as it was goes on standing while no rule asks for it, for the rule's dwell",
          "[alerts]") {
    Bed b;
    b.heard(Signal::pao2, model::hours(20), model::hours(4)); // charted, and wanted by nobody
    Standing standing;
    Alert told;
    told.rule = "input_stale";
    told.condition = ConditionState::present;
    told.level = 1;
    told.true_since = now - model::hours(8);
    told.evidence.push_back({});
    told.evidence.front().signal = Signal::pao2;
    told.evidence.front().time = now - model::hours(20);
    const auto dwell = b.rules.rules.input_stale.dwell_out;
    REQUIRE(dwell > minutes(60)); // a gas an hour must not call once more each hour
    const auto look = [&](model::Duration since_wanted) {
        told.met = model::LogTime{now.ms} - since_wanted;
        standing.alerts = {told};
        Conditions out;
        Wake wake{now};
        evaluate_inputs({b.encounter, b.patient, b.rules, {now.ms}, now}, standing, {}, out, wake);
        const auto c = std::find_if(out.begin(), out.end(), [&](auto const& x) { return x.token == "input_stale"; });
        REQUIRE(c != out.end());
        if (c->state == ConditionState::present) CHECK((wake.next && *wake.next == now + (dwell - since_wanted)));
        return *c;
    };
    const auto stands = look(minutes(59));
    CHECK(stands.state == ConditionState::present);
    CHECK(stands.since == told.true_since);
    CHECK_FALSE(stands.met); // else it would stand for ever
    REQUIRE(stands.evidence.size() == 1);
    CHECK(stands.evidence.front().signal == Signal::pao2);
    CHECK(look(dwell).state == ConditionState::absent);
    b.heard(Signal::pao2, minutes(1), model::hours(4)); // measured: over at once
    CHECK(look(minutes(59)).state == ConditionState::absent);
}
