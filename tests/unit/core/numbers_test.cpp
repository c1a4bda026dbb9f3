// One stay under several numbers: a visit whose number changes (A06, A07, A42, A50), told late, twice and out of order.

#include "tests/unit/core/told.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

using namespace vigil;
using namespace vigil::testing;

namespace {

CensusChange renumbered(CensusKind kind, Subject subject, std::string prior, EventTime effective) {
    auto out = adt(kind, std::move(subject), effective);
    out.absorbed_visit = std::move(prior);
    return out;
}

} // namespace

TEST_CASE("a visit with another number is one stay under both, whichever message comes first") {
    std::vector<CensusChange> messages = {
        adt(CensusKind::register_, who("out1", {"p1"}, "ed1"), clock_time(8)),
        renumbered(CensusKind::admit, who("in1", {"p1"}, "bed1"), "out1", clock_time(10)),
        adt(CensusKind::transfer, who("in1", {"p1"}, "bed2"), clock_time(12)),
    };
    std::sort(messages.begin(), messages.end(), [](auto const& a, auto const& b) { return a.effective < b.effective; });
    std::vector<std::size_t> order{0, 1, 2};
    do {
        CAPTURE(order);
        State state;
        for (const auto i : order) tell(state, messages[i]);
        const auto one = owner(state, who("in1", {"p1"}), clock_time(11));
        CHECK(owner(state, who("out1", {"p1"}), clock_time(9)) == one);
        CHECK(owner(state, who("out1", {}), clock_time(13)) == one); // told late under the old number
        CHECK(owner(state, who("", {"p1"}), clock_time(11)) == one);
        CHECK(owner(state, who("", {}, "ed1"), clock_time(9)) == one);
        CHECK(owner(state, who("", {}, "ed1"), clock_time(11)) == "unassigned");
        CHECK(owner(state, who("", {}, "bed1"), clock_time(11)) == one);
        CHECK(owner(state, who("", {}, "bed1"), clock_time(13)) == "unassigned");
        CHECK(owner(state, who("", {}, "bed2"), clock_time(13)) == one);
        CHECK(std::count_if(state.encounters.begin(), state.encounters.end(),
                            [](auto const& e) { return !e.merged_into && !e.ended; }) == 1);
        auto const& e = core::at(state, core::surviving(state, core::with_visit(state, "in1")));
        CHECK(e.opened == clock_time(8));
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("a number that was given up moves nobody, unless it was told before") {
    State state;
    tell(state, adt(CensusKind::admit, who("v1", {"p1"}, "bed1"), clock_time(8)));
    tell(state, renumbered(CensusKind::merge, who("v2", {"p1"}), "v1", clock_time(10)));
    CHECK(tell(state, adt(CensusKind::discharge, who("v1", {"p1"}), clock_time(11))).refused == Reason::unassigned);
    CHECK(owner(state, who("", {}, "bed1"), clock_time(12)) == "ev1");
    tell(state, adt(CensusKind::transfer, who("v1", {"p1"}, "bed2"), clock_time(9))); // overtaken by the new number
    CHECK(owner(state, who("", {}, "bed2"), clock_time(12)) == "ev1");
    // Back to the first number; told again, what came before that changes nothing.
    const auto change = renumbered(CensusKind::merge, who("v1", {"p1"}), "v2", clock_time(13));
    tell(state, change);
    tell(state, renumbered(CensusKind::merge, who("v2", {"p1"}), "v1", clock_time(10)));
    tell(state, change);
    CHECK(tell(state, adt(CensusKind::discharge, who("v2", {"p1"}), clock_time(14))).refused == Reason::unassigned);
    CHECK(owner(state, who("v2", {"p1"}), clock_time(14)) == "ev1");
    tell(state, adt(CensusKind::discharge, who("v1", {"p1"}), clock_time(15)));
    CHECK(owner(state, who("", {}, "bed2"), clock_time(16)) == "unassigned");
}

TEST_CASE("two admissions of one visit are one stay, and its old bed is free when the patient has left it") {
    State state;
    tell(state, adt(CensusKind::admit, who("v1", {"p1"}, "bed1"), clock_time(8)));
    tell(state, adt(CensusKind::admit, who("v2", {"p1"}, "bed2"), clock_time(9)));
    SECTION("by a change of class") {
        const auto out = tell(state, renumbered(CensusKind::admit, who("v2", {"p1"}, "bed2"), "v1", clock_time(9)));
        REQUIRE(out.absorbed);
    }
    SECTION("by the number alone") {
        REQUIRE(tell(state, renumbered(CensusKind::merge, who("v2", {"p1"}), "v1", clock_time(10))).absorbed);
    }
    CHECK(owner(state, who("v1", {"p1"}), clock_time(11)) == "ev2");
    CHECK(owner(state, who("", {"p1"}), clock_time(11)) == "ev2");
    CHECK(owner(state, who("", {}, "bed1"), clock_time(8, 30)) == "ev2");
    // The next patient in the bed that only the absorbed stay was in.
    tell(state, adt(CensusKind::admit, who("v3", {"p3"}, "bed1"), clock_time(12)));
    CHECK(owner(state, who("", {}, "bed1"), clock_time(13)) == "ev3");
    CHECK(owner(state, who("", {}, "bed2"), clock_time(13)) == "ev2");
}

TEST_CASE("beds that were left under the prior number stay left when its stay is absorbed") {
    State state;
    const auto leaves = [&](EventTime when) { tell(state, adt(CensusKind::discharge, who("v1", {"p1"}), when)); };
    tell(state, adt(CensusKind::admit, who("v1", {"p1"}, "bed1"), clock_time(6)));
    leaves(clock_time(7));
    tell(state, adt(CensusKind::admit, who("v8", {"p8"}, "bed1"), clock_time(7)));
    tell(state, adt(CensusKind::discharge, who("v8", {"p8"}), clock_time(8)));
    tell(state, adt(CensusKind::admit, who("v1", {"p1"}, "bed1"), clock_time(8)));
    tell(state, adt(CensusKind::transfer, who("v1", {"p1"}, "bed2"), clock_time(9)));
    leaves(clock_time(12));
    tell(state, adt(CensusKind::admit, who("v9", {"p9"}, "bed2"), clock_time(12, 30)));
    leaves(clock_time(14)); // the end of the visit, told again
    tell(state, adt(CensusKind::admit, who("v2", {"p1"}, "bed3"), clock_time(15)));
    REQUIRE(tell(state, renumbered(CensusKind::transfer, who("v2", {"p1"}, "bed3"), "v1", clock_time(16))).absorbed);
    const auto in = [&](char const* bed, int hour) { return owner(state, who("", {}, bed), clock_time(hour, 30)); };
    CHECK(in("bed1", 6) == "ev2");
    CHECK(in("bed1", 7) == "ev8");
    CHECK(in("bed1", 8) == "ev2");
    CHECK(in("bed2", 11) == "ev2");
    CHECK(in("bed2", 12) == "ev9");
    CHECK(in("bed2", 13) == "ev9");
    CHECK(in("bed2", 14) == "ev9");
    CHECK(in("bed3", 15) == "ev2");
}

TEST_CASE("the bed of a stay that was absorbed is free once its survivor has left") {
    State state;
    tell(state, adt(CensusKind::admit, who("v1", {"m1"}, "bed1"), clock_time(8)));
    tell(state, adt(CensusKind::admit, who("v2", {"temp"}, "bed2"), clock_time(9)));
    auto merge = adt(CensusKind::merge, who("", {"m1"}), clock_time(10));
    merge.absorbed_patients = {"temp"};
    REQUIRE(tell(state, merge).absorbed);
    CHECK(owner(state, who("", {}, "bed2"), clock_time(11)) == "ev1");
    SECTION("to another bed") { tell(state, adt(CensusKind::transfer, who("v1", {"m1"}, "bed3"), clock_time(12))); }
    SECTION("for good") { tell(state, adt(CensusKind::discharge, who("v1", {"m1"}), clock_time(12))); }
    CHECK(owner(state, who("", {}, "bed2"), clock_time(11)) == "ev1");
    tell(state, adt(CensusKind::admit, who("v4", {"m4"}, "bed2"), clock_time(13)));
    CHECK(owner(state, who("", {}, "bed2"), clock_time(12, 30)) == "unassigned");
    CHECK(owner(state, who("", {}, "bed2"), clock_time(14)) == "ev4");
}

TEST_CASE("the prior number of a visit that is somebody else's joins nobody") {
    State state;
    tell(state, adt(CensusKind::admit, who("v1", {"p1"}, "bed1"), clock_time(8)));
    SECTION("the number alone") {
        const auto out = tell(state, renumbered(CensusKind::merge, who("v2", {"p2"}), "v1", clock_time(9)));
        CHECK(out.refused == Reason::identity_conflict);
    }
    SECTION("an admission counts all the same") {
        tell(state, renumbered(CensusKind::admit, who("v2", {"p2"}, "bed2"), "v1", clock_time(9)));
        CHECK(state.refused[static_cast<std::uint8_t>(Reason::identity_conflict)] == 1);
        CHECK(owner(state, who("", {}, "bed2"), clock_time(10)) == "ev2");
        CHECK(owner(state, who("v2", {"p2"}), clock_time(10)) == "ev2");
    }
    CHECK(owner(state, who("v1", {"p1"}), clock_time(10)) == "ev1");
    CHECK(owner(state, who("", {}, "bed1"), clock_time(10)) == "ev1");
    CHECK(owner(state, who("v1", {"p2"}), clock_time(10)) == "identity_conflict");
}

TEST_CASE("who is admitted under another number did not leave under the old one") {
    const auto admitted = renumbered(CensusKind::admit, who("in1", {"p1"}, "bed1"), "out1", clock_time(10));
    const auto left = adt(CensusKind::discharge, who("out1", {"p1"}), clock_time(10));
    for (const bool left_first : {true, false}) {
        CAPTURE(left_first);
        State state;
        tell(state, adt(CensusKind::register_, who("out1", {"p1"}, "ed1"), clock_time(8)));
        if (left_first) tell(state, left);
        tell(state, admitted);
        if (!left_first) tell(state, left);
        CHECK(owner(state, who("", {}, "bed1"), clock_time(11)) == "eout1");
        CHECK(owner(state, who("", {}, "ed1"), clock_time(11)) == "unassigned");
        CHECK_FALSE(state.encounters.front().ended);
        tell(state, adt(CensusKind::discharge, who("in1", {"p1"}), clock_time(12)));
        CHECK(owner(state, who("", {}, "bed1"), clock_time(13)) == "unassigned");
    }
}

TEST_CASE("whatever is told of numbers, in whatever order, each means a living stay of its own patient") {
    const unsigned seed = 20'261'128;
    INFO("seed " << seed);
    std::mt19937 random{seed};
    const auto pick = [&random](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    const CensusKind kinds[] = {CensusKind::register_, CensusKind::admit,     CensusKind::transfer,
                                CensusKind::update,    CensusKind::discharge, CensusKind::merge};
    for (int round = 0; round < 3'000; ++round) {
        CAPTURE(round);
        State state;
        for (int i = 0; i < 20; ++i) {
            const auto person = std::string(1, static_cast<char>('a' + pick(2)));
            const auto number = [&] { return person + std::to_string(pick(3)); };
            if (pick(8) == 0) {
                core::open_encounter(state, who("", {}, "bed" + std::to_string(pick(3))), clock_time(pick(20)), true);
                continue;
            }
            auto said = who(number(), {"p" + person}, pick(3) == 0 ? "" : "bed" + std::to_string(pick(3)));
            auto change = renumbered(kinds[pick(6)], said, pick(2) == 0 ? number() : "", clock_time(pick(20)));
            change.message_time->ms += pick(3) * 3'600'000;
            if (change.kind == CensusKind::merge && change.absorbed_visit.empty()) continue;
            tell(state, change);
        }
        for (auto const& e : state.encounters) {
            const auto id = core::surviving(state, e.id); // ends
            REQUIRE_FALSE(core::at(state, id).merged_into);
            if (e.visit.empty()) continue;
            CAPTURE(e.visit);
            REQUIRE(core::at(state, id).patients == std::vector<std::string>{"p" + e.visit.substr(0, 1)});
            REQUIRE(core::with_visit(state, e.visit) == e.id); // no number twice
        }
    }
}
