// Probabilities of death from log odds, and what scores of the first day are not asked for. Doubles stand here only as
// the other opinion.

#include "case.hpp"

#include "core/scores/definition.hpp"
#include "core/scores/first_day.hpp"
#include "core/scores/logistic.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

using namespace vigil;
using model::Decimal;

namespace {

double number(Decimal d) { return static_cast<double>(d.mantissa) / std::pow(10.0, d.scale); }

std::string shown(std::optional<model::Ratio> const& odds) {
    const auto p = odds ? scores::per_cent_of_odds(*odds) : std::nullopt;
    return p ? model::to_string(*p) : "-";
}

} // namespace

TEST_CASE("a probability is the logistic function of its log odds, to the last digit") {
    CHECK(shown(model::Ratio{0, 1}) == "50.00");
    CHECK(shown(model::Ratio{60, 1}) == "100.00");
    CHECK(shown(model::Ratio{-60, 1}) == "0.00");
    CHECK(shown(model::Ratio{-900'000, 1}) == "0.00");
    CHECK(shown(model::Ratio{900'000, 1}) == "100.00");
    CHECK(shown(model::Ratio{2'000'000, 1}) == "-");
    for (std::int64_t thousandths = -12'000; thousandths <= 12'000; thousandths += 7) {
        const auto p = scores::per_cent_of_odds(model::ratio({thousandths, 3}));
        const auto other = 100.0 / (1.0 + std::exp(-static_cast<double>(thousandths) / 1000.0));
        INFO(thousandths);
        REQUIRE(p);
        CHECK(std::abs(number(*p) - other) <= 0.005 + 1e-9);
    }
}

TEST_CASE("AP-08, SP-01, SP-02, SP-06: the published log odds") {
    auto const& t = test::rulebook().tables;
    CHECK(shown(scores::log_odds_of(t.apache2.odds, 25)) == "53.32");
    CHECK(shown(scores::log_odds_of(t.saps2.odds, 0)) == "0.04");
    CHECK(shown(scores::log_odds_of(t.saps2.odds, 70)) == "83.84");
    CHECK(shown(scores::log_odds_of(t.saps2.odds, 40)) == "24.74");
    CHECK(shown(scores::log_odds_of(t.saps2.odds, 64)) == "75.32");
    for (std::int32_t s = 0; s <= 163; ++s) {
        const double odds = -7.7631 + 0.0737 * s + 0.9971 * std::log(s + 1.0);
        const auto p = scores::per_cent_of_odds(*scores::log_odds_of(t.saps2.odds, s));
        INFO(s);
        REQUIRE(p);
        CHECK(std::abs(number(*p) - 100.0 / (1.0 + std::exp(-odds))) <= 0.005 + 1e-6);
    }
}

TEST_CASE("a score of the first day has only the product day; every other score has all") {
    for (std::size_t i = 0; i < model::score_id_count; ++i) {
        const auto id = static_cast<model::ScoreId>(i);
        const bool first_day = id == model::ScoreId::apache2 || id == model::ScoreId::saps2;
        INFO(model::name_of(id));
        CHECK(scores::offers(id, model::Product::day));
        CHECK(scores::offers(id, model::Product::rolling) == !first_day);
        CHECK(scores::offers(id, model::Product::now) == !first_day);
    }
    CHECK(scores::not_offered(model::ScoreId::apache2, model::Product::now) ==
          "apache2 has no product 'now', only day");
}

TEST_CASE("the points of both scores can reach what their papers say, and no more") {
    const auto most = [](char const* ask, model::Score& out) {
        const model::Timeline nothing;
        out = scores::evaluate(test::parse_key(ask), {&nothing, test::t0 - model::hours(24), {}, {}}, test::t0,
                               test::rulebook());
        return out.parts.front().upper;
    };
    model::Score score;
    CHECK(most("apache2 day", score) == 71);
    CHECK(most("saps2 day", score) == 163);
}
