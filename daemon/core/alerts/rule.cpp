#include "core/alerts/rule.hpp"

#include <cassert>

namespace vigil::alerts {

LevelEntry const& level_entry(Rule const& rule, std::int32_t level) {
    assert(!rule.levels.empty());
    auto const* found = &rule.levels.front();
    for (auto const& entry : rule.levels)
        if (entry.level <= level) found = &entry;
    return *found;
}

bool latches(Rule const& rule, std::int32_t level) {
    return rule.latch || level_entry(rule, level).priority == Priority::high;
}

std::optional<model::Duration> escalates_after(Handling const& handling, Rule const& rule, std::int32_t level) {
    auto const& entry = level_entry(rule, level);
    const auto by_priority = [&] {
        switch (entry.priority) {
        case Priority::high: return handling.escalate_high;
        case Priority::medium: return handling.escalate_medium;
        case Priority::low: return handling.escalate_low;
        case Priority::information: break;
        }
        return model::Duration{};
    };
    const auto after = entry.escalate_after.value_or(by_priority());
    return after.ms > 0 ? std::optional{after} : std::nullopt;
}

StateRule const* find_state_rule(Rules const& rules, std::string_view token) {
    for (auto const& one : rules.states)
        if (one.by_code ? token.size() > one.rule.id.size() && token.starts_with(one.rule.id) &&
                              token[one.rule.id.size()] == '_'
                        : token == one.rule.id)
            return &one;
    return nullptr;
}

Rule const* find_rule(Rules const& rules, std::string_view token) {
    if (auto const* state = find_state_rule(rules, token)) return &state->rule;
    const auto names_signal_of = [&](Rule const& rule) {
        return token.starts_with(rule.id + '_') && model::parse_signal(token.substr(rule.id.size() + 1));
    };
    for (auto const& organ : rules.organs)
        if (organ.rule.id == token) return &organ.rule;
    for (auto const* rule :
         {&rules.sofa_rise.rule, &rules.ards_oxygenation.rule, &rules.refractory_hypoxaemia.rule,
          &rules.device_silent.rule, &rules.input_stale, &rules.pump_silent, &rules.identity_conflict.rule,
          &rules.clock_offset.rule, &rules.disk_trouble, &rules.journal_trouble, &rules.clock_stepped,
          &rules.encounter_suspended, &rules.late_result.rule})
        if (rule->id == token) return rule;
    for (auto const& one : rules.score_levels)
        if (one.rule.id == token) return &one.rule;
    for (auto const& one : rules.trends)
        if (one.rule.id == token) return &one.rule;
    if (rules.admission && rules.admission->rule.id == token) return &rules.admission->rule;
    if (rules.patient_limit && names_signal_of(rules.patient_limit->rule)) return &rules.patient_limit->rule;
    return names_signal_of(rules.extreme_lab.rule) ? &rules.extreme_lab.rule : nullptr;
}

std::optional<model::ScoreId> score_read_by(Rules const& rules, std::string_view token) {
    if (token == rules.sofa_rise.rule.id) return model::ScoreId::sofa;
    for (auto const& organ : rules.organs)
        if (organ.rule.id == token) return model::ScoreId::sofa;
    if (token == rules.ards_oxygenation.rule.id || token == rules.refractory_hypoxaemia.rule.id)
        return model::ScoreId::ards_berlin;
    for (auto const& one : rules.score_levels)
        if (one.rule.id == token) return one.score;
    return std::nullopt;
}

} // namespace vigil::alerts
