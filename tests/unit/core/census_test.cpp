// Whose reading is it? Admissions, moves and merges as an admission system sends them, late, back-dated and out of
// order.

#include "core/census.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

using namespace vigil;
using core::CensusChange;
using core::CensusKind;
using core::State;
using model::EventTime;
using model::Location;
using model::Reason;
using model::Subject;

namespace {

EventTime clock_time(int hour, int minute = 0) { return {(hour * 60LL + minute) * 60'000}; }

CensusChange adt(CensusKind kind, Subject subject, EventTime effective, int told_minute = 0) {
    CensusChange c;
    c.kind = kind;
    c.source = "adt";
    c.subject = std::move(subject);
    c.effective = effective;
    c.message_time = model::DeviceTime{effective.ms + told_minute * 60'000LL};
    return c;
}

Subject who(std::string visit, std::vector<std::string> patients, std::string bed = "") {
    Subject s;
    s.visit = std::move(visit);
    s.patients = std::move(patients);
    if (!bed.empty()) s.location = Location{"icu", std::move(bed)};
    return s;
}

core::CensusOutcome tell(State& state, CensusChange const& change) {
    return core::apply(state, change, {clock_time(23).ms}, clock_time(23));
}

std::string owner(State& state, Subject const& subject, EventTime when) {
    const auto found = core::attribute(state, core::subject_id(state, subject), when);
    if (found.encounter == model::nobody) return std::string{model::name_of(found.reason)};
    return core::at(state, found.encounter).pseudonym;
}

} // namespace

TEST_CASE("a monitor that knows only its bed gives its readings to whoever lay there at that time") {
    State state;
    tell(state, adt(CensusKind::admit, who("aa1", {"p1"}, "bed1"), clock_time(8)));
    tell(state, adt(CensusKind::discharge, who("aa1", {"p1"}), clock_time(12)));
    tell(state, adt(CensusKind::admit, who("bb2", {"p2"}, "bed1"), clock_time(13)));
    const auto bed1 = who("", {}, "bed1");
    CHECK(owner(state, bed1, clock_time(7, 59)) == "unassigned");
    CHECK(owner(state, bed1, clock_time(8)) == "eaa1");
    CHECK(owner(state, bed1, clock_time(11, 59)) == "eaa1");
    CHECK(owner(state, bed1, clock_time(12)) == "unassigned");
    CHECK(owner(state, bed1, clock_time(13)) == "ebb2");
}

TEST_CASE("a laboratory result drawn before a transfer lands on the right person") {
    State state;
    tell(state, adt(CensusKind::admit, who("aa1", {"p1"}, "bed1"), clock_time(8)));
    tell(state, adt(CensusKind::transfer, who("aa1", {"p1"}, "bed2"), clock_time(10)));
    tell(state, adt(CensusKind::admit, who("bb2", {"p2"}, "bed1"), clock_time(11)));
    CHECK(owner(state, who("aa1", {"p1"}, "bed1"), clock_time(9)) == "eaa1");
    CHECK(owner(state, who("", {"p1"}), clock_time(9)) == "eaa1");
    CHECK(owner(state, who("", {}, "bed1"), clock_time(9)) == "eaa1");
    CHECK(owner(state, who("", {}, "bed1"), clock_time(11, 30)) == "ebb2");
    CHECK(owner(state, who("", {}, "bed2"), clock_time(11, 30)) == "eaa1");
}

TEST_CASE("what contradicts the census is quarantined, never guessed") {
    State state;
    tell(state, adt(CensusKind::admit, who("aa1", {"p1"}, "bed1"), clock_time(8)));
    tell(state, adt(CensusKind::admit, who("bb2", {"p2"}, "bed2"), clock_time(8)));
    SECTION("a monitor left on the previous patient") {
        CHECK(owner(state, who("aa1", {"p1"}, "bed2"), clock_time(9)) == "identity_conflict");
    }
    SECTION("patient and bed disagree") {
        CHECK(owner(state, who("", {"p1"}, "bed2"), clock_time(9)) == "identity_conflict");
    }
    SECTION("visit and patient disagree") {
        CHECK(owner(state, who("aa1", {"p2"}), clock_time(9)) == "identity_conflict");
    }
    SECTION("two patients in one bed") {
        tell(state, adt(CensusKind::transfer, who("bb2", {"p2"}, "bed1"), clock_time(10)));
        CHECK(owner(state, who("", {}, "bed1"), clock_time(11)) == "identity_conflict");
        CHECK(owner(state, who("aa1", {"p1"}, "bed1"), clock_time(11)) == "eaa1");
    }
    SECTION("an unknown visit is nobody's, even in an occupied bed") {
        CHECK(owner(state, who("zz9", {}, "bed1"), clock_time(9)) == "unassigned");
    }
}

TEST_CASE("cancellations undo the newest of their kind") {
    State state;
    tell(state, adt(CensusKind::admit, who("aa1", {"p1"}, "bed1"), clock_time(8)));
    tell(state, adt(CensusKind::transfer, who("aa1", {"p1"}, "bed2"), clock_time(10)));
    SECTION("A12") {
        tell(state, adt(CensusKind::cancel_transfer, who("aa1", {"p1"}, "bed1"), clock_time(10, 5)));
        CHECK(owner(state, who("", {}, "bed1"), clock_time(11)) == "eaa1");
        CHECK(owner(state, who("", {}, "bed2"), clock_time(11)) == "unassigned");
    }
    SECTION("A13") {
        tell(state, adt(CensusKind::discharge, who("aa1", {"p1"}), clock_time(12)));
        CHECK(owner(state, who("", {}, "bed2"), clock_time(13)) == "unassigned");
        tell(state, adt(CensusKind::cancel_discharge, who("aa1", {"p1"}), clock_time(12, 30)));
        CHECK(owner(state, who("", {}, "bed2"), clock_time(13)) == "eaa1");
    }
    SECTION("A11 leaves nobody in the bed") {
        State fresh;
        tell(fresh, adt(CensusKind::admit, who("cc3", {"p3"}, "bed3"), clock_time(8)));
        tell(fresh, adt(CensusKind::cancel_admit, who("cc3", {"p3"}), clock_time(8, 10)));
        CHECK(owner(fresh, who("", {}, "bed3"), clock_time(9)) == "unassigned");
        CHECK(fresh.encounters.front().closed.has_value());
    }
}

TEST_CASE("an update after a discharge does not reopen the stay") {
    State state;
    tell(state, adt(CensusKind::admit, who("aa1", {"p1"}, "bed1"), clock_time(8)));
    tell(state, adt(CensusKind::discharge, who("aa1", {"p1"}), clock_time(12)));
    tell(state, adt(CensusKind::update, who("aa1", {"p1"}, "bed1"), clock_time(13)));
    CHECK(state.encounters.front().closed == clock_time(12));
    CHECK(owner(state, who("", {}, "bed1"), clock_time(14)) == "unassigned");
}

TEST_CASE("a merge gives the absorbed stay's readings to the survivor, and an unmerge gives them back") {
    State state;
    tell(state, adt(CensusKind::admit, who("aa1", {"known"}, "bed1"), clock_time(8)));
    tell(state, adt(CensusKind::admit, who("bb2", {"unidentified"}, "bed2"), clock_time(9)));
    auto merge = adt(CensusKind::merge, who("aa1", {"known"}), clock_time(10));
    merge.absorbed_patients = {"unidentified"};
    merge.absorbed_visit = "bb2";
    const auto out = tell(state, merge);
    REQUIRE(out.absorbed);
    CHECK(owner(state, who("bb2", {"unidentified"}), clock_time(9, 30)) == "eaa1");
    CHECK(owner(state, who("", {}, "bed2"), clock_time(9, 30)) == "eaa1");
    CHECK(owner(state, who("", {"unidentified"}), clock_time(9, 30)) == "eaa1");
    auto back = adt(CensusKind::unmerge, who("", {}), clock_time(11));
    back.absorbed_visit = "bb2";
    tell(state, back);
    CHECK(owner(state, who("bb2", {"unidentified"}), clock_time(9, 30)) == "ebb2");
    CHECK(owner(state, who("aa1", {"known"}), clock_time(9, 30)) == "eaa1");
}

TEST_CASE("messages that come out of order end in the same stays") {
    const unsigned seed = 20'260'105;
    INFO("seed " << seed);
    std::mt19937 random{seed};
    const std::vector<CensusChange> messages = {
        adt(CensusKind::admit, who("aa1", {"p1"}, "bed1"), clock_time(8), 1),
        adt(CensusKind::transfer, who("aa1", {"p1"}, "bed2"), clock_time(10), 2),
        adt(CensusKind::transfer, who("aa1", {"p1"}, "bed3"), clock_time(11), 3),
        adt(CensusKind::cancel_transfer, who("aa1", {"p1"}, "bed2"), clock_time(11, 10), 4),
        adt(CensusKind::discharge, who("aa1", {"p1"}), clock_time(15), 5),
        adt(CensusKind::admit, who("bb2", {"p2"}, "bed1"), clock_time(12), 1),
    };
    State in_order;
    for (auto const& m : messages) tell(in_order, m);
    for (int round = 0; round < 2'000; ++round) {
        auto shuffled = messages;
        for (auto const& m : messages)
            if (random() % 3 == 0) shuffled.push_back(m);
        std::shuffle(shuffled.begin(), shuffled.end(), random);
        State state;
        for (auto const& m : shuffled) tell(state, m);
        for (int hour = 7; hour < 17; ++hour)
            for (auto bed : {"bed1", "bed2", "bed3"})
                REQUIRE(owner(state, who("", {}, bed), clock_time(hour, 30)) ==
                        owner(in_order, who("", {}, bed), clock_time(hour, 30)));
    }
}
