// What a score that runs says in words or stages. The score holds what windows and confirmations there are; nothing is
// settled here a second time.

#include "core/alerts/evaluate.hpp"

#include <algorithm>

namespace vigil::alerts {

namespace {

constexpr std::size_t evidence_shown = 8;

model::Score const* shown_of(PatientView const& view, ScoreLevel const& rule) {
    auto const& runs = view.rules.scores;
    for (std::size_t i = 0; i < runs.size() && i < view.encounter.shown.size(); ++i)
        if (runs[i].key.id == rule.score && runs[i].key.product == rule.product &&
            !view.encounter.shown[i].parts.empty())
            return &view.encounter.shown[i];
    return nullptr;
}

// -1: it cannot be said.
std::int32_t level_of(model::ScorePart const& total, ScoreLevel const& rule) {
    if (total.state == model::PartState::not_applicable) return 0;
    const auto certain = total.points.value_or(total.lower);
    if (rule.labels.empty()) return certain > 0 || total.upper == 0 || total.points ? certain : -1;
    if (!total.label || *total.label == model::Label::unknown) return -1;
    const bool named = std::find(rule.labels.begin(), rule.labels.end(), *total.label) != rule.labels.end();
    return named ? std::max(certain, std::int32_t{1}) : 0;
}

void take_evidence(model::Score const& score, Condition& c) {
    for (auto const& part : score.parts)
        for (auto const& e : part.evidence)
            if (c.evidence.size() < evidence_shown && e.verdict == model::Verdict::used) c.evidence.push_back(e);
}

// When the newest reading that it rests on was true.
model::EventTime deciding(Condition const& c, model::EventTime now) {
    std::optional<model::EventTime> newest;
    for (auto const& e : c.evidence)
        if (e.time && *e.time <= now && (!newest || *newest < *e.time)) newest = *e.time;
    return newest.value_or(now);
}

} // namespace

void evaluate_score_levels(PatientView const& view, Conditions& out, Wake& wake) {
    for (auto const& rule : view.rules.rules.score_levels) {
        auto const* score = shown_of(view, rule);
        if (score == nullptr) continue; // it sleeps
        if (score->next_change) wake.at(*score->next_change);
        auto c = condition_of(rule.rule);
        const auto level = level_of(score->parts.front(), rule);
        const auto least = rule.rule.levels.front().level;
        if (level < 0) c.state = ConditionState::unknown;
        if (level >= least) {
            c.state = ConditionState::present;
            c.level = level;
        }
        if (c.state != ConditionState::absent) {
            take_evidence(*score, c);
            c.since = c.reached = deciding(c, view.now);
        }
        out.push_back(std::move(c));
    }
}

} // namespace vigil::alerts
