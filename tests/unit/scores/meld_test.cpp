// The logarithm and the three formulas, apart from any timeline. Doubles stand here only as the other opinion.

#include "case.hpp"

#include "core/scores/logarithm.hpp"
#include "core/scores/meld_formula.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

using namespace vigil;
using model::Decimal;

namespace {

double number(Decimal d) { return static_cast<double>(d.mantissa) / std::pow(10.0, d.scale); }

Decimal decimal(std::string const& text) {
    const auto d = model::parse_decimal(text);
    REQUIRE(d);
    return *d;
}

struct Row {
    std::string id;
    scores::MeldInputs inputs;
    std::optional<bool> female;
    std::string meld, meld_na, meld3; // as they stand, "-" none
};

std::vector<Row> rows() {
    std::ifstream file{std::string{std::getenv("VIGIL_ROOT")} + "/tests/vectors/meld_formula.tsv"};
    std::vector<Row> out;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.front() == '#' || line.starts_with("id\t")) continue;
        std::vector<std::string> c;
        std::stringstream in{line};
        for (std::string cell; std::getline(in, cell, '\t');) c.push_back(cell);
        REQUIRE(c.size() == 12);
        Row r{c[0], {decimal(c[1]), decimal(c[2]), decimal(c[3]), {}, {}, c[7] == "yes"}, {}, c[8], c[9], c[10]};
        if (c[4] != "-") r.inputs.sodium = decimal(c[4]);
        if (c[5] != "-") r.inputs.albumin = decimal(c[5]);
        if (c[6] != "-") r.female = c[6] == "f";
        out.push_back(r);
    }
    return out;
}

// 8.1 in binary arithmetic; MELD(i) ten times the sum.
struct Doubles {
    double meld, meld_na, meld3;
};
Doubles by_doubles(scores::MeldInputs const& in, bool female) {
    const auto clamped = [](Decimal d, double low, double high) { return std::min(std::max(number(d), low), high); };
    const auto bili = std::log(clamped(in.bilirubin, 1, 1e9)), inr = std::log(clamped(in.inr, 1, 1e9));
    const auto crea = std::log(in.dialysis ? 4.0 : clamped(in.creatinine, 1, 4)),
               crea3 = std::log(in.dialysis ? 3.0 : clamped(in.creatinine, 1, 3));
    const auto na = 137 - clamped(in.sodium, 125, 137), alb = 3.5 - clamped(in.albumin, 1.5, 3.5);
    Doubles out{};
    out.meld = 10 * (0.957 * crea + 0.378 * bili + 1.120 * inr + 0.643);
    const auto whole = std::min(40.0, std::round(out.meld));
    out.meld_na = whole > 11 ? whole + 1.32 * na - 0.033 * whole * na : whole;
    out.meld3 = (female ? 1.33 : 0) + 4.56 * bili + 0.82 * na - 0.24 * na * bili + 9.09 * inr + 11.14 * crea3 +
                1.85 * alb - 1.83 * alb * crea3 + 6;
    return out;
}

// Rounded and bounded, unless it is so near to half a point that doubles cannot tell.
void check_rounded(double value, std::int32_t points) {
    if (std::abs(value - std::floor(value) - 0.5) < 1e-6) return;
    CHECK(points == std::min(40.0, std::max(6.0, std::round(value))));
}

} // namespace

