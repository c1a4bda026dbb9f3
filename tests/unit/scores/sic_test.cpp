// SIC asks SOFA itself: what it looks at, and what it answers, is what SOFA does.

#include "case.hpp"

#include "core/scores/definition.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace vigil;
using model::Part;
using model::Signal;

TEST_CASE("SIC looks at everything its organs look at") {
    for (const auto signal : scores::definition(model::ScoreId::sofa).signals) {
        const bool of_the_brain =
            model::name_of(signal).starts_with("gcs") ||
            std::find(model::sedating.begin(), model::sedating.end(), signal) != model::sedating.end();
        INFO(model::name_of(signal));
        CHECK(scores::reads(model::ScoreId::sic, signal) != of_the_brain);
    }
}

TEST_CASE("the organs of SIC are those of SOFA as published, in every product and basis and under any policy") {
    const std::string input = "-20h pao2 90, fio2 50, resp_device imv; -18h bili 45 umol/L; -30h..0/2h map 68; -12h "
                              "crea 180 umol/L; -9h ecls "
                              "vv; -3h rrt crrt; -2h..0/1h norepinephrine 0.05; -1h inr 1.3, plt 140";
    const auto timeline = test::timeline_of(test::parse_input(input));
    for (const std::string product : {"rolling", "now", "day"})
        for (const std::string basis : {"native", "conventional"})
            for (const std::string policy : {"published", "live"}) {
                const scores::Patient who{&timeline, test::t0 - model::hours(40), {}, {}};
                const auto ask = [&](std::string const& score, std::string const& by) {
                    return scores::evaluate(test::parse_key(score + " " + product + " " + basis + " " + by), who,
                                            test::t0, test::rulebook());
                };
                const auto sofa = ask("sofa", "published"), sic = ask("sic", policy);
                std::int32_t sum = 0, lower = 0, upper = 0;
                std::uint8_t missing = 0;
                for (auto const& p : sofa.parts)
                    if (p.part == Part::resp || p.part == Part::cardio || p.part == Part::liver ||
                        p.part == Part::renal) {
                        sum += p.points.value_or(0);
                        missing = static_cast<std::uint8_t>(missing + (p.points ? 0 : 1));
                        lower += p.lower;
                        upper += p.upper;
                    }
                auto const& organs = sic.parts.at(3);
                CAPTURE(product, basis, policy);
                REQUIRE(organs.part == Part::organs);
                CHECK(organs.points == std::min(sum, 2));
                CHECK(organs.missing == missing);
                CHECK(organs.lower == std::min(lower, 2));
                CHECK(organs.upper == std::min(upper, 2));
            }
}
