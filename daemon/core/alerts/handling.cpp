#include "core/alerts/handling.hpp"

#include "core/alerts/lifecycle.hpp"
#include "core/alerts/passing.hpp"
#include "core/alerts/revision.hpp"

#include <algorithm>

namespace vigil::alerts {

namespace {

Alert* find(Standing& standing, std::string_view id) {
    const auto found =
        std::find_if(standing.alerts.begin(), standing.alerts.end(), [id](Alert const& a) { return a.id == id; });
    return found == standing.alerts.end() ? nullptr : &*found;
}

std::string_view wrong(Decision const& decision, model::Duration at_most) {
    if (decision.reason.empty()) return "reason_missing";
    if (!decision.until) return "until_missing";
    if (*decision.until <= decision.at) return "until_past";
    if (*decision.until - decision.at > at_most) return "beyond_maximum";
    return {};
}

void say(Feedback const& feedback, Alert& alert) {
    std::erase_if(alert.feedback, [&](Feedback const& f) { return f.by == feedback.by; });
    constexpr std::size_t people = 8;
    if (alert.feedback.size() >= people) alert.feedback.erase(alert.feedback.begin());
    alert.feedback.push_back(feedback);
}

} // namespace

std::string_view pause(Standing& standing, Rules const& rules, std::string_view alert, std::uint64_t revision,
                       Decision const& decision, std::vector<Alert>& changed) {
    auto* a = find(standing, alert);
    if (a == nullptr) return "unknown_alert";
    if (a->revision != revision) return "stale_revision";
    auto const& handling = rules.handling;
    const auto no =
        wrong(decision, a->priority == Priority::high ? handling.pause_high_at_most : handling.pause_at_most);
    if (!no.empty()) return no;
    const auto to = next(phase_of(*a), Happening::pause, true);
    if (to.notify == Notify::nothing) return "not_sounding";
    enter(*a, to.phase);
    a->paused = decision;
    tell(*a, to.notify, decision.at, handling, changed);
    pass_time(standing, rules, decision.at, changed);
    return {};
}

std::string_view end_pause(Standing& standing, Rules const& rules, std::string_view alert, std::uint64_t revision,
                           model::LogTime at, std::vector<Alert>& changed) {
    auto* a = find(standing, alert);
    if (a == nullptr) return "unknown_alert";
    if (a->revision != revision) return "stale_revision";
    if (a->signal != SignalState::paused) return "not_paused";
    resume(*a, standing, rules, at, changed);
    pass_time(standing, rules, at, changed);
    return {};
}

std::string_view shelve(Standing& standing, Rules const& rules, std::string const& rule, Decision const& decision,
                        std::vector<Alert>& changed) {
    auto const* known = find_rule(rules, rule);
    if (known == nullptr) return "unknown_rule";
    Shelf shelf{rule, known->levels.front().level, 0, decision};
    for (auto const& a : standing.alerts)
        if (a.rule == rule && a.level >= shelf.level) shelf.level = a.level, shelf.side = a.side;
    const bool high = level_entry(*known, shelf.level).priority == Priority::high;
    auto const& handling = rules.handling;
    const auto no = wrong(decision, high ? handling.shelve_high_at_most : handling.shelve_at_most);
    if (!no.empty()) return no;
    std::erase_if(standing.shelves, [&](Shelf const& s) { return s.rule == rule; });
    standing.shelves.push_back(std::move(shelf));
    for (auto& a : standing.alerts) {
        if (a.rule != rule) continue;
        const auto to = next(phase_of(a), Happening::shelve, true);
        if (to.notify == Notify::nothing) continue;
        enter(a, to.phase);
        a.shelved = decision;
        tell(a, to.notify, decision.at, handling, changed);
    }
    pass_time(standing, rules, decision.at, changed);
    return {};
}

std::string_view unshelve(Standing& standing, Rules const& rules, std::string const& rule, model::LogTime at,
                          std::vector<Alert>& changed) {
    const auto gone = std::erase_if(standing.shelves, [&](Shelf const& s) { return s.rule == rule; });
    if (gone == 0) return "not_shelved";
    pass_time(standing, rules, at, changed);
    return {};
}

std::string_view judge(Standing& standing, Rules const& rules, std::string_view alert, Feedback const& feedback,
                       std::vector<Alert>& changed) {
    auto* a = find(standing, alert);
    // The newest first: one that was closed twice goes on where it ended last.
    for (auto closed = standing.closed.rbegin(); closed != standing.closed.rend(); ++closed) {
        if (a != nullptr || closed->id != alert || closed->whole.empty()) continue;
        a = &closed->whole.front();
        closed->revision = a->revision + 1;
    }
    if (a == nullptr) return "unknown_alert";
    const auto to = next(phase_of(*a), Happening::judge, true);
    say(feedback, *a);
    tell(*a, to.notify, feedback.at, rules.handling, changed);
    return {};
}

std::string_view begin_standby(Standing& standing, Rules const& rules, Decision const& decision) {
    const auto no = wrong(decision, rules.handling.standby_at_most);
    if (!no.empty()) return no;
    standing.standby = decision;
    standing.deadline = std::min(standing.deadline, decision.at);
    return {};
}

std::string_view end_standby(Standing& standing) {
    if (!standing.standby) return "no_standby";
    standing.standby.reset();
    return {};
}

std::string_view limit_care(Standing& standing, Rules const& rules, CareLimits limits) {
    if (limits.decision.reason.empty()) return "reason_missing";
    for (auto const& rule : limits.rules) {
        auto const* known = find_rule(rules, rule);
        if (known == nullptr || known->kind != AlertKind::patient) return "unknown_rule";
    }
    standing.care_limits = std::move(limits);
    return {};
}

std::string_view lift_care_limits(Standing& standing) {
    if (!standing.care_limits) return "no_care_limits";
    standing.care_limits.reset();
    return {};
}

std::string_view set_limit(Standing& standing, Rules const& rules, Limit limit) {
    if (!rules.patient_limit || !rules.patient_limit->rule.enabled) return "unknown_rule";
    auto const& signals = rules.patient_limit->signals;
    if (std::find(signals.begin(), signals.end(), limit.signal) == signals.end()) return "no_limit_for_signal";
    if (limit.decision.reason.empty()) return "reason_missing";
    if (!limit.below && !limit.above) return "limit_missing";
    if (limit.below && limit.above && *limit.below >= *limit.above) return "limits_cross";
    std::erase_if(standing.limits, [&](Limit const& l) { return l.signal == limit.signal; });
    if (standing.limits.size() >= limits_at_most) return "too_many_limits";
    standing.limits.push_back(std::move(limit));
    return {};
}

std::string_view lift_limit(Standing& standing, model::Signal signal) {
    const auto gone = std::erase_if(standing.limits, [&](Limit const& l) { return l.signal == signal; });
    return gone == 0 ? "no_limit" : std::string_view{};
}

} // namespace vigil::alerts
