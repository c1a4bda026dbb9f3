// Whose reading is it? Admissions, moves and merges as an admission system sends them, late, back-dated and out of
// order.

#include "tests/unit/core/told.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

using namespace vigil;
using namespace vigil::testing;

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

TEST_CASE("who moves or discharges a visit that nobody knows by hand has mistyped it; an interface is believed") {
    for (auto kind : {CensusKind::transfer, CensusKind::discharge, CensusKind::update, CensusKind::cancel_discharge}) {
        State state;
        auto change = adt(kind, who("nobody", {}, "bed5"), clock_time(9));
        change.source = "command:nurse";
        CHECK(tell(state, change).refused == model::Reason::unassigned);
        CHECK(state.encounters.empty());
        change.source = "adt";
        CHECK(tell(state, change).refused == model::Reason::none);
        CHECK(state.encounters.size() == 1);
    }
    State state;
    auto change = adt(CensusKind::admit, who("aa1", {}, "bed5"), clock_time(9));
    change.source = "command:nurse";
    CHECK(tell(state, change).opened);
    change.kind = CensusKind::discharge;
    CHECK(tell(state, change).closed_now);
    // Who has left is not moved by a number that happens to be his.
    change.kind = CensusKind::transfer;
    CHECK(tell(state, change).refused == model::Reason::unassigned);
    change.kind = CensusKind::cancel_discharge;
    CHECK_FALSE(tell(state, change).closed_now);
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

TEST_CASE("a merge leaves a stay that is open alone where it is, under both numbers") {
    State state;
    tell(state, adt(CensusKind::admit, who("v10", {"m10"}, "bed1"), clock_time(1)));
    tell(state, adt(CensusKind::discharge, who("v10", {"m10"}), clock_time(2)));
    tell(state, adt(CensusKind::admit, who("v11", {"temp7"}, "bed11"), clock_time(8)));
    auto merge = adt(CensusKind::merge, who("", {"m10"}), clock_time(10));
    merge.absorbed_patients = {"temp7"};
    const auto out = tell(state, merge);
    CHECK_FALSE(out.absorbed);
    CHECK_FALSE(state.encounters[1].merged_into);
    CHECK(owner(state, who("", {}, "bed11"), clock_time(11)) == "ev11");
    CHECK(owner(state, who("v11", {"m10"}), clock_time(11)) == "ev11");
    CHECK(owner(state, who("", {"m10"}), clock_time(11)) == "ev11");
    CHECK(owner(state, who("", {"temp7"}), clock_time(11)) == "ev11");
    tell(state, adt(CensusKind::transfer, who("v11", {"m10"}, "bed12"), clock_time(12)));
    CHECK(owner(state, who("", {}, "bed12"), clock_time(13)) == "ev11");
}

TEST_CASE("after a merge the survivor's number with the absorbed visit is the survivor") {
    State state;
    tell(state, adt(CensusKind::admit, who("v60", {"m60"}, "bed1"), clock_time(8)));
    tell(state, adt(CensusKind::admit, who("v61", {"t60"}, "bed2"), clock_time(9)));
    auto merge = adt(CensusKind::merge, who("", {"m60"}), clock_time(10));
    merge.absorbed_patients = {"t60"};
    REQUIRE(tell(state, merge).absorbed);
    CHECK(owner(state, who("v61", {"m60"}), clock_time(11)) == "ev60");
    CHECK(owner(state, who("v61", {"t60"}), clock_time(11)) == "ev60");
    CHECK(owner(state, who("v61", {"m99"}), clock_time(11)) == "identity_conflict");
    CHECK(tell(state, adt(CensusKind::transfer, who("v61", {"m60"}, "bed3"), clock_time(12))).refused == Reason::none);
}

TEST_CASE("an admission message whose patient contradicts its visit moves nobody") {
    State state;
    tell(state, adt(CensusKind::admit, who("v92", {"m92"}, "bed1"), clock_time(8)));
    SECTION("discharge") {
        const auto out = tell(state, adt(CensusKind::discharge, who("v92", {"m93"}), clock_time(9)));
        CHECK(out.refused == Reason::identity_conflict);
        CHECK(owner(state, who("", {}, "bed1"), clock_time(10)) == "ev92");
    }
    SECTION("admission") {
        const auto out = tell(state, adt(CensusKind::admit, who("v92", {"m93"}, "bed2"), clock_time(9)));
        CHECK(out.refused == Reason::identity_conflict);
        CHECK(owner(state, who("", {}, "bed1"), clock_time(10)) == "ev92");
        CHECK(owner(state, who("", {"m93"}), clock_time(10)) == "unassigned");
    }
}

TEST_CASE("only numbers of one authority contradict each other") {
    State state;
    tell(state, adt(CensusKind::admit, who("v40", {"m40.hosp", "x1.ssn"}, "bed1"), clock_time(8)));
    CHECK(owner(state, who("v40", {"l77.lab"}), clock_time(9)) == "ev40");
    CHECK(owner(state, who("v40", {"h1"}), clock_time(9)) == "ev40");
    CHECK(owner(state, who("v40", {"l77.lab", "m40.hosp"}), clock_time(9)) == "ev40");
    CHECK(owner(state, who("v40", {"l77.lab", "m41.hosp"}), clock_time(9)) == "identity_conflict");
    CHECK(owner(state, who("", {"l77.lab"}), clock_time(9)) == "unassigned");
}

TEST_CASE("a laboratory that gives the bed of now with a sample of before the transfer is believed") {
    State state;
    tell(state, adt(CensusKind::admit, who("aa1", {"p1"}, "bed1"), clock_time(8)));
    tell(state, adt(CensusKind::admit, who("cc3", {"p3"}, "bed2"), clock_time(8)));
    tell(state, adt(CensusKind::discharge, who("cc3", {"p3"}), clock_time(10)));
    tell(state, adt(CensusKind::transfer, who("aa1", {"p1"}, "bed2"), clock_time(11)));
    CHECK(owner(state, who("aa1", {"p1"}, "bed2"), clock_time(9), clock_time(12)) == "eaa1");
    CHECK(owner(state, who("", {"p1"}, "bed2"), clock_time(9), clock_time(12)) == "eaa1");
    CHECK(owner(state, who("aa1", {"p1"}, "bed2"), clock_time(9), clock_time(9, 30)) == "identity_conflict");
}

TEST_CASE("a visit that admissions never told is the stay of its patient") {
    State state;
    tell(state, adt(CensusKind::admit, who("", {"p1"}, "bed1"), clock_time(8)));
    tell(state, adt(CensusKind::admit, who("bb2", {"p2"}, "bed2"), clock_time(8)));
    const auto e = owner(state, who("", {"p1"}), clock_time(9));
    CHECK(owner(state, who("v1", {"p1"}, "bed1"), clock_time(9)) == e);
    CHECK(owner(state, who("v1", {"p1"}), clock_time(9)) == e);
    CHECK(owner(state, who("v1", {"p1"}), clock_time(7)) == "unassigned");
    CHECK(owner(state, who("v1", {"p1"}, "bed2"), clock_time(9)) == "identity_conflict");
    CHECK(owner(state, who("zz9", {"p2"}), clock_time(9)) == "unassigned");
}

TEST_CASE("what is told twice is undone by one cancellation, and told twice undoes no more") {
    State state;
    SECTION("A01 A01 A11") {
        tell(state, adt(CensusKind::admit, who("aa1", {"p1"}, "bed1"), clock_time(8), 1));
        tell(state, adt(CensusKind::admit, who("aa1", {"p1"}, "bed1"), clock_time(8), 2));
        tell(state, adt(CensusKind::cancel_admit, who("aa1", {"p1"}, "bed1"), clock_time(9)));
        CHECK(owner(state, who("", {}, "bed1"), clock_time(10)) == "unassigned");
        CHECK(state.encounters.front().closed.has_value());
    }
    SECTION("A03 A03 A13") {
        tell(state, adt(CensusKind::admit, who("aa1", {"p1"}, "bed1"), clock_time(8)));
        tell(state, adt(CensusKind::discharge, who("aa1", {"p1"}, "bed1"), clock_time(9), 1));
        tell(state, adt(CensusKind::discharge, who("aa1", {"p1"}), clock_time(9), 2));
        tell(state, adt(CensusKind::cancel_discharge, who("aa1", {"p1"}), clock_time(10)));
        CHECK(owner(state, who("", {}, "bed1"), clock_time(11)) == "eaa1");
    }
    SECTION("A02 A02 A12 A12") {
        tell(state, adt(CensusKind::admit, who("aa1", {"p1"}, "bed1"), clock_time(8)));
        tell(state, adt(CensusKind::transfer, who("aa1", {"p1"}, "bed2"), clock_time(9)));
        tell(state, adt(CensusKind::transfer, who("aa1", {"p1"}, "bed3"), clock_time(10), 1));
        tell(state, adt(CensusKind::transfer, who("aa1", {"p1"}, "bed3"), clock_time(10), 2));
        tell(state, adt(CensusKind::cancel_transfer, who("aa1", {"p1"}, "bed2"), clock_time(11), 1));
        tell(state, adt(CensusKind::cancel_transfer, who("aa1", {"p1"}, "bed2"), clock_time(11), 2));
        CHECK(owner(state, who("", {}, "bed2"), clock_time(12)) == "eaa1");
        CHECK(owner(state, who("", {}, "bed3"), clock_time(12)) == "unassigned");
        CHECK(owner(state, who("", {}, "bed1"), clock_time(12)) == "unassigned");
    }
}

TEST_CASE("a discharge that is told again with another time is the same discharge, and one cancellation undoes it") {
    State state;
    const auto bed1 = who("", {}, "bed1");
    const auto leaves = [&](EventTime when, int told_minute = 0) {
        tell(state, adt(CensusKind::discharge, who("aa1", {"p1"}), when, told_minute));
    };
    tell(state, adt(CensusKind::admit, who("aa1", {"p1"}, "bed1"), clock_time(8)));
    SECTION("he had left earlier") {
        leaves(clock_time(12));
        leaves(clock_time(11), 70);
        CHECK(owner(state, bed1, clock_time(10, 59)) == "eaa1");
        CHECK(owner(state, bed1, clock_time(11)) == "unassigned");
        CHECK(state.encounters.front().closed == clock_time(11));
        tell(state, adt(CensusKind::cancel_discharge, who("aa1", {"p1"}), clock_time(12, 30)));
        CHECK(owner(state, bed1, clock_time(13)) == "eaa1");
        CHECK_FALSE(state.encounters.front().closed);
    }
    SECTION("planned for four, he left at two") {
        leaves(clock_time(16), -360);
        leaves(clock_time(14));
        CHECK(owner(state, bed1, clock_time(13)) == "eaa1");
        CHECK(owner(state, bed1, clock_time(15)) == "unassigned");
        CHECK(state.encounters.front().closed == clock_time(14));
        tell(state, adt(CensusKind::admit, who("aa1", {"p1"}, "bed1"), clock_time(15)));
        CHECK(owner(state, bed1, clock_time(17)) == "eaa1");
    }
    SECTION("planned for four, put off until six") {
        leaves(clock_time(16), -360);
        leaves(clock_time(18), -180);
        CHECK(owner(state, bed1, clock_time(17)) == "eaa1");
        CHECK(owner(state, bed1, clock_time(18)) == "unassigned");
    }
    SECTION("an earlier leaving that is told late does not undo the plan to leave at four") {
        leaves(clock_time(16), -360); // told at ten
        tell(state, adt(CensusKind::admit, who("aa1", {"p1"}, "bed1"), clock_time(9, 30)));
        leaves(clock_time(9), 120);
        CHECK(owner(state, bed1, clock_time(9, 15)) == "unassigned");
        CHECK(owner(state, bed1, clock_time(15)) == "eaa1");
        CHECK(owner(state, bed1, clock_time(17)) == "unassigned");
    }
    SECTION("where he came back in between they are two, also if that is told last") {
        const auto back = adt(CensusKind::admit, who("aa1", {"p1"}, "bed1"), clock_time(11), GENERATE(0, 180));
        leaves(clock_time(10));
        leaves(clock_time(12));
        leaves(clock_time(10), 150); // sent once more
        tell(state, back);
        CHECK(owner(state, bed1, clock_time(10, 30)) == "unassigned");
        CHECK(owner(state, bed1, clock_time(11, 30)) == "eaa1");
        CHECK(owner(state, bed1, clock_time(13)) == "unassigned");
    }
}

TEST_CASE("who has left is not put back into a bed that is somebody else's by other times of his discharge") {
    State state;
    const auto bed1 = who("", {}, "bed1");
    const auto hers = [&] {
        for (auto when : {clock_time(12, 30), clock_time(13), clock_time(16)})
            CHECK(owner(state, bed1, when) == "ebb2");
        CHECK(owner(state, bed1, clock_time(11)) == "eaa1");
        CHECK(owner(state, bed1, clock_time(12, 15)) == "unassigned");
    };
    tell(state, adt(CensusKind::admit, who("aa1", {"p1"}, "bed1"), clock_time(8)));
    tell(state, adt(CensusKind::discharge, who("aa1", {"p1"}), clock_time(12)));
    tell(state, adt(CensusKind::admit, who("bb2", {"p2"}, "bed1"), clock_time(12, 30)));
    tell(state, adt(CensusKind::discharge, who("aa1", {"p1"}), clock_time(14)));
    hers();
    CHECK(state.encounters.front().closed == clock_time(14));
    CHECK(owner(state, who("", {"p1"}), clock_time(13)) == "eaa1"); // in no bed
    // Put off, and put off again.
    tell(state, adt(CensusKind::discharge, who("aa1", {"p1"}), clock_time(18), -180));
    tell(state, adt(CensusKind::discharge, who("aa1", {"p1"}), clock_time(17), -60));
    hers();
    CHECK(state.encounters.front().closed == clock_time(17));
    // He had come back at one, into another bed: told last, and only what came after it is undone.
    const auto back = adt(CensusKind::admit, who("aa1", {"p1"}, "bed3"), clock_time(13), 300);
    const auto undone = adt(CensusKind::cancel_discharge, who("aa1", {"p1"}), clock_time(17), 10);
    const bool back_first = GENERATE(true, false);
    tell(state, back_first ? back : undone);
    tell(state, back_first ? undone : back);
    hers();
    CHECK(owner(state, who("", {}, "bed3"), clock_time(19)) == "eaa1");
}

TEST_CASE("whose discharge is cancelled when the bed is somebody else's shares it, and its readings are nobody's") {
    State state;
    tell(state, adt(CensusKind::admit, who("aa1", {"p1"}, "bed1"), clock_time(8)));
    tell(state, adt(CensusKind::discharge, who("aa1", {"p1"}), clock_time(12)));
    tell(state, adt(CensusKind::admit, who("bb2", {"p2"}, "bed1"), clock_time(12, 30)));
    if (GENERATE(true, false)) tell(state, adt(CensusKind::discharge, who("aa1", {"p1"}), clock_time(14)));
    tell(state, adt(CensusKind::cancel_discharge, who("aa1", {"p1"}), clock_time(15)));
    CHECK(owner(state, who("", {}, "bed1"), clock_time(12, 15)) == "eaa1");
    CHECK(owner(state, who("", {}, "bed1"), clock_time(16)) == "identity_conflict");
    CHECK(owner(state, who("bb2", {}, "bed1"), clock_time(16)) == "ebb2");
    CHECK(owner(state, who("aa1", {}, "bed1"), clock_time(16)) == "eaa1");
    tell(state, adt(CensusKind::transfer, who("aa1", {"p1"}, "bed3"), clock_time(12, 30), 240));
    CHECK(owner(state, who("", {}, "bed1"), clock_time(16)) == "ebb2");
    CHECK(owner(state, who("", {}, "bed3"), clock_time(16)) == "eaa1");
}

TEST_CASE("no time that is told of a discharge puts a patient into a bed that was free and is somebody else's") {
    const unsigned seed = 20'261'129;
    std::mt19937 random{seed};
    for (int round = 0; round < 3'000; ++round) {
        INFO("seed " << seed << ", round " << round);
        State state;
        const auto bed1 = who("", {}, "bed1");
        std::vector<std::pair<EventTime, std::string>> lay; // who lay there, as it was known then
        int others = 0;
        for (int hour = 1; hour < 22; ++hour) {
            const auto now = clock_time(hour);
            const auto say = [&](CensusKind kind, Subject const& subject, int as_of) {
                auto change = adt(kind, subject, clock_time(as_of));
                change.message_time = model::DeviceTime{now.ms};
                core::apply(state, change, {now.ms}, now);
            };
            const bool free = owner(state, bed1, now) == "unassigned";
            const auto what = random() % 6;
            if (free && others > 0 && what < 4) {
                ++others;
                say(CensusKind::admit, who("b" + std::to_string(others), {"q" + std::to_string(others)}, "bed1"), hour);
            } else if (free && what < 5)
                say(CensusKind::admit, who("aa1", {"p1"}, others++ == 0 ? "bed1" : "bed2"), hour);
            else if (what == 5 && others > 1)
                say(CensusKind::discharge, who("b" + std::to_string(others), {"q" + std::to_string(others)}), hour);
            else // of what was, is or is to come
                say(CensusKind::discharge, who("aa1", {"p1"}), std::max(1, hour - 4 + static_cast<int>(random() % 8)));
            const auto there = owner(state, bed1, now);
            if (there.starts_with("eb")) lay.emplace_back(now, there);
            for (auto const& [when, whom] : lay) REQUIRE(owner(state, bed1, when) == whom);
        }
    }
}

TEST_CASE("what is told of two patients of one bed ends the same in whatever order it comes") {
    const unsigned seed = 20'261'128;
    INFO("seed " << seed);
    std::mt19937 random{seed};
    const std::vector<CensusChange> messages = {
        adt(CensusKind::admit, who("aa1", {"p1"}, "bed1"), clock_time(8)),
        adt(CensusKind::discharge, who("aa1", {"p1"}), clock_time(11), -120), // planned
        adt(CensusKind::discharge, who("aa1", {"p1"}), clock_time(10)),
        adt(CensusKind::admit, who("bb2", {"p2"}, "bed1"), clock_time(10, 30)),
        adt(CensusKind::discharge, who("aa1", {"p1"}), clock_time(12), 1),
        adt(CensusKind::admit, who("aa1", {"p1"}, "bed2"), clock_time(13)),
        adt(CensusKind::discharge, who("aa1", {"p1"}), clock_time(15)),
        adt(CensusKind::discharge, who("aa1", {"p1"}), clock_time(14), 70),
        adt(CensusKind::cancel_discharge, who("aa1", {"p1"}), clock_time(15), 20),
    };
    for (int round = 0; round < 2'000; ++round) {
        auto state = told_anyhow(messages, random);
        const auto in = [&](char const* bed, int hour) { return owner(state, who("", {}, bed), clock_time(hour, 45)); };
        for (int hour = 8; hour < 17; ++hour) {
            REQUIRE(in("bed1", hour) == (hour < 10 ? "eaa1" : "ebb2"));
            REQUIRE(in("bed2", hour) == (hour < 13 ? "unassigned" : "eaa1"));
        }
    }
}

TEST_CASE("an update corrects the bed of the stay, unless what it knew is older than what is known") {
    State state;
    tell(state, adt(CensusKind::admit, who("aa1", {"p1"}, "bed1"), clock_time(8)));
    SECTION("correction") {
        tell(state, adt(CensusKind::update, who("aa1", {"p1"}, "bed2"), clock_time(10)));
        CHECK(owner(state, who("", {}, "bed1"), clock_time(9)) == "unassigned");
        CHECK(owner(state, who("", {}, "bed2"), clock_time(9)) == "eaa1");
        CHECK(owner(state, who("", {}, "bed2"), clock_time(11)) == "eaa1");
        CHECK(state.beds[state.encounters.front().bed.value - 1].bed == "bed2");
    }
    SECTION("a transfer told later, dated back") {
        tell(state, adt(CensusKind::update, who("aa1", {"p1"}, "bed1"), clock_time(9)));
        tell(state, adt(CensusKind::transfer, who("aa1", {"p1"}, "bed2"), clock_time(8, 30), 60));
        CHECK(owner(state, who("", {}, "bed2"), clock_time(10)) == "eaa1");
    }
    SECTION("an update before the admission is told") {
        State late;
        tell(late, adt(CensusKind::update, who("bb2", {"p2"}, "bed4"), clock_time(9)));
        CHECK(owner(late, who("", {}, "bed4"), clock_time(10)) == "ebb2");
        tell(late, adt(CensusKind::admit, who("bb2", {"p2"}, "bed3"), clock_time(8)));
        CHECK(owner(late, who("", {}, "bed4"), clock_time(8, 30)) == "ebb2");
        CHECK(owner(late, who("", {}, "bed3"), clock_time(8, 30)) == "unassigned");
    }
    SECTION("after a discharge that came without an admission") {
        State ended;
        tell(ended, adt(CensusKind::discharge, who("bb2", {"p2"}), clock_time(8)));
        tell(ended, adt(CensusKind::update, who("bb2", {"p2"}, "bed4"), clock_time(9)));
        CHECK(owner(ended, who("", {}, "bed4"), clock_time(10)) == "unassigned");
    }
    SECTION("of a cancelled admission") {
        tell(state, adt(CensusKind::update, who("aa1", {"p1"}, "bed2"), clock_time(9)));
        tell(state, adt(CensusKind::cancel_admit, who("aa1", {"p1"}), clock_time(10)));
        CHECK(owner(state, who("", {}, "bed2"), clock_time(11)) == "unassigned");
        CHECK(state.encounters.front().closed.has_value());
    }
}

TEST_CASE("an admission adopts the stay that was opened before its visit was known") {
    State state;
    SECTION("by a person, with the patient's number") {
        tell(state, adt(CensusKind::admit, who("", {"m91"}, "bed1"), clock_time(9)));
        tell(state, adt(CensusKind::admit, who("v91", {"m91"}, "bed1"), clock_time(8, 59)));
        CHECK(state.encounters.size() == 1);
        CHECK(state.encounters.front().visit == "v91");
        tell(state, adt(CensusKind::discharge, who("v91", {"m91"}), clock_time(12)));
        CHECK(state.encounters.front().closed == clock_time(12));
    }
    SECTION("by a reading of the bed") {
        core::open_encounter(state, who("", {}, "bed1"), clock_time(9), true);
        tell(state, adt(CensusKind::admit, who("v90", {"m90"}, "bed1"), clock_time(7)));
        REQUIRE(state.encounters.size() == 1);
        CHECK_FALSE(state.encounters.front().implied);
        CHECK(state.encounters.front().opened == clock_time(7));
        CHECK(owner(state, who("v90", {"m90"}), clock_time(10)) == state.encounters.front().pseudonym);
        CHECK(owner(state, who("", {}, "bed1"), clock_time(10)) == state.encounters.front().pseudonym);
    }
    SECTION("but not a stay of another visit, nor one that has ended") {
        tell(state, adt(CensusKind::admit, who("", {"m91"}, "bed1"), clock_time(1)));
        tell(state, adt(CensusKind::discharge, who("", {"m91"}), clock_time(2)));
        tell(state, adt(CensusKind::admit, who("v91", {"m91"}, "bed1"), clock_time(9)));
        tell(state, adt(CensusKind::admit, who("v93", {"m91"}, "bed2"), clock_time(10)));
        CHECK(state.encounters.size() == 3);
    }
}

TEST_CASE("a claim is for what was true until then, of one feed, and nobody who lies there later is meant") {
    State state;
    tell(state, adt(CensusKind::admit, who("bb2", {"p2"}, "bed2"), clock_time(8)));
    const auto bed9 = core::subject_id(state, who("", {}, "bed9"));
    auto& u = state.unassigned[{bed9.value, 1}];
    u.claimed_for = model::EncounterId{1};
    u.claimed_until = clock_time(10);
    const auto whose = [&](std::uint32_t source, EventTime when) {
        const auto found = core::attribute(state, bed9, {source}, when, when);
        return found.encounter == model::nobody ? std::string{} : core::at(state, found.encounter).pseudonym;
    };
    CHECK(whose(1, clock_time(9)) == "ebb2");
    CHECK(whose(2, clock_time(9)).empty());
    CHECK(whose(1, clock_time(10, 1)).empty());
    tell(state, adt(CensusKind::admit, who("v5", {"m5"}, "bed9"), clock_time(9, 30)));
    CHECK(whose(1, clock_time(9)) == "ebb2");
    CHECK(whose(1, clock_time(9, 45)) == "ev5");
    CHECK(whose(1, clock_time(11)) == "ev5");
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
        adt(CensusKind::update, who("aa1", {"p1"}, "bed4"), clock_time(12, 30), 5),
        adt(CensusKind::cancel_transfer, who("aa1", {"p1"}, "bed2"), clock_time(11, 10), 6),
        adt(CensusKind::discharge, who("aa1", {"p1"}), clock_time(15), 5),
        adt(CensusKind::admit, who("bb2", {"p2"}, "bed1"), clock_time(12), 1),
    };
    State in_order;
    for (auto const& m : messages) tell(in_order, m);
    for (int round = 0; round < 2'000; ++round) {
        auto state = told_anyhow(messages, random);
        for (int hour = 7; hour < 17; ++hour)
            for (auto bed : {"bed1", "bed2", "bed3", "bed4"})
                REQUIRE(owner(state, who("", {}, bed), clock_time(hour, 30)) ==
                        owner(in_order, who("", {}, bed), clock_time(hour, 30)));
    }
}

