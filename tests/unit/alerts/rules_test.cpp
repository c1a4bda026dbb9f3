#include "shipped_rules.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace vigil;
using definitions::Problems;

namespace {

Problems problems_with(std::string const& file, std::string const& from, std::string const& to) {
    auto files = shipped::alert_files();
    for (auto& f : files) {
        if (f.name != "alerts/" + file) continue;
        const auto at = f.content.find(from);
        REQUIRE(at != std::string::npos);
        f.content.replace(at, from.size(), to);
    }
    Problems problems;
    definitions::load_alert_rules(files, problems);
    return problems;
}

bool mentions(Problems const& problems, std::string const& key, std::string const& part) {
    return std::any_of(problems.begin(), problems.end(), [&](auto const& p) {
        return p.key.find(key) != std::string::npos && p.message.find(part) != std::string::npos;
    });
}

} // namespace

TEST_CASE("the shipped rules load and each has a source, a reason and a sentence", "[alerts]") {
    const auto rules = shipped::rules();
    CHECK(rules.organs.size() == 6);
    CHECK(rules.organs[3].rule.id == "organ_cardio");
    CHECK(rules.refractory_hypoxaemia.below == model::Decimal{80, 0});
    for (const auto* token : {"sofa_rise",
                              "organ_resp",
                              "organ_renal",
                              "ards_oxygenation",
                              "refractory_hypoxaemia",
                              "extreme_k",
                              "device_silent",
                              "input_stale",
                              "identity_conflict",
                              "clock_offset",
                              "disk_trouble",
                              "journal_trouble",
                              "clock_stepped",
                              "encounter_suspended",
                              "pump_silent",
                              "late_result",
                              "asystole",
                              "v_fib",
                              "v_tach",
                              "monitor_alarm_196648_147842",
                              "device_alarm_196882"}) {
        INFO(token);
        auto const* rule = alerts::find_rule(rules, token);
        REQUIRE(rule != nullptr);
        CHECK_FALSE(rule->citation.empty());
        CHECK_FALSE(rule->reason.empty());
        CHECK_FALSE(rule->message.empty());
        CHECK_FALSE(rule->levels.empty());
    }
    CHECK(alerts::find_rule(rules, "extreme_") == nullptr);
    CHECK(alerts::find_rule(rules, "nothing") == nullptr);
    CHECK(alerts::find_rule(rules, "monitor_alarm") == nullptr); // each has its code behind it
    CHECK(alerts::find_rule(rules, "v_tach_1") == nullptr);
}

TEST_CASE("technical rules are technical and patient rules are patient", "[alerts]") {
    const auto rules = shipped::rules();
    CHECK(rules.sofa_rise.rule.kind == alerts::AlertKind::patient);
    CHECK(rules.extreme_lab.rule.kind == alerts::AlertKind::patient);
    CHECK(rules.device_silent.rule.kind == alerts::AlertKind::technical);
    CHECK(rules.pump_silent.kind == alerts::AlertKind::technical);
    CHECK(rules.late_result.rule.levels.front().priority == alerts::Priority::information);
    CHECK(rules.encounter_suspended.levels.front().priority == alerts::Priority::high);
}

TEST_CASE("a mistake is named with its place", "[alerts]") {
    CHECK(mentions(problems_with("sofa_rise.toml", "citation = ", "note = "), "note", ""));
    CHECK(mentions(problems_with("sofa_rise.toml", "citation = ", "note = "), "citation", ""));
    CHECK(mentions(problems_with("sofa_rise.toml", "rise = 2", "rise = 99"), "rise", ""));
    CHECK(mentions(problems_with("sofa_rise.toml", "rise = 2", "raise = 2"), "raise", ""));
    CHECK(mentions(problems_with("sofa_rise.toml", "{organs}", "{name}"), "message", "unknown placeholder"));
    CHECK(mentions(problems_with("sofa_rise.toml", "{+now}", "{+now"), "message", "unbalanced"));
    CHECK(mentions(problems_with("sofa_rise.toml", "\"medium\"", "\"urgent\""), "priority", "urgent"));
    CHECK(mentions(problems_with("sofa_rise.toml", "\"medium\"", "\"high\""), "", "") ==
          false); // high then high is fine
    CHECK(mentions(problems_with("sofa_rise.toml", "at = 4", "at = 2"), "at", "ascend"));
    CHECK(mentions(problems_with("organ_failure.toml", "part = \"coag\"", "part = \"liver\""), "part", "order"));
    CHECK(mentions(problems_with("ards_oxygenation.toml", "\"315\", \"235\"", "\"235\", \"315\""), "sf_at_most",
                   "descend"));
    CHECK(mentions(problems_with("refractory_hypoxaemia.toml", "leave_at = 90", "leave_at = 70"), "leave_at", "under"));
    CHECK(mentions(problems_with("device_silent.toml", "bed_after", "dwell_in"), "dwell_in", ""));
    CHECK(mentions(problems_with("device_silent.toml", "\"60s\"", "\"0\""), "lost_after", "longer than 0"));
    CHECK(mentions(problems_with("late_result.toml", "\"late_result\"", "\"sofa_rise\""), "rule", "already defined"));
    CHECK(mentions(problems_with("late_result.toml", "\"late_result\"", "\"sofa_rise\""), "late_result", "no file"));
    const auto placed = problems_with("sofa_rise.toml", "rise = 2", "rise = 99");
    CHECK(placed.front().line > 1);
    CHECK(placed.front().column >= 1);
}

TEST_CASE("a rule of alarms names words, levels and codes that there are", "[alerts]") {
    CHECK(mentions(problems_with("v_fib.toml", "\"unranked\"", "\"urgent\""), "words", "unknown word"));
    CHECK(mentions(problems_with("v_fib.toml", "\"unranked\"", "\"ended\""), "words", "stands no more"));
    CHECK(mentions(problems_with("v_fib.toml", "\"unranked\"", "\"high\""), "words", "twice"));
    CHECK(mentions(problems_with("v_fib.toml", "\"v_fib\"\nc", "\"fibrillation\"\nc"), "signal", "fibrillation"));
    CHECK(mentions(problems_with("v_fib.toml", "\"5min\"", "\"0\""), "unheard_after", "30s"));
    CHECK(mentions(problems_with("v_fib.toml", "unheard_after", "unheard_for"), "unheard_after", ""));
    CHECK(mentions(problems_with("monitor_alarm.toml", "196648 high", "high 196648"), "names", "no code"));
    CHECK(mentions(problems_with("device_alarm.toml", "\"technical\"", "\"both\""), "kind", "both"));
    const auto rules = shipped::rules();
    CHECK(alerts::find_rule(rules, "device_alarm_196882")->kind == alerts::AlertKind::technical);
    for (auto const* token : {"asystole", "v_fib"}) // whatever the monitor makes of it
        CHECK(alerts::find_rule(rules, token)->levels.front().priority == alerts::Priority::high);
}

TEST_CASE("all mistakes of all files are told at once", "[alerts]") {
    auto files = shipped::alert_files();
    for (auto& f : files) f.content += "\nunheard_of = 1\n";
    Problems problems;
    definitions::load_alert_rules(files, problems);
    CHECK(problems.size() >= files.size());
}

TEST_CASE("one file by itself can be checked", "[alerts]") {
    auto files = shipped::alert_files();
    files.resize(1);
    Problems problems;
    definitions::load_alert_rules(files, problems);
    CHECK(problems.empty());
}
