#include "definitions/conversions.hpp"

#include "fixtures.hpp"

#include <catch2/catch.hpp>

using namespace vigil::definitions;
using namespace vigil;
using fixtures::changed;
using fixtures::mentions;
using fixtures::shipped;
using fixtures::shown;

namespace {

Problems problems_of(File const& vocabulary_file) {
    Problems problems;
    load_vocabulary(vocabulary_file, problems);
    return problems;
}

Problems problems_of_conversions(File const& file) {
    Problems problems;
    const auto vocabulary = load_vocabulary(shipped("vocabulary.tsv"), problems);
    load_conversions(file, vocabulary, problems);
    return problems;
}

} // namespace

TEST_CASE("the shipped vocabulary and conversions have no problem") {
    Problems problems;
    const auto vocabulary = load_vocabulary(shipped("vocabulary.tsv"), problems);
    const auto conversions = load_conversions(shipped("conversions.tsv"), vocabulary, problems);
    INFO(shown(problems));
    CHECK(problems.empty());
    CHECK(vocabulary.entries.size() == model::signal_count);
    CHECK(conversions.size() > 150);
    auto const& map = vocabulary.entries[static_cast<std::size_t>(model::Signal::map)];
    CHECK(map.canonical == model::Unit::mmHg);
    CHECK(map.max_age == model::minutes(5));
    CHECK(map.mdc == std::vector<std::string>{"150039", "150035", "150019"});
}

TEST_CASE("the shipped conversions give the factors of the literature") {
    Problems problems;
    core::Rulebook rules;
    const auto vocabulary = load_vocabulary(shipped("vocabulary.tsv"), problems);
    rules.vocabulary = vocabulary.entries;
    for (auto const& c : load_conversions(shipped("conversions.tsv"), vocabulary, problems))
        rules.vocabulary[static_cast<std::size_t>(c.signal)].conversions.push_back(c);
    const auto as = [&](model::Signal signal, const char* value, model::Unit unit, std::uint8_t digits) {
        const auto converted = core::canonical(rules, signal, *model::parse_decimal(value), unit);
        REQUIRE(converted);
        return model::to_string(*model::round_half_up(*converted, digits));
    };
    using enum model::Signal;
    using model::Unit;
    CHECK(as(temp, "100.4", Unit::degF, 1) == "38.0");
    CHECK(as(pao2, "10", Unit::kPa, 4) == "75.0062");
    CHECK(as(crea, "88.4", Unit::umol_per_L, 3) == "1.000");
    CHECK(as(bili, "17.104", Unit::umol_per_L, 3) == "1.000");
    CHECK(as(plt, "150000", Unit::per_uL, 0) == "150");
    CHECK(as(plt, "150", Unit::kilo_per_uL, 0) == "150");
    CHECK(as(fio2, "0.4", Unit::fraction, 0) == "40");
    CHECK(as(lact, "18.016", Unit::mg_per_dL, 3) == "2.000");
    CHECK(as(glu, "10", Unit::mmol_per_L, 2) == "180.16");
    CHECK(as(vasopressin, "2.4", Unit::U_per_h, 3) == "0.040");
    CHECK(as(norepinephrine, "6", Unit::ug_per_kg_h, 3) == "0.100");
    CHECK(as(norepinephrine, "100", Unit::ng_per_kg_min, 3) == "0.100");
    CHECK(as(peep, "10", Unit::mbar, 4) == "10.1972");
    CHECK(as(inr, "1.4", Unit::none, 1) == "1.4");
    CHECK(as(hgb, "10", Unit::mmol_per_L, 3) == "16.114");
    CHECK(as(height, "70", Unit::inch, 1) == "177.8");
    CHECK_FALSE(core::canonical(rules, norepinephrine, *model::parse_decimal("1"), Unit::mg_per_h));
    CHECK_FALSE(core::canonical(rules, crea, *model::parse_decimal("1"), Unit::mmHg));
    CHECK_FALSE(core::canonical(rules, pao2, *model::parse_decimal("1"), Unit::none));
}

