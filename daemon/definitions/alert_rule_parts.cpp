#include "definitions/alert_rule_parts.hpp"

#include "core/alerts/sentence.hpp"

#include <algorithm>

namespace vigil::definitions {

namespace {

using alerts::AlertKind;
using alerts::Rule;

void read_levels(TomlReader& in, Rule& rule) {
    in.require("level");
    for (auto& one : in.tables("level")) {
        alerts::LevelEntry entry;
        one.require("at");
        one.require("priority");
        if (auto at = one.whole("at", 1, 24)) entry.level = static_cast<std::int32_t>(*at);
        if (auto p = one.word("priority", alerts::parse_priority)) entry.priority = *p;
        entry.word = one.text("word").value_or("");
        entry.escalate_after = one.duration("escalate_after");
        if (!rule.levels.empty() && entry.level <= rule.levels.back().level) one.problem("at", "levels must ascend");
        if (!rule.levels.empty() && entry.priority < rule.levels.back().priority)
            one.problem("priority", "a higher level cannot be less urgent");
        one.finish();
        rule.levels.push_back(std::move(entry));
    }
}

void read_message(TomlReader& in, Rule& rule) {
    in.require("message");
    rule.message = in.text("message").value_or("");
    std::string_view rest = rule.message;
    while (true) {
        const auto open = rest.find_first_of("{}");
        if (open == std::string_view::npos) return;
        const auto close = rest.find('}', open);
        if (rest[open] == '}' || close == std::string_view::npos) return in.problem("message", "unbalanced braces");
        const auto name = rest.substr(open + 1, close - open - 1);
        if (!alerts::is_placeholder(name) && name != "organ")
            in.problem("message", "unknown placeholder '{" + std::string(name) + "}'");
        if (name == "level" &&
            std::any_of(rule.levels.begin(), rule.levels.end(), [](auto const& l) { return l.word.empty(); }))
            in.problem("message", "{level} needs a word for every level");
        rest.remove_prefix(close + 1);
    }
}

// What a figure rests on must be said: a threshold without a source is a mistake.
std::string said(TomlReader& in, std::string_view key) {
    in.require(key);
    const auto text = in.text(key);
    if (text && text->empty()) in.problem(key, "must not be empty");
    return text.value_or("");
}

} // namespace

void read_common(TomlReader& in, Rule& rule, AlertKind kind, Settles settles) {
    rule.kind = kind;
    if (auto enabled = in.flag("enabled")) rule.enabled = *enabled;
    rule.citation = said(in, "citation");
    rule.reason = said(in, "reason");
    if (auto latch = in.flag("latch")) rule.latch = *latch;
    if (auto d = in.duration("rearm")) rule.rearm = *d;
    if (settles == Settles::yes) {
        if (auto d = in.duration("dwell_in")) rule.dwell_in = *d;
        if (auto d = in.duration("dwell_out")) rule.dwell_out = *d;
    }
    read_levels(in, rule);
    read_message(in, rule);
}

void read_duration(TomlReader& in, std::string_view key, model::Duration& into) {
    in.require(key);
    if (auto d = in.duration(key)) into = *d;
}
void read_decimal(TomlReader& in, std::string_view key, model::Decimal& into) {
    in.require(key);
    if (auto d = in.decimal(key)) into = *d;
}
void read_whole(TomlReader& in, std::string_view key, std::int32_t& into, std::int64_t least, std::int64_t most) {
    in.require(key);
    if (auto v = in.whole(key, least, most)) into = static_cast<std::int32_t>(*v);
}

} // namespace vigil::definitions
