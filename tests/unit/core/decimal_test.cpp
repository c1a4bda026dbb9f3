// Exact arithmetic where binary floating point fails (scores.md 1.4).

#include "core/model/decimal.hpp"

#include <catch2/catch.hpp>

using namespace vigil::model;

TEST_CASE("decimals are read as printed") {
    struct Row {
        char const* text;
        char const* printed;
    };
    for (auto const& row : {Row{"7.40", "7.40"}, Row{"-0.5", "-0.5"}, Row{"+12", "12"}, Row{" 38.0 ", "38.0"},
                            Row{".5", "0.5"}, Row{"5.", "5"}, Row{"0.05", "0.05"},
                            Row{"37.200000000000003", "37.200000000000"}, Row{"999999999999999", "999999999999999"}}) {
        INFO(row.text);
        const auto value = parse_decimal(row.text);
        REQUIRE(value);
        CHECK(to_string(*value) == row.printed);
    }
    for (auto text :
         {"", " ", ".", "-", "1e3", "1,5", "1.2.3", "NaN", "inf", "12a", "1000000000000000", "--1", "1 2"}) {
        INFO(text);
        CHECK_FALSE(parse_decimal(text));
    }
}

TEST_CASE("order is numeric whatever the scale") {
    CHECK(*parse_decimal("7.40") == *parse_decimal("7.4"));
    CHECK(*parse_decimal("-1") < *parse_decimal("0.000000000001"));
    CHECK(*parse_decimal("999999999999999") > *parse_decimal("0.999999999999"));
}

TEST_CASE("quotients meet their thresholds exactly") {
    struct Row {
        char const* pao2;
        char const* fio2;
        int threshold;
    };
    for (auto const& row :
         {Row{"28.0", "28", 100}, Row{"130.5", "58", 225}, Row{"84", "21", 400}, Row{"63", "21", 300}}) {
        const auto percent = scaled(ratio(*parse_decimal(row.fio2)), Decimal{1, 0}, Decimal{100, 0});
        const auto pf = quotient(ratio(*parse_decimal(row.pao2)), *percent);
        REQUIRE(pf);
        CHECK(*pf == Decimal{row.threshold, 0});
    }
}

TEST_CASE("conversions keep every digit until they are told to round") {
    const auto shifted = sum(ratio(*parse_decimal("100.4")), ratio(Decimal{-32, 0}));
    const auto celsius = scaled(*shifted, Decimal{5, 0}, Decimal{9, 0});
    CHECK(*celsius == Decimal{38, 0});
    const auto mg = scaled(ratio(Decimal{107, 0}), Decimal{1, 0}, Decimal{884, 1});
    CHECK(*mg > Decimal{121, 2});
    CHECK(*mg < Decimal{1211, 3});
    CHECK(*round_half_up(*mg, 2) == Decimal{121, 2});
    CHECK(*round_half_up(ratio(*parse_decimal("0.0005")), 3) == Decimal{1, 3});
    CHECK(*round_half_up(ratio(*parse_decimal("-0.0005")), 3) == Decimal{-1, 3});
}

TEST_CASE("comparison is exact where 128 bits are not enough") {
    const Ratio third{static_cast<Int128>(1) << 100, (static_cast<Int128>(3) << 100) + 1};
    const Ratio more{static_cast<Int128>(1) << 100, static_cast<Int128>(3) << 100};
    CHECK(third < more);
    CHECK(Ratio{-third.num, third.den} > Ratio{-more.num, more.den});
    CHECK(Ratio{-1, 3} < Ratio{1, 1});
}

TEST_CASE("nothing divides by zero or less") {
    CHECK_FALSE(quotient(ratio(Decimal{80, 0}), ratio(Decimal{0, 0})));
    CHECK_FALSE(scaled(ratio(Decimal{80, 0}), Decimal{1, 0}, Decimal{0, 0}));
}