TEST_CASE("vocabulary: each fault is found where it stands") {
    const auto good = shipped("vocabulary.tsv");
    const auto fault = [&](std::string const& from, std::string const& to, std::string const& key,
                           std::string const& part) {
        const auto problems = problems_of(changed(good, from, to));
        INFO(shown(problems));
        CHECK(mentions(problems, key, part));
    };
    SECTION("wrong check digit") { fault("\t8867-4\t", "\t8867-3\t", "loinc", "check digit, 4"); }
    SECTION("a unit code among the MDC codes") { fault("\t147842\t", "\t262688\t", "mdc", "units"); }
    SECTION("one code, two signals") { fault("\t8889-8\t", "\t8867-4\t", "loinc", "already means hr"); }
    SECTION("a group over another signal's drug") { fault("\tM03A*\t", "\tC01C*\t", "atc", "overlaps"); }
    SECTION("unknown unit") { fault("hr\tmonitor\t/min", "hr\tmonitor\tper minute", "unit", "unknown unit"); }
    SECTION("unknown kind") { fault("hr\tmonitor", "hr\tmonitored", "kind", "unknown kind"); }
    SECTION("unknown word") { fault("positive negative", "positive perhaps", "values", "unknown word 'perhaps'"); }
    SECTION("soft outside hard") {
        fault("\t10\t300\t25\t220\t", "\t10\t300\t5\t220\t", "soft_low", "outside the hard");
    }
    SECTION("limits the wrong way round") {
        fault("\t10\t300\t25\t220\t", "\t300\t10\t\t\t", "hard_high", "above hard_low");
    }
    SECTION("no hard limit") {
        fault("\t10\t300\t25\t220\t", "\t\t300\t25\t220\t", "hard_low", "needs both hard limits");
    }
    SECTION("not a number") { fault("\t10\t300\t25\t220\t", "\tten\t300\t25\t220\t", "hard_low", "no number"); }
    SECTION("no length of time") { fault("\t5min\t", "\t5 minutes\t", "max_age", "no length of time"); }
    SECTION("neither yes nor no") { fault("\tyes\t", "\ttrue\t", "required", "yes or no"); }
    SECTION("no citation") { fault("LOINC; MDC_VENT_MODE", "", "citation", "must not be empty"); }
    SECTION("unknown signal") { fault("\nhr\t", "\nheart_rate\t", "id", "unknown signal 'heart_rate'"); }
    SECTION("missing signal") { fault("\nhr\t", "\nheart_rate\t", "hr", "has no row"); }
    SECTION("a signal twice") { fault("\npulse\t", "\nhr\t", "id", "already stands in line"); }
}

TEST_CASE("vocabulary: every fault is shown at once, with its place") {
    auto file = changed(shipped("vocabulary.tsv"), "\t8867-4\t", "\t8867-3\t");
    file = changed(file, "positive negative", "positive perhaps");
    file = changed(file, "\tyes\t", "\ttrue\t");
    const auto problems = problems_of(file);
    REQUIRE(problems.size() == 3);
    for (auto const& p : problems) {
        CHECK(p.file == "vocabulary.tsv");
        CHECK(p.line > 20);
        CHECK(p.column > 3);
    }
}

TEST_CASE("conversions: each fault is found") {
    const auto good = shipped("conversions.tsv");
    const auto fault = [&](std::string const& from, std::string const& to, std::string const& key,
                           std::string const& part) {
        const auto problems = problems_of_conversions(changed(good, from, to));
        INFO(shown(problems));
        CHECK(mentions(problems, key, part));
    };
    SECTION("an alternate without a row") {
        fault("bili\tumol/L\t0\t1\t17.104\t\tmolar mass of bilirubin 584.66 g/mol\n", "", "also", "bili has no row");
    }
    SECTION("a row for a unit that is not accepted") { fault("bili\tumol/L", "bili\tmmol/L", "from", "not among"); }
    SECTION("a row twice") { fault("dbp\tkPa", "sbp\tkPa", "from", "stands twice"); }
    SECTION("division by nothing") { fault("\t17.104\t", "\t0\t", "den", "above 0"); }
    SECTION("a factor of nothing") { fault("\t7.50062\t", "\t0\t", "num", "must not be 0"); }
    SECTION("too many digits") { fault("\t5\t9\t1\t", "\t5\t9\t13\t", "round", "digits"); }
    SECTION("no citation") { fault("\t1\t1\t\tmonovalent ion", "\t1\t1\t\t", "citation", "must not be empty"); }
    SECTION("unknown signal") { fault("\nbili\t", "\nbilirubin\t", "signal", "unknown signal"); }
}
