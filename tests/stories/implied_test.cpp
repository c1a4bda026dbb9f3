// Stays that readings opened because no admission had been told, and what becomes of them when one is: a nurse sees one
// card of a patient, with all that was measured of him.

#include "tests/stories/bedside.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace vigil;
using core::CensusKind;

namespace {

constexpr std::int64_t start = 1'772'323'200'000;
constexpr std::int64_t minute = 60'000;
const model::Location b1{"icu", "b1"}, b2{"icu", "b2"};

core::Rulebook with_implied_admission() {
    auto rules = testing::shipped_rulebook();
    rules.sources.push_back({"monitor", true, {}, false});
    return rules;
}

// One monitor that may open a stay; a reading is a heart rate, told when it was measured unless another minute is
// given.
struct Ward {
    core::Rulebook rules = with_implied_admission();
    testing::Bedside bed{rules, {start}};

    void reading(std::int64_t at, model::Subject const& subject, std::optional<std::int64_t> measured = {}) {
        testing::Told t;
        t.signal = model::Signal::hr;
        t.value.kind = model::Value::Kind::number;
        t.value.number = {80, 0};
        t.unit = "/min";
        t.time = {start + measured.value_or(at) * minute};
        bed.tell({start + at * minute}, "monitor", subject, {t});
    }
    void by_bed(std::int64_t at, model::Location const& where = b1, std::optional<std::int64_t> measured = {}) {
        reading(at, {"", {}, where}, measured);
    }
    void census(std::int64_t at, CensusKind kind, std::string const& visit, std::string const& patient,
                std::optional<model::Location> where = {}, std::optional<std::int64_t> effective = {}) {
        bed.census({start + at * minute}, kind, visit, patient, std::move(where), {},
                   model::EventTime{start + effective.value_or(at) * minute});
    }
    // The cards on the ward: who lies where, and of how many minutes there are readings.
    std::vector<std::string> cards() {
        std::vector<std::string> out;
        for (auto const& e : bed.state().encounters) {
            if (e.merged_into || e.ended || e.bed.value == 0) continue;
            out.push_back((e.visit.empty() ? e.patients.empty() ? "?" : e.patients.front() : e.visit) + " in " +
                          bed.state().beds[e.bed.value - 1].bed + ": " + std::to_string(minutes_of(e)));
        }
        std::sort(out.begin(), out.end());
        return out;
    }
    static int minutes_of(core::Encounter const& e) {
        int n = 0;
        e.timeline.minutes(model::Signal::hr, {start - 600 * minute}, {start + 600 * minute},
                           [&n](model::Minute const&) { ++n; });
        return n;
    }
    std::uint64_t waiting() {
        std::uint64_t n = 0;
        for (auto const& [key, u] : bed.state().unassigned) n += u.readings;
        return n;
    }
};

using Cards = std::vector<std::string>;

} // namespace

TEST_CASE("who is moved to a bed whose monitor was quicker than the admission desk is one card", "[stories]") {
    Ward ward;
    ward.census(0, CensusKind::admit, "v1", "m1", b2);
    ward.by_bed(1, b2);
    SECTION("moved, as it is told, before the monitor began") {
        for (int i = 10; i < 20; ++i) ward.by_bed(i);
        CHECK(ward.cards() == Cards{"? in b1: 10", "v1 in b2: 1"});
        ward.census(20, CensusKind::transfer, "v1", "m1", b1, 9);
        ward.by_bed(21);
        CHECK(ward.cards() == Cards{"v1 in b1: 12"});
    }
    SECTION("while it was measuring: what was before is not his") {
        for (int i = 10; i < 20; ++i) ward.by_bed(i);
        ward.census(20, CensusKind::transfer, "v1", "m1", b1, 15);
        ward.by_bed(21);
        CHECK(ward.cards() == Cards{"v1 in b1: 7"});
        CHECK(Ward::minutes_of(ward.bed.state().encounters[1]) == 5);
        CHECK(ward.bed.state().encounters[1].ended);
    }
    SECTION("told ahead: nobody is moved before the time") {
        for (int i = 10; i < 20; ++i) ward.by_bed(i);
        ward.census(20, CensusKind::transfer, "v1", "m1", b1, 30);
        ward.by_bed(21);
        CHECK(ward.cards() == Cards{"? in b1: 11", "v1 in b2: 1"});
        ward.by_bed(31);
        CHECK(ward.cards() == Cards{"v1 in b1: 2"});
    }
    SECTION("registered before, and admitted to the bed") {
        ward.census(2, CensusKind::register_, "v2", "m2");
        for (int i = 10; i < 20; ++i) ward.by_bed(i);
        ward.census(20, CensusKind::admit, "v2", "m2", b1, 9);
        ward.by_bed(21);
        CHECK(ward.cards() == Cards{"v1 in b2: 1", "v2 in b1: 11"});
    }
    CHECK(ward.waiting() == 0);
}

TEST_CASE("a monitor that is told the name later begins a card of his, and the bed's readings are on it", "[stories]") {
    Ward ward;
    for (int i = 0; i < 10; ++i) ward.by_bed(i);
    for (int i = 10; i < 20; ++i) ward.reading(i, {"", {"m1"}, b1});
    ward.by_bed(20); // of a ventilator that knows no names
    CHECK(ward.cards() == Cards{"m1 in b1: 11"});
    CHECK(Ward::minutes_of(ward.bed.state().encounters[0]) == 10);
    // A late one that names him shows that he came earlier.
    ward.reading(21, {"", {"m1"}, b1}, 5);
    CHECK(ward.cards() == Cards{"m1 in b1: 16"});
    CHECK(Ward::minutes_of(ward.bed.state().encounters[0]) == 5);
    ward.census(30, CensusKind::admit, "v1", "m1", b1, 5);
    CHECK(ward.cards() == Cards{"v1 in b1: 16"});
    CHECK(ward.waiting() == 0);
}

TEST_CASE("what was measured before an admission opens no second stay beside it", "[stories]") {
    Ward ward;
    ward.census(0, CensusKind::admit, "v1", "m1", b1);
    ward.by_bed(1, b1, -5);
    ward.reading(2, {"", {"m1"}, {}}, -5);
    ward.by_bed(3);
    ward.reading(4, {"", {"m1"}, {}});
    CHECK(ward.cards() == Cards{"v1 in b1: 2"});
    CHECK(ward.bed.state().encounters.size() == 1);
    CHECK(ward.waiting() == 2); // of nobody who was here
}

TEST_CASE("a visit that only readings knew is the stay that is admitted to its bed under another number", "[stories]") {
    Ward ward;
    for (int i = 0; i < 10; ++i) ward.reading(i, {"account1", {"m1"}, b1});
    ward.census(10, CensusKind::admit, "v1", "m1", b1, 5);
    for (int i = 11; i < 15; ++i) ward.reading(i, {"account1", {"m1"}, b1});
    ward.reading(15, {"", {"m1"}, {}});
    ward.by_bed(16);
    CHECK(ward.cards() == Cards{"v1 in b1: 16"});
    CHECK(ward.waiting() == 0);
}

TEST_CASE("a stay of readings in which somebody else is named is no admitted patient's", "[stories]") {
    Ward ward;
    for (int i = 0; i < 10; ++i) ward.reading(i, {"", {"m9"}, b1});
    ward.census(10, CensusKind::admit, "v1", "m1", b1, 5);
    ward.by_bed(11);
    CHECK(ward.cards() == Cards{"m9 in b1: 10", "v1 in b1: 0"});
    CHECK(ward.waiting() == 1); // nobody can tell whose
}
