#include "core/alerts/sentence.hpp"
#include "shipped_rules.hpp"

#include <catch2/catch.hpp>

using namespace vigil;
using namespace vigil::alerts;

namespace {

Alert alert(std::string rule, std::int32_t level, std::vector<std::int64_t> figures) {
    Alert a;
    a.rule = std::move(rule);
    a.level = level;
    a.condition = ConditionState::present;
    a.figures = std::move(figures);
    return a;
}

} // namespace

TEST_CASE("a sentence says figures, units and states", "[alerts]") {
    const auto rules = shipped::rules();
    CHECK(sentence(alert("sofa_rise", 2, {8, 10, 2, 1, 0, 0, 1, 0, 0}), rules) ==
          "SOFA 8 -> 10 (+2 within 24 h, organs valued at both ends): resp +1, cardio +1");
    CHECK(sentence(alert("organ_renal", 4, {4, 4}), rules) == "renal SOFA 4 of 4: severe failure");
    auto ending = alert("organ_renal", 3, {});
    ending.now = 2;
    ending.ending = true;
    CHECK(sentence(ending, rules) == "renal SOFA 3 of 4: failure; now 2, ending");
    auto rise = alert("sofa_rise", 2, {8, 10, 2, 1, 0, 0, 1, 0, 0});
    rise.now = 1;
    CHECK(sentence(rise, rules) ==
          "SOFA 8 -> 10 (+2 within 24 h, organs valued at both ends): resp +1, cardio +1; now +1");
    rise.now = 0;
    rise.ending = true;
    CHECK(sentence(rise, rules) ==
          "SOFA 8 -> 10 (+2 within 24 h, organs valued at both ends): resp +1, cardio +1; now +0, ending");
    auto gas = alert("ards_oxygenation", 2, {1550});
    gas.confirmed = false;
    CHECK(sentence(gas, rules) == "oxygenation meets ARDS moderate; newest P/F 155.0 mmHg; unconfirmed");
    gas.confirmed = true;
    gas.inhibited_by = "ecls";
    CHECK(sentence(gas, rules) == "oxygenation meets ARDS moderate; newest P/F 155.0 mmHg; inhibited: ecls");
    gas.inhibited_by.clear();
    gas.condition = ConditionState::unknown;
    CHECK(sentence(gas, rules) == "oxygenation meets ARDS moderate; newest P/F 155.0 mmHg; data lost, may still be so");
}

TEST_CASE("what is not known is never a number in a sentence", "[alerts]") {
    CHECK(sentence(alert("ards_oxygenation", 1, {}), shipped::rules()) ==
          "oxygenation meets ARDS mild; newest P/F unknown mmHg");
}

TEST_CASE("an extreme value is printed as it was reported", "[alerts]") {
    auto a = alert("extreme_plt", 1, {});
    model::Evidence e;
    e.signal = model::Signal::plt;
    e.comparator = model::Comparator::less;
    e.reported = model::Decimal{5, 0};
    e.reported_unit = model::Unit::giga_per_L;
    a.evidence.push_back(e);
    CHECK(sentence(a, shipped::rules()) == "extreme plt <5 10*9/L: verify");
}
