#include "definitions/trend_rules.hpp"

#include "core/scores/registry.hpp"
#include "definitions/alert_rule_parts.hpp"
#include "definitions/state_rules.hpp"

#include <algorithm>

namespace vigil::definitions {

namespace {

using alerts::AlertKind;
using alerts::Trend;

bool is_name(std::string_view id) {
    return !id.empty() && id.size() <= 32 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

void read_score_level(TomlReader& in, alerts::ScoreLevel& out) {
    in.require("score");
    in.require("product");
    const auto score = in.word("score", model::parse_score_id);
    const auto product = in.word("product", model::parse_product);
    if (score) out.score = *score;
    if (product) out.product = *product;
    if (score && product && !scores::offers(*score, *product))
        in.problem("product", scores::not_offered(*score, *product));
    if (product == model::Product::day) in.problem("product", "a day is looked at when it is over: now or rolling");
    // Not seen any more for so long before it ends; it begins at once.
    if (const auto d = in.duration("dwell_out")) out.rule.dwell_out = *d;
    for (auto const& word : in.texts("labels")) {
        if (const auto label = model::parse_label(word))
            out.labels.push_back(*label);
        else
            in.problem("labels", "unknown word '" + word + "'");
    }
}

std::optional<Trend::Way> parse_way(std::string_view word) {
    if (word == "not_falling") return Trend::Way::not_falling;
    if (word == "falling") return Trend::Way::falling;
    if (word == "rising") return Trend::Way::rising;
    return std::nullopt;
}

void read_trend(TomlReader& in, std::string const& of, Trend& out) {
    if (of == "pf") {
        out.of = Trend::Of::pf;
    } else if (of == "ne_equivalent") {
        out.of = Trend::Of::ne_equivalent;
    } else if (const auto signal = model::parse_signal(of)) {
        out.of = Trend::Of::signal;
        out.signal = *signal;
    } else {
        in.problem("reads", "score, state, pf, ne_equivalent or a signal of the vocabulary");
    }
    in.require("way");
    if (const auto way = in.word("way", parse_way)) out.way = *way;
    read_whole(in, "percent", out.percent, 0, 1000);
    if (out.way != Trend::Way::rising && out.percent > 100) in.problem("percent", "nothing falls by more than 100");
    if (out.way == Trend::Way::falling && out.percent == 0) in.problem("percent", "what is equal has not fallen");
    out.by = in.decimal("by");
    if (out.by && out.way != Trend::Way::rising) in.problem("by", "is of what rises");
    if (out.way == Trend::Way::rising && !out.by && out.percent == 0)
        in.problem("percent", "what is equal has not risen");
    out.at_least = in.decimal("at_least");
    out.at_most = in.decimal("at_most");
    read_duration(in, "apart", out.apart);
    read_duration(in, "within", out.within);
    read_duration(in, "fresh_for", out.fresh_for);
    constexpr auto minute = model::minutes(1);
    if (out.apart < minute || out.within < out.apart || out.within > model::hours(24))
        in.problem("within", "apart is at least 1min, within at least that and at most 24h");
    if (out.fresh_for < minute || out.fresh_for > model::hours(24)) in.problem("fresh_for", "1min to 24h");
    // Each step back is an evaluation.
    if (out.of == Trend::Of::ne_equivalent && out.apart < model::minutes(15))
        in.problem("apart", "of a dose at least 15min");
}

} // namespace

void read_reading_rule(TomlReader& in, std::string const& id, alerts::Rules& rules) {
    if (!is_name(id)) in.problem("rule", "a name is 1 to 32 of a-z, 0-9 and _: it stands in topics");
    for (const std::string_view taken : {"organ_", "extreme_", "limit_"})
        if (id.starts_with(taken))
            in.problem("rule", "names that begin with " + std::string{taken} + " are made of signals");
    const auto of = in.text("reads").value_or("");
    if (of == "state") {
        read_state_rule(in, id, rules);
        return;
    }
    if (of == "score") {
        alerts::ScoreLevel rule;
        read_common(in, rule.rule, AlertKind::patient, Settles::no);
        read_score_level(in, rule);
        rule.rule.id = id;
        rules.score_levels.push_back(std::move(rule));
        return;
    }
    Trend rule;
    read_common(in, rule.rule, AlertKind::patient, Settles::no);
    read_trend(in, of, rule);
    rule.rule.id = id;
    rules.trends.push_back(std::move(rule));
}

void read_admission(TomlReader& in, alerts::Rules& rules) {
    auto& r = rules.admission.emplace();
    read_common(in, r.rule, AlertKind::patient, Settles::no);
    read_duration(in, "settles", r.settles);
    read_duration(in, "shows", r.shows);
    if (r.settles > model::hours(6)) in.problem("settles", "at most 6h: what is found later is news");
    if (r.shows < r.settles) in.problem("shows", "at least as long as it settles");
    r.rule.id = "admission";
}

void read_patient_limit(TomlReader& in, alerts::Rules& rules) {
    auto& r = rules.patient_limit.emplace();
    read_common(in, r.rule, AlertKind::patient, Settles::no);
    read_duration(in, "sustained", r.sustained);
    if (r.sustained < model::minutes(1) || r.sustained > model::minutes(30)) in.problem("sustained", "1min to 30min");
    in.require("signals");
    for (auto const& word : in.texts("signals")) {
        if (const auto signal = model::parse_signal(word))
            r.signals.push_back(*signal);
        else
            in.problem("signals", "unknown signal '" + word + "'");
    }
    r.rule.id = "limit";
}

} // namespace vigil::definitions