TEST_CASE("strangers who share a placeholder for a number are strangers") {
    State state;
    tell(state, adt(CensusKind::admit, who("vb", {"b1.hosp", "999999999.ssa"}, "bed1"), clock_time(8)));
    const auto stranger = who("", {"a1.hosp", "999999999.ssa"});
    CHECK(owner(state, stranger, clock_time(9)) == "unassigned");
    CHECK(owner(state, who("", {"999999999.ssa"}), clock_time(9)) == "evb"); // nothing contradicts it
    tell(state, adt(CensusKind::discharge, stranger, clock_time(10)));
    CHECK(owner(state, who("", {"b1.hosp"}), clock_time(11)) == "evb");
    // His other number joins another stranger of that name, and not her.
    auto merge = adt(CensusKind::merge, who("", {"a9.hosp", "999999999.ssa"}), clock_time(12));
    merge.absorbed_patients = {"a1.hosp", "999999999.ssa"};
    tell(state, merge);
    CHECK(owner(state, who("", {"a1.hosp"}), clock_time(13)) != "evb");
    CHECK(owner(state, who("", {"b1.hosp", "5.insurance"}), clock_time(13)) == "evb");
}

TEST_CASE("of a patient here and in dialysis a movement without a visit is that of the bed it names") {
    State state;
    tell(state, adt(CensusKind::admit, who("vicu", {"p1"}, "bed60"), clock_time(8)));
    tell(state, adt(CensusKind::admit, who("vdial", {"p1"}, "dial1"), clock_time(12)));
    CHECK(owner(state, who("", {"p1"}), clock_time(13)) == "identity_conflict");
    CHECK(owner(state, who("", {"p1"}, "bed60"), clock_time(13)) == "evicu");
    CHECK(owner(state, who("", {"p1"}, "bed61"), clock_time(13)) == "identity_conflict");
    CHECK(tell(state, adt(CensusKind::discharge, who("", {"p1"}), clock_time(14))).refused ==
          Reason::identity_conflict);
    tell(state, adt(CensusKind::discharge, who("", {"p1"}, "dial1"), clock_time(15)));
    CHECK(owner(state, who("", {"p1"}), clock_time(16)) == "evicu");

    tell(state, adt(CensusKind::admit, who("vdial2", {"p1"}, "dial1"), clock_time(17)));
    auto move = adt(CensusKind::transfer, who("", {"p1"}, "dial2"), clock_time(18));
    move.prior_location = Location{"icu", "dial1"};
    tell(state, move);
    CHECK(owner(state, who("", {}, "bed60"), clock_time(19)) == "evicu");
    CHECK(owner(state, who("", {}, "dial2"), clock_time(19)) == "evdial2");
}
