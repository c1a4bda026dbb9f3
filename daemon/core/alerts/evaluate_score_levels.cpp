// What a score that runs says in words or stages. The score holds what windows and confirmations there are; a rule may
// hold a level for a while longer where what decides it goes to and fro.

#include "core/alerts/evaluate.hpp"
#include "core/scores/definition.hpp"

#include <algorithm>

namespace vigil::alerts {

namespace {

constexpr std::size_t evidence_shown = 8;
// A grade that is no longer reached is not shown as if it were, however long it stands.
constexpr model::Duration said_at_the_latest = model::minutes(5);

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
    if (!named) return 0;
    if (total.points || certain > 0) return certain; // a grade of 0 bears the name and says that there is none of it
    // A class and a candidate have a name and no points; a grade that may be 0 is not known.
    using enum model::Label;
    const bool graded = *total.label == crs || *total.label == icans || *total.label == harmonised_grammar;
    return graded && total.upper > 0 ? -1 : 1;
}

// A person said what else it is, or the score does not apply any more: that ends it at once.
bool ruled_out(model::ScorePart const& total) {
    return total.state == model::PartState::not_applicable || total.flags.has(model::Flag::other_cause);
}

// Of what was corrected or came late since the last look, something is the score's.
bool is_amended(PatientView const& view, model::ScoreId score) {
    auto const& read = scores::definition(score).signals;
    return view.amended && std::any_of(read.begin(), read.end(),
                                       [&](model::Signal s) { return view.told_of.test(static_cast<std::size_t>(s)); });
}

// Not reached for less than the rule's dwell since it was last seen: it stands, and says when it is about to end. What
// of the score's own was corrected or came late is no way out, and is not waited for.
void stand_on(Condition& c, model::Score const& score, PatientView const& view, Alert const& stands, Wake& wake) {
    const auto dwell = c.rule->dwell_out;
    const bool less = c.state != ConditionState::unknown && c.level < stands.level;
    if (!less || stands.condition == ConditionState::absent || is_amended(view, score.key.id) ||
        ruled_out(score.parts.front()))
        return;
    const auto gone = view.at - stands.met;
    if (gone >= dwell) return;
    wake.at(view.now + (dwell - gone));
    const auto said = std::min(said_after(dwell), said_at_the_latest);
    wake.at(view.now + (said - gone));
    if (gone >= said) {
        c.now = c.level;
        c.ending = c.level == 0;
    }
    c.state = ConditionState::present;
    c.level = stands.level;
    c.met = false;
}

void take_evidence(model::Score const& score, Condition& c) {
    for (auto const& part : score.parts) {
        for (const auto flag : part.flags) c.flags.add(flag);
        for (auto const& e : part.evidence)
            if (c.evidence.size() < evidence_shown && e.verdict == model::Verdict::used) c.evidence.push_back(e);
    }
}

// When the newest reading that it rests on was true.
model::EventTime deciding(Condition const& c, model::EventTime now) {
    std::optional<model::EventTime> newest;
    for (auto const& e : c.evidence)
        if (e.time && *e.time <= now && (!newest || *newest < *e.time)) newest = *e.time;
    return newest.value_or(now);
}

} // namespace

void evaluate_score_levels(PatientView const& view, Standing const& standing, Conditions& out, Wake& wake) {
    for (auto const& rule : view.rules.rules.score_levels) {
        auto const* score = shown_of(view, rule);
        if (score == nullptr) continue; // it sleeps
        if (score->next_change) wake.at(*score->next_change);
        auto c = condition_of(rule.rule);
        auto const& total = score->parts.front();
        const auto level = level_of(total, rule);
        const auto least = rule.rule.levels.front().level;
        if (level < 0) c.state = ConditionState::unknown;
        if (level >= least) {
            c.state = ConditionState::present;
            c.level = level;
        }
        const auto stands = std::find_if(standing.alerts.begin(), standing.alerts.end(),
                                         [&](Alert const& a) { return a.rule == c.token; });
        if (stands != standing.alerts.end()) stand_on(c, *score, view, *stands, wake);
        if (c.state != ConditionState::absent) {
            take_evidence(*score, c);
            c.since = c.reached = deciding(c, view.now);
        }
        out.push_back(std::move(c));
    }
}

} // namespace vigil::alerts
