#include "core/scores/delta.hpp"

#include <catch2/catch.hpp>

using namespace vigil;
using model::Part;
using model::PartState;

namespace {

// Points of resp, coag, liver, cardio, cns, renal; -1 is not measured.
model::Score score(std::vector<int> const& points) {
    model::Score s;
    model::ScorePart total;
    total.state = PartState::valued;
    std::int32_t sum = 0;
    bool any = false;
    for (std::size_t i = 0; i < points.size(); ++i) {
        model::ScorePart p;
        p.part = scores::sofa_components[i];
        if (points[i] >= 0) {
            p.points = points[i];
            p.state = PartState::valued;
            sum += points[i];
            any = true;
        }
        s.parts.push_back(p);
    }
    if (any) total.points = sum;
    s.parts.insert(s.parts.begin(), total);
    return s;
}

} // namespace

TEST_CASE("delta-SOFA: day against baseline day") {
    CHECK(scores::delta_sofa(score({2, 1, 0, 3, 0, 0}), score({1, 0, 0, 0, 0, 0})) == 5);
    CHECK(scores::delta_sofa(score({-1, -1, -1, -1, -1, -1}), score({1, 0, 0, 0, 0, 0})) == std::nullopt);
}

TEST_CASE("max-SOFA and total-max-SOFA are two things") {
    const std::vector<model::Score> days = {score({4, 0, 0, 0, 0, 0}), score({0, 0, 0, 4, 1, 0}),
                                            score({-1, 2, -1, -1, -1, -1})};
    CHECK(scores::max_sofa(days) == 5);
    CHECK(scores::total_max_sofa(days) == 11);
    CHECK(scores::max_sofa({}) == std::nullopt);
}
