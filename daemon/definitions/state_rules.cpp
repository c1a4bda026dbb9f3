#include "definitions/state_rules.hpp"

#include "definitions/alert_rule_parts.hpp"

#include <algorithm>
#include <charconv>

namespace vigil::definitions {

namespace {

using alerts::AlertKind;
using alerts::StateRule;

void read_stands(TomlReader& in, StateRule& rule) {
    in.require("state");
    for (auto& one : in.tables("state")) {
        one.require("words");
        one.require("level");
        const auto level = one.whole("level", 1, 24);
        for (auto const& text : one.texts("words")) {
            const auto word = model::parse_word(text);
            const bool again = word && std::any_of(rule.stands.begin(), rule.stands.end(),
                                                   [&](StateRule::Stands const& s) { return s.word == *word; });
            if (!word)
                one.problem("words", "unknown word '" + text + "'");
            else if (*word == model::Word::ended || again)
                one.problem("words", again ? "'" + text + "' stands twice" : "an alarm that ended stands no more");
            else
                rule.stands.push_back({*word, static_cast<std::int32_t>(level.value_or(1))});
        }
        one.finish();
    }
}

// "150456 SpO2": the device's code, and what the sentence calls it.
void read_names(TomlReader& in, StateRule& rule) {
    for (auto const& text : in.texts("names")) {
        StateRule::CodeName name;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), name.code);
        const auto blank = static_cast<std::size_t>(end - text.data());
        if (error != std::errc{} || name.code <= 0 || blank + 1 >= text.size() || text[blank] != ' ') {
            in.problem("names", "'" + text + "' is no code followed by what it is called");
            continue;
        }
        name.text = text.substr(blank + 1);
        rule.names.push_back(std::move(name));
    }
}

} // namespace

void read_state_rule(TomlReader& in, std::string const& id, alerts::Rules& rules) {
    StateRule rule;
    auto kind = AlertKind::patient;
    if (const auto said = in.word("kind", alerts::parse_alert_kind)) kind = *said;
    read_common(in, rule.rule, kind, Settles::no);
    rule.rule.id = id;
    in.require("signal");
    if (const auto signal = in.word("signal", model::parse_signal)) rule.signal = *signal;
    read_stands(in, rule);
    read_duration(in, "unheard_after", rule.unheard_after);
    if (rule.unheard_after < model::seconds(30) || rule.unheard_after > model::hours(1))
        in.problem("unheard_after", "30s to 1h");
    if (const auto by_code = in.flag("by_code")) rule.by_code = *by_code;
    // Two codes of MDC behind it, within what a topic's token may have.
    if (rule.by_code && id.size() > 18) in.problem("rule", "with by_code a name of at most 18 characters");
    read_names(in, rule);
    rules.states.push_back(std::move(rule));
}

} // namespace vigil::definitions
