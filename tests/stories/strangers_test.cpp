#include "tests/stories/bedside.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace vigil;

namespace {

constexpr std::int64_t start = 1'772'323'200'000;
constexpr std::int64_t minute = 60'000;

testing::Told platelets(std::int64_t at, std::int64_t value) {
    testing::Told t;
    t.signal = model::Signal::plt;
    t.value.kind = model::Value::Kind::number;
    t.value.number = {value, 0};
    t.unit = "10*9/L";
    t.time = {start + at * minute};
    return t;
}

} // namespace

// A laboratory tells of the whole house. What it says of a patient who is admitted an hour later must still find him.
TEST_CASE("early results wait for their patient, however many strangers the laboratory tells of", "[stories]") {
    core::Rulebook rules = testing::shipped_rulebook();
    testing::Bedside bed{rules, {start}};
    const auto strangers = static_cast<std::int64_t>(core::held_subjects) + 50;
    for (std::int64_t i = 0; i < strangers; ++i)
        bed.tell({start + i * 1000}, "laboratory", {"stranger" + std::to_string(i), {}, {}}, {platelets(0, 200)});
    const auto told = strangers / 60 + 1;
    bed.tell({start + told * minute}, "laboratory", {"v1", {}, {}}, {platelets(told - 10, 15)});
    bed.census({start + (told + 5) * minute}, core::CensusKind::admit, "v1", "mrn", model::Location{"icu", "b1"});
    CHECK(bed.state().unassigned.size() <= core::held_subjects);
    auto const& scores = bed.state().encounters.front().shown;
    const auto sofa = std::find_if(scores.begin(), scores.end(), [](model::Score const& s) {
        return s.key.id == model::ScoreId::sofa && s.key.product == model::Product::now;
    });
    REQUIRE(sofa != scores.end());
    const auto coag = std::find_if(sofa->parts.begin(), sofa->parts.end(),
                                   [](model::ScorePart const& p) { return p.part == model::Part::coag; });
    REQUIRE(coag != sofa->parts.end());
    CHECK(coag->points == 4);
}