TEST_CASE("the logarithm has nine right digits") {
    std::size_t checked = 0;
    const auto check = [&](Decimal d) {
        const auto l = scores::natural_logarithm(d);
        REQUIRE(l);
        CAPTURE(model::to_string(d), model::to_string(*l));
        // Half a unit of the ninth digit, and what doubles lose.
        CHECK(std::abs(number(*l) - std::log(number(d))) < 0.5000001e-9 + 1e-14 * std::abs(number(*l)));
        ++checked;
    };
    for (std::int64_t i = 1; i <= 20'000; ++i) check({i, 2});
    std::mt19937_64 dice{20261127};
    for (int i = 0; i < 100'000; ++i) {
        const auto digits = 1 + dice() % 15;
        std::uint64_t most = 1;
        for (std::uint64_t k = 0; k < digits; ++k) most *= 10;
        check({static_cast<std::int64_t>(1 + dice() % (most - 1)), static_cast<std::uint8_t>(dice() % 13)});
    }
    check({Decimal::max_mantissa, 0});
    check({Decimal::max_mantissa, Decimal::max_scale});
    check({1, Decimal::max_scale});
    CHECK(checked > 120'000);
}

TEST_CASE("the logarithm of known numbers, rounded half-up in its ninth digit") {
    const auto ln = [](Decimal d) { return model::to_string(*scores::natural_logarithm(d)); };
    CHECK(*scores::natural_logarithm({1, 0}) == Decimal{0, 0});
    CHECK(*scores::natural_logarithm({1000, 3}) == Decimal{0, 0});
    CHECK(ln({2, 0}) == "0.693147181");          // ...180559
    CHECK(ln({10, 0}) == "2.302585093");         // ...092994
    CHECK(ln({3, 0}) == "1.098612289");          // ...288668
    CHECK(ln({4, 0}) == "1.386294361");          // ...361119
    CHECK(ln({15, 1}) == "0.405465108");         // ...108164
    CHECK(ln({5, 1}) == "-0.693147181");         // half away from zero
    CHECK(ln({1, 12}) == "-27.631021116");       // ...115928
    CHECK(ln({1'000'000, 0}) == "13.815510558"); // ...557964
    CHECK(scores::natural_logarithm({15, 1}) == scores::natural_logarithm({1500, 3}));
    CHECK_FALSE(scores::natural_logarithm({0, 0}));
    CHECK_FALSE(scores::natural_logarithm({-1, 0}));
}

TEST_CASE("the logarithm never falls") {
    std::optional<Decimal> last;
    for (std::int64_t i = 900'000; i < 1'100'000; i += 7) {
        const auto l = scores::natural_logarithm({i, 6});
        REQUIRE(l);
        if (last) CHECK(*l > *last);
        last = l;
    }
}

TEST_CASE("MELD formulas") {
    auto const& t = test::rulebook().tables;
    const auto all = rows();
    REQUIRE(all.size() >= 40);
    const auto text = [](std::int32_t points) { return std::to_string(points); };
    for (auto const& r : all) {
        INFO(r.id);
        CHECK(text(scores::meld_points(t.meld, r.inputs)) == r.meld);
        if (r.meld_na != "-") CHECK(text(scores::meld_na_points(t.meld_na, r.inputs)) == r.meld_na);
        if (r.meld3 != "-" && r.female) CHECK(text(scores::meld3_points(t.meld3, r.inputs, *r.female)) == r.meld3);
    }
}

TEST_CASE("MELD formulas agree with binary arithmetic wherever that can tell") {
    auto const& t = test::rulebook().tables;
    std::mt19937_64 dice{20261128};
    const auto value = [&](std::int64_t low, std::int64_t high, std::uint8_t scale) {
        return Decimal{low + static_cast<std::int64_t>(dice() % static_cast<std::uint64_t>(high - low + 1)), scale};
    };
    for (int i = 0; i < 30'000; ++i) {
        scores::MeldInputs in{value(1, 1000, 1),    value(50, 900, 2), value(20, 700, 2),
                              value(1100, 1500, 1), value(8, 50, 1),   dice() % 5 == 0};
        if (i % 3 == 0) in.bilirubin = value(1'000'000, 40'000'000, 6);
        CAPTURE(i);
        for (const bool female : {false, true}) {
            const auto d = by_doubles(in, female);
            check_rounded(d.meld, scores::meld_points(t.meld, in));
            // A MELD(i) that doubles cannot tell is no ground for the rest either.
            if (std::abs(d.meld - std::floor(d.meld) - 0.5) > 1e-6)
                check_rounded(d.meld_na, scores::meld_na_points(t.meld_na, in));
            check_rounded(d.meld3, scores::meld3_points(t.meld3, in, female));
        }
    }
}

TEST_CASE("MELD and MELD-Na never fall when an input is worse") {
    auto const& t = test::rulebook().tables;
    std::mt19937_64 dice{20261129};
    const auto value = [&](std::int64_t low, std::int64_t high) {
        return Decimal{low + static_cast<std::int64_t>(dice() % static_cast<std::uint64_t>(high - low + 1)), 1};
    };
    for (int i = 0; i < 20'000; ++i) {
        const scores::MeldInputs in{value(1, 400), value(5, 90), value(2, 70), value(1100, 1500), value(8, 50), false};
        auto worse = in;
        const auto which = dice() % 5;
        if (which == 0) worse.bilirubin.mantissa += value(1, 30).mantissa;
        if (which == 1) worse.inr.mantissa += value(1, 30).mantissa;
        if (which == 2) worse.creatinine.mantissa += value(1, 30).mantissa;
        if (which == 3) worse.sodium.mantissa -= value(1, 30).mantissa;
        if (which == 4) worse.dialysis = true;
        CHECK(scores::meld_points(t.meld, worse) >= scores::meld_points(t.meld, in));
        CHECK(scores::meld_na_points(t.meld_na, worse) >= scores::meld_na_points(t.meld_na, in));
        CHECK(scores::meld3_points(t.meld3, in, true) >= scores::meld3_points(t.meld3, in, false));
    }
}
