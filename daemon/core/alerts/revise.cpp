#include "core/alerts/revise.hpp"

#include "core/alerts/decide.hpp"
#include "core/alerts/lifecycle.hpp"
#include "core/alerts/revision.hpp"
#include "core/intake.hpp"

#include <algorithm>
#include <limits>

namespace vigil::alerts {

namespace {

Alert* standing_of(Standing& standing, Condition const& c) {
    for (auto& a : standing.alerts)
        if (a.rule == c.token && a.subject_source == c.subject_source) return &a;
    return nullptr;
}

model::EventTime newest_of(std::vector<model::Evidence> const& evidence) {
    model::EventTime newest{std::numeric_limits<std::int64_t>::min()};
    for (auto const& e : evidence)
        if (e.time) newest = std::max(newest, *e.time);
    return newest;
}

// What late results made true is kept and told to nobody until newer readings say so too. False: nothing to raise.
bool level_to_tell(Condition& c, Alert const* standing, Subject const& subject, Standing& kept) {
    const auto of_rule = [&](Untold const& u) { return u.rule == c.token; };
    auto untold = std::find_if(kept.untold.begin(), kept.untold.end(), of_rule);
    if (c.state == ConditionState::absent) {
        if (untold != kept.untold.end()) kept.untold.erase(untold);
        return true;
    }
    const std::int32_t shown =
        standing == nullptr || standing->condition == ConditionState::absent ? 0 : standing->level;
    const bool raises = c.state == ConditionState::present && c.level > shown;
    const bool patient =
        c.rule->kind == AlertKind::patient && level_entry(*c.rule, c.level).priority != Priority::information;
    if (subject.late_only && patient && raises) {
        if (untold == kept.untold.end()) untold = kept.untold.insert(untold, Untold{c.token, 0, {}});
        untold->level = std::max(untold->level, c.level);
        untold->newest = newest_of(c.evidence);
    }
    if (untold == kept.untold.end()) return true;
    if (c.level > untold->level || untold->newest < newest_of(c.evidence)) {
        kept.untold.erase(untold);
        return true;
    }
    if (shown == 0) return false;
    if (c.level > shown) c.figures.clear();
    c.level = std::min(c.level, shown);
    return true;
}

Alert begin(Condition const& c, Subject const& subject, Standing const& standing) {
    Alert a;
    a.id = alert_id(subject, c.token, c.subject_source, c.since);
    for (auto const& closed : standing.closed) {
        if (closed.id == a.id) a.revision = std::max(a.revision, closed.revision);
        const bool same = closed.rule == c.token && closed.subject_source == c.subject_source;
        if (same && closed.why == Closing::recovered && subject.at - closed.at <= c.rule->rearm)
            a.onsets = closed.onsets + 1;
    }
    a.rule = c.token;
    a.subject_source = c.subject_source;
    a.kind = c.rule->kind;
    a.encounter = subject.encounter;
    a.bed = subject.bed;
    a.true_since = c.since;
    a.known_at = a.shown_at = a.met = subject.at;
    a.confirmed = c.confirmed;
    return a;
}

std::vector<model::Signal> signals_of(std::vector<model::Evidence> const& evidence) {
    std::vector<model::Signal> out;
    out.reserve(evidence.size());
    for (auto const& e : evidence) out.push_back(e.signal);
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

// Whoever looks at the alert has to know that what it rests on is in doubt, or no longer is.
bool is_doubted_otherwise(Condition const& c, Alert const& a) {
    using enum model::Flag;
    constexpr model::Flag doubts[] = {unreadable,          unit_suspect,    comparator_bound, extreme_verify,
                                      device_pf_disagrees, cuff_line_apart, gcs_disagrees};
    return !c.evidence.empty() && std::any_of(std::begin(doubts), std::end(doubts),
                                              [&](model::Flag f) { return c.flags.has(f) != a.flags.has(f); });
}

bool is_news(Condition const& c, Alert const& a) {
    if (c.state == ConditionState::absent) return false;
    if (is_doubted_otherwise(c, a)) return true;
    if (a.inhibited_by != c.inhibited_by || a.excused != c.excused || (c.confirmed && !a.confirmed)) return true;
    if (a.now.has_value() != c.now.has_value()) return true;
    // Another rulebook ranks it anew: what is shown follows at once, and not with the next change of the patient.
    if (c.state == ConditionState::present && level_entry(*c.rule, c.level).priority != a.priority) return true;
    // What a technical alert is about is what it names: its figures count or run on.
    if (c.rule->kind == AlertKind::technical)
        return !c.evidence.empty() && signals_of(a.evidence) != signals_of(c.evidence);
    // What the sentence says is news; where a rise began and what was left out of it is for who asks.
    const std::size_t in_sentence = 3 + organ_count;
    const auto said = [in_sentence](std::vector<std::int64_t> figures) {
        figures.resize(std::min(figures.size(), in_sentence));
        return figures;
    };
    return !c.figures.empty() && said(a.figures) != said(c.figures);
}

// A single value that is less extreme by no newer one: it was corrected, nobody got better.
bool taken_back(Condition const& c, Alert const& a) {
    return c.side != 0 && newest_of(c.evidence) <= newest_of(a.evidence);
}

void take_condition(Alert& a, Condition const& c, Next const& to) {
    if (c.state == ConditionState::present) {
        a.confirmed = c.level > a.level || to.notify == Notify::recurred ? c.confirmed : a.confirmed || c.confirmed;
        if (c.since < a.true_since || to.notify == Notify::recurred) a.true_since = c.since;
        if (c.level != a.level || to.notify == Notify::recurred) a.reached = c.reached;
        a.level = c.level;
        a.highest = std::max(a.highest, c.level);
        a.side = c.side;
        a.priority = level_entry(*c.rule, c.level).priority;
        a.ended = Closing::open;
    }
    if (c.state == ConditionState::absent) a.ended = c.corrected ? Closing::corrected : Closing::recovered;
    if (!c.evidence.empty()) {
        a.evidence = c.evidence;
        a.flags = c.flags;
    }
    if (!c.figures.empty()) a.figures = c.figures;
    a.now = c.now;
    a.ending = c.ending;
    a.inhibited_by = c.state == ConditionState::absent ? std::string{} : c.inhibited_by;
    a.excused = c.state == ConditionState::absent ? std::nullopt : c.excused;
    if (to.withdraws || to.notify == Notify::recurred) {
        a.acknowledged_by.clear();
        a.acknowledged_at.reset();
    }
}

// A level that as known now never was, though nothing was corrected: it was shown by minutes whose readings had not all
// come in. What was shown ends as everything does, after its dwell, and not because the last minutes were read again.
void stand_for_dwell(Condition& c, Alert& a, Subject const& subject, Standing& standing) {
    const bool over = a.condition == ConditionState::absent;
    // At a lower level it is seen as well, once it has come down to that.
    if (c.state == ConditionState::present && c.met && (over || c.level >= a.level || !c.corrected)) a.met = subject.at;
    if (!c.corrected || subject.amended || c.state == ConditionState::unknown) return;
    c.corrected = false;
    const auto until = a.met + c.rule->dwell_out;
    if (over || until <= subject.at) return;
    standing.due = std::min(standing.due, until);
    c.state = ConditionState::present;
    c.level = a.level;
    c.since = a.true_since;
    c.reached = a.reached;
    c.figures.clear();
    c.now.reset();
    // Nobody asked for the cause of what seemed over: it is still the one it had.
    c.inhibited_by = a.inhibited_by;
    c.excused = a.excused;
}

void revise_one(Condition& c, Subject const& subject, Handling const& handling, Standing& standing,
                std::vector<Alert>& changed) {
    auto* stands = standing_of(standing, c);
    if (!level_to_tell(c, stands, subject, standing)) return;
    if (stands != nullptr) stand_for_dwell(c, *stands, subject, standing);
    const auto phase = stands == nullptr ? Phase::none : phase_of(*stands);
    const auto highest = stands == nullptr ? c.level : std::max(stands->highest, c.level);
    const auto happening = happening_of(c, stands);
    const auto by_condition = next(phase, happening, latches(*c.rule, highest));
    if (by_condition.phase == Phase::none) return;
    auto const* shelf = shelf_over(standing, c.token, c.level, c.side);
    const bool begins = by_condition.phase == Phase::on && (phase == Phase::none || phase == Phase::latched);
    const auto to = begins && shelf != nullptr ? next(by_condition.phase, Happening::shelve, true) : by_condition;
    auto notify = decide(to, c, stands == nullptr ? 0 : stands->announced, stands == nullptr || is_news(c, *stands));
    // It called before its cause was known, and the cause is gone: it calls again.
    const bool explained_no_more = stands != nullptr && !stands->inhibited_by.empty() && c.inhibited_by.empty() &&
                                   to.phase == Phase::on && c.state == ConditionState::present;
    if (explained_no_more && !announces(notify)) notify = Notify::resumed;
    if (notify == Notify::improved && taken_back(c, *stands)) notify = Notify::updated;
    if (notify == Notify::nothing) return;
    if (stands == nullptr) stands = &standing.alerts.emplace_back(begin(c, subject, standing));
    // It stood latched since its last revision: it came back before anybody saw that it was over.
    if (to.notify == Notify::recurred && subject.at - stands->revised_at <= c.rule->rearm) ++stands->onsets;
    take_condition(*stands, c, by_condition);
    enter(*stands, to.phase);
    if (to.phase == Phase::shelved && begins) stands->shelved = shelf->decision;
    if (to.phase == Phase::closed) {
        stands->closing = stands->ended;
        stands->condition = ConditionState::absent;
    }
    tell(*stands, notify, subject.at, handling, changed);
}

// An alert that no rule spoke of: its rule is gone, or the readings it stood on are.
Condition unspoken(Alert const& a, Rule const& rule) {
    Condition c;
    c.rule = &rule;
    c.token = a.rule;
    c.subject_source = a.subject_source;
    c.corrected = true;
    return c;
}

} // namespace

std::string alert_id(Subject const& subject, std::string_view token, std::string_view source, model::EventTime onset) {
    std::string text;
    for (const auto part : {subject.site, subject.name, token, source}) {
        text += part;
        text += '\n';
    }
    text += std::to_string(onset.ms);
    auto digest = core::digest64(text);
    std::string id(16, '0');
    for (auto digit = id.rbegin(); digit != id.rend(); ++digit, digest >>= 4) *digit = "0123456789abcdef"[digest & 15U];
    return id;
}

void revise(std::vector<Condition>& conditions, Subject const& subject, Rules const& rules, Standing& standing,
            std::vector<Alert>& changed) {
    const auto first = changed.size();
    for (auto& c : conditions)
        if (!c.held && c.rule->enabled) revise_one(c, subject, rules.handling, standing, changed);
    for (std::size_t i = 0; i < standing.alerts.size(); ++i) {
        auto& a = standing.alerts[i];
        const bool spoken_of = std::any_of(conditions.begin(), conditions.end(), [&](Condition const& c) {
            return c.rule->enabled && c.token == a.rule && c.subject_source == a.subject_source;
        });
        if (spoken_of) continue;
        auto const* rule = find_rule(rules, a.rule);
        if (rule != nullptr && rule->enabled) {
            if (!subject.amended) continue; // what it stood on is forgotten for its age; that ends nothing
            auto gone = unspoken(a, *rule);
            revise_one(gone, subject, rules.handling, standing, changed);
            continue;
        }
        enter(a, Phase::closed);
        a.closing = Closing::rule_removed;
        tell(a, Notify::cleared, subject.at, rules.handling, changed);
    }
    for (std::size_t i = first; i < changed.size(); ++i)
        if (changed[i].signal == SignalState::closed) remember(standing, changed[i]);
    std::erase_if(standing.alerts, [](Alert const& a) { return a.signal == SignalState::closed; });
}

} // namespace vigil::alerts
