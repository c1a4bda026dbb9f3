#include "definitions/alert_rule_signals.hpp"

#include "definitions/toml_reader.hpp"

#include <algorithm>

namespace vigil::definitions {

namespace {

// Where the file of that rule says `key`.
Problem said_at(Files const& files, std::string const& rule, std::string_view key, std::string message) {
    for (auto const& file : files) {
        if (!file.name.starts_with("alerts/")) continue;
        Problems at;
        const auto document = parse_toml(file, at);
        if (!document || (*document)["rule"].value<std::string>() != rule) continue;
        TomlReader{*document, file.shown, "", at}.problem(key, std::move(message));
        return at.front();
    }
    return {"alerts", 0, 0, std::string{key}, std::move(message)};
}

} // namespace

void check_what_rules_read(Files const& files, core::Rulebook const& rules, Problems& problems) {
    if (rules.vocabulary.empty()) return;
    for (auto const& trend : rules.rules.trends) {
        if (trend.of != alerts::Trend::Of::signal) continue;
        if (core::entry(rules, trend.signal).kind == model::SignalKind::laboratory) continue;
        problems.push_back(said_at(
            files, trend.rule.id, "reads",
            "a trend compares results of the laboratory: " + std::string{model::name_of(trend.signal)} + " is none"));
    }
    for (auto const& state : rules.rules.states) {
        auto const& entry = core::entry(rules, state.signal);
        const std::string name{model::name_of(state.signal)};
        if (entry.kind != model::SignalKind::alarm)
            problems.push_back(said_at(files, state.rule.id, "signal", name + " is of no kind of alarm"));
        for (auto const& one : state.stands)
            if (std::find(entry.words.begin(), entry.words.end(), one.word) == entry.words.end())
                problems.push_back(said_at(files, state.rule.id, "state",
                                           std::string{model::name_of(one.word)} + " is no word of " + name));
    }
}

} // namespace vigil::definitions
