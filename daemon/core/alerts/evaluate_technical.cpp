// Feeds and the daemon itself.

#include "core/alerts/evaluate.hpp"

#include <algorithm>

namespace vigil::alerts {

namespace {

model::Duration magnitude(model::Duration d) { return d.ms < 0 ? model::Duration{-d.ms} : d; }

Alert const* standing_of(Standing const& standing, std::string_view token) {
    for (auto const& a : standing.alerts)
        if (a.rule == token) return &a;
    return nullptr;
}

Condition offset_of(SourceView const& view, Standing const& standing) {
    auto const& rule = view.rules.rules.clock_offset;
    auto c = condition_of(rule.rule);
    c.subject_source = view.source.name;
    c.since = model::patient_now(view.at);
    auto const* stands = standing_of(standing, c.token);
    const bool was_off = stands != nullptr && stands->level >= 2 && stands->condition != ConditionState::absent;
    if (!view.source.clock_offset) {
        if (was_off) c.state = ConditionState::unknown;
        return c;
    }
    const auto off = magnitude(*view.source.clock_offset);
    c.figures = {view.source.clock_offset->ms / 1000};
    if (off > rule.offset || (was_off && off > rule.leave))
        c.level = 2;
    else if (standing.stepped_at && view.at - *standing.stepped_at < rule.step_holds)
        c.level = 1;
    if (c.level > 0) c.state = ConditionState::present;
    return c;
}

Condition silence(core::Rulebook const& rules, std::string const& source, model::LogTime heard, model::Duration after,
                  model::LogTime at, bool recovering) {
    auto c = condition_of(rules.rules.device_silent.rule);
    c.subject_source = source;
    c.held = recovering;
    c.figures = {after.ms / 1000};
    if (after.ms > 0 && at - heard > after) {
        c.state = ConditionState::present;
        c.level = 1;
        c.since = model::patient_now(heard + after);
    }
    return c;
}

// Its heartbeat stopped, or it said goodbye although its feed is listed and so expected. Whoever is not listed, a file
// that was read to its end, may leave with a goodbye.
bool adapter_has_gone(SourceView const& view) {
    if (view.source.kind.empty()) return false; // it never had one: what staff and commands say
    return view.source.state == core::SourceState::lost ||
           (view.source.state == core::SourceState::goodbye && view.settings != nullptr);
}

// Quiet for longer than its own time, or without its adapter: that a feed may be quiet says nothing of who would speak.
Condition silence_of(SourceView const& view, Standing const& standing, model::Duration after) {
    auto const& rule = view.rules.rules.device_silent;
    auto c = silence(view.rules, view.source.name, view.source.last_frame.value_or(view.at), after, view.at,
                     view.recovering);
    if (c.state == ConditionState::present || !adapter_has_gone(view)) return c;
    // The alert itself remembers since when. One that is started anew is back within seconds: nobody is called for it.
    auto const* stands = standing_of(standing, c.token);
    const auto now = model::patient_now(view.at);
    c.since = stands != nullptr && stands->condition != ConditionState::absent ? stands->true_since : now;
    c.state = ConditionState::present;
    c.level = 1;
    c.figures = {rule.lost_after.ms / 1000};
    if (now - c.since < rule.lost_after) c.inhibited_by = reconnecting;
    return c;
}

Condition never_heard(DaemonView const& view, core::SourceSettings const& settings) {
    const auto feed = expected(view, settings);
    return silence(view.rules, settings.source, feed.heard ? view.at : view.started, feed.within, view.at,
                   view.recovering);
}

std::int32_t level_of(core::Trouble trouble) { return trouble == core::Trouble::disk_slow ? 1 : 2; }

} // namespace

void evaluate_source(SourceView const& view, Standing const& standing, Conditions& out) {
    const auto after = view.settings != nullptr ? view.settings->silent_after : model::Duration{};
    // A feed that was never heard is the daemon's to tell of: nobody knows since when it should have spoken but by the
    // start.
    if (view.source.last_frame || after.ms <= 0) out.push_back(silence_of(view, standing, after));
    out.push_back(offset_of(view, standing));
}

ExpectedFeed expected(DaemonView const& view, core::SourceSettings const& settings) {
    const bool may_be_quiet = settings.silent_after.ms <= 0;
    const bool heard = std::any_of(view.sources.begin(), view.sources.end(), [&](core::Source const& s) {
        return s.name == settings.source && (s.last_frame.has_value() || (may_be_quiet && !s.kind.empty()));
    });
    return {heard, may_be_quiet ? view.rules.rules.device_silent.lost_after : settings.silent_after};
}

void evaluate_daemon(DaemonView const& view, Conditions& out) {
    auto const& rules = view.rules.rules;
    const auto trouble = [&](Rule const& rule, auto belongs) {
        auto c = condition_of(rule);
        c.since = model::patient_now(view.at);
        for (auto const& t : view.troubles)
            if (t.present && belongs(t.trouble)) c.level = std::max(c.level, level_of(t.trouble));
        if (c.level > 0) c.state = ConditionState::present;
        out.push_back(std::move(c));
    };
    using core::Trouble;
    trouble(rules.disk_trouble,
            [](Trouble t) { return t == Trouble::disk_slow || t == Trouble::disk_full || t == Trouble::disk_error; });
    trouble(rules.journal_trouble, [](Trouble t) { return t == Trouble::journal_damaged; });
    trouble(rules.clock_stepped, [](Trouble t) { return t == Trouble::clock_stepped; });
    trouble(rules.encounter_suspended, [](Trouble t) { return t == Trouble::encounter_suspended; });
    for (auto const& settings : view.rules.sources) out.push_back(never_heard(view, settings));
}

} // namespace vigil::alerts
