// What people decide about alerts, as events: acknowledge, pause, shelve, judge, standby, care limits.

#include "core/alerts/handling.hpp"
#include "core/alerts/passing.hpp"
#include "core/alerts/path.hpp"
#include "core/engine.hpp"

#include <utility>

namespace vigil::core {

namespace {

void publish(Step& step, std::vector<alerts::Alert>& changed) {
    for (auto& a : changed) step.effects.emplace_back(AlertChanged{std::move(a)});
}

void answer(Step& step, std::string_view no) {
    using Answer = CommandAnswered::Answer;
    const auto verdict = no.empty() ? Answer::done : no == "stale_revision" ? Answer::stale_revision : Answer::refused;
    step.effects.emplace_back(CommandAnswered{verdict, std::string{no}});
}

alerts::Decision decision_of(Step const& step, std::string const& user, std::string const& reason,
                             std::optional<Ending> const& ends) {
    alerts::Decision out{user, reason, step.state.now, {}};
    if (ends) out.until = ends->lasting ? step.state.now + *ends->lasting : ends->until;
    return out;
}

// Offers the alert to each standing until one knows it.
template <class Do>
std::string_view where_it_stands(Step& step, Do const& handle) {
    std::string_view no = "unknown_alert";
    const auto in = [&](alerts::Standing& standing) {
        if (no == "unknown_alert") no = handle(standing);
    };
    for (auto& e : step.state.encounters) in(e.alerts);
    for (auto& source : step.state.sources) in(source.alerts);
    in(step.state.technical);
    return no;
}

// Of whoever lies in that bed, and nobody else.
template <class Do>
std::string_view of_patient_in(Step& step, model::Location const& location, Do const& decide) {
    const auto bed = find_bed(step.state, location);
    const auto there =
        bed ? occupants(step.state, *bed, model::patient_now(step.event.at)) : std::vector<model::EncounterId>{};
    if (there.size() != 1) return there.empty() ? "empty_bed" : "identity_conflict";
    auto& standing = at(step.state, there.front()).alerts;
    const auto no = decide(standing);
    if (no.empty()) alerts::wake(standing, step.state.now); // what follows is told by the next look
    return no;
}

} // namespace

void take_acknowledged(Step& step, Acknowledged const& ack) {
    using alerts::AckAnswer;
    std::vector<alerts::Alert> changed;
    auto answered = AckAnswer::unknown_alert;
    where_it_stands(step, [&](alerts::Standing& standing) -> std::string_view {
        answered =
            alerts::acknowledge(standing, step.rules.rules, ack.alert, ack.revision, ack.user, step.state.now, changed);
        return answered == AckAnswer::unknown_alert ? "unknown_alert" : "";
    });
    publish(step, changed);
    switch (answered) {
    case AckAnswer::done: return answer(step, "");
    case AckAnswer::already:
        step.effects.emplace_back(CommandAnswered{CommandAnswered::Answer::done, "already"});
        return;
    case AckAnswer::stale_revision: return answer(step, "stale_revision");
    case AckAnswer::unknown_alert: return answer(step, "unknown_alert");
    }
}

void take_paused(Step& step, Paused const& p) {
    std::vector<alerts::Alert> changed;
    auto const& rules = step.rules.rules;
    const auto decision = decision_of(step, p.user, p.reason, p.ends);
    const auto no = where_it_stands(step, [&](alerts::Standing& standing) {
        return p.over ? alerts::end_pause(standing, rules, p.alert, p.revision, step.state.now, changed)
                      : alerts::pause(standing, rules, p.alert, p.revision, decision, changed);
    });
    publish(step, changed);
    answer(step, no);
}

void take_shelved(Step& step, Shelved const& s) {
    std::vector<alerts::Alert> changed;
    auto const& rules = step.rules.rules;
    const auto no = of_patient_in(step, s.location, [&](alerts::Standing& standing) {
        if (s.over) return alerts::unshelve(standing, rules, s.rule, step.state.now, changed);
        return alerts::shelve(standing, rules, s.rule, decision_of(step, s.user, s.reason, s.ends), changed);
    });
    publish(step, changed);
    answer(step, no);
}

void take_judged(Step& step, Judged const& j) {
    std::vector<alerts::Alert> changed;
    const alerts::Feedback feedback{j.judgement, j.user, step.state.now};
    const auto no = where_it_stands(step, [&](alerts::Standing& standing) {
        return alerts::judge(standing, step.rules.rules, j.alert, feedback, changed);
    });
    publish(step, changed);
    answer(step, no);
}

void take_standby(Step& step, StoodBy const& s) {
    answer(step, of_patient_in(step, s.location, [&](alerts::Standing& standing) {
               if (s.over) return alerts::end_standby(standing);
               return alerts::begin_standby(standing, step.rules.rules, decision_of(step, s.user, s.reason, s.ends));
           }));
}

void take_care_limited(Step& step, CareLimited const& c) {
    answer(step, of_patient_in(step, c.location, [&](alerts::Standing& standing) {
               if (c.over) return alerts::lift_care_limits(standing);
               return alerts::limit_care(standing, step.rules.rules,
                                         {c.rules, decision_of(step, c.user, c.reason, std::nullopt)});
           }));
}

void take_limit(Step& step, LimitSet const& l) {
    answer(step, of_patient_in(step, l.location, [&](alerts::Standing& standing) {
               if (l.over) return alerts::lift_limit(standing, l.what);
               return alerts::set_limit(standing, step.rules.rules,
                                        {l.what, l.below, l.above, decision_of(step, l.user, l.reason, std::nullopt)});
           }));
}

} // namespace vigil::core
