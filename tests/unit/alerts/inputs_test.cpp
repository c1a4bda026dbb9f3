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
    }
    // The condition of the silent bed: the same whatever the order of the rows.
    Condition silence() {
        std::optional<Condition> first;
        for (int i = 0; i < 50; ++i) {
            Conditions out;
            Wake wake{now};
            evaluate_inputs({encounter, patient, rules, {now.ms}, now}, {}, out, wake);
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
