// Silence is not safety: what should be arriving and is not, or is not what it seems.

#include "core/alerts/evaluate.hpp"

#include <algorithm>

namespace vigil::alerts {

using model::EventTime;
using model::Signal;

namespace {

model::Evidence stale(Signal signal, EventTime time) {
    model::Evidence e;
    e.signal = signal;
    e.verdict = model::Verdict::stale;
    e.reason = model::Reason::stale;
    e.time = time;
    return e;
}

struct LastHeard {
    EventTime time;
    Signal signal{}; // of one instant the first by the signals' own order
};

// What the bed's monitors said last; empty if nothing streamed then. Of streams that were taken off, and a patient who
// is charted since, nobody expects anything within minutes.
std::optional<LastHeard> last_of_stream(PatientView const& view, model::Duration within) {
    std::optional<LastHeard> newest;
    std::optional<EventTime> stream;
    for (auto const& entry : view.rules.vocabulary) {
        auto const& n = view.encounter.newest[static_cast<std::size_t>(entry.signal)];
        if (entry.kind != model::SignalKind::monitor || !n.seen) continue;
        if (!newest || newest->time < n.time || (newest->time == n.time && entry.signal < newest->signal))
            newest = LastHeard{n.time, entry.signal};
        if (n.streams() && (!stream || *stream < n.time)) stream = n.time;
    }
    if (!stream || newest->time - *stream > within) return std::nullopt;
    return newest;
}

void silent_bed(PatientView const& view, Conditions& out, Wake& wake) {
    auto const& rule = view.rules.rules.device_silent;
    auto c = condition_of(rule.rule);
    c.held = view.recovering;
    c.figures = {rule.bed_after.ms / 1000};
    const auto newest = last_of_stream(view, rule.bed_after);
    if (newest) wake.outlives(newest->time, rule.bed_after);
    // A bed nobody lies in, and a patient nobody has connected yet, cannot fall silent.
    if (newest && view.encounter.bed.value != 0 && view.now - newest->time > rule.bed_after) {
        c.state = ConditionState::present;
        c.level = 1;
        c.since = newest->time + rule.bed_after;
        c.evidence = {stale(newest->signal, newest->time)};
    }
    out.push_back(std::move(c));
}

// The newest reading a rule may use; a refused one does not keep an input fresh.
std::optional<EventTime> usable(PatientView const& view, Signal signal) {
    auto const& n = view.encounter.newest[static_cast<std::size_t>(signal)];
    if (!n.seen) return std::nullopt;
    if (n.refused == model::Reason::none) return n.time;
    if (const auto s = view.patient.timeline->latest(signal, view.now, {})) return s->time;
    return std::nullopt;
}

// Whether a rule wants an input goes to and fro with what else it reads. One that was told of stands for the rule's
// dwell after it was last wanted, unless it is current again.
void stand_on(Condition& c, PatientView const& view, Standing const& standing, Wake& wake) {
    const auto stands =
        std::find_if(standing.alerts.begin(), standing.alerts.end(), [&](Alert const& a) { return a.rule == c.token; });
    if (!c.evidence.empty() || stands == standing.alerts.end()) return;
    const auto left = c.rule->dwell_out - (view.at - stands->met);
    if (left.ms <= 0) return;
    for (auto const& told : stands->evidence) {
        const auto newest = usable(view, told.signal);
        if (newest && told.time && *newest <= *told.time) c.evidence.push_back(stale(told.signal, *newest));
    }
    if (c.evidence.empty()) return;
    wake.at(view.now + left);
    c.since = stands->true_since;
    c.met = false;
}

void stale_inputs(PatientView const& view, Standing const& standing, Conditions const& others, Conditions& out,
                  Wake& wake) {
    auto c = condition_of(view.rules.rules.input_stale);
    c.held = view.recovering;
    std::vector<Signal> wanted;
    for (auto const& entry : view.rules.vocabulary)
        if (entry.required && view.encounter.newest[static_cast<std::size_t>(entry.signal)].streams())
            wanted.push_back(entry.signal);
    for (auto const& other : others) {
        if (other.state != ConditionState::unknown || other.rule->kind != AlertKind::patient) continue;
        for (auto const& e : other.evidence)
            if (e.verdict == model::Verdict::stale || e.verdict == model::Verdict::missing) wanted.push_back(e.signal);
    }
    std::sort(wanted.begin(), wanted.end());
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    for (const auto signal : wanted) {
        auto const& entry = core::entry(view.rules, signal);
        const auto newest = usable(view, signal);
        if (!newest || entry.max_age.ms == 0) continue;
        // What is charted by the hour is not missed five minutes later; the screen shows its age at once.
        const bool charted = entry.kind == model::SignalKind::monitor &&
                             !view.encounter.newest[static_cast<std::size_t>(signal)].streams();
        const auto age = charted ? std::max(entry.max_age, view.rules.rules.charted_stale_after) : entry.max_age;
        const auto told_after = age + c.rule->dwell_in;
        wake.outlives(*newest, told_after);
        if (view.now - *newest <= told_after) continue;
        const auto since = *newest + age;
        if (c.evidence.empty() || since < c.since) c.since = since;
        c.evidence.push_back(stale(signal, *newest));
    }
    stand_on(c, view, standing, wake);
    c.figures = {static_cast<std::int64_t>(c.evidence.size())};
    if (!c.evidence.empty()) {
        c.state = ConditionState::present;
        c.level = 1;
    }
    out.push_back(std::move(c));
}

void silent_pump(PatientView const& view, Followed const& followed, Conditions& out) {
    auto c = condition_of(view.rules.rules.pump_silent);
    auto const* cardio = part_of(followed.now.sofa, model::Part::cardio);
    if (cardio != nullptr) {
        bool silent = cardio->flags.has(model::Flag::pump_silent);
        c.since = view.now;
        for (auto const& e : cardio->evidence) {
            if (e.reason != model::Reason::pump_silent) continue;
            silent = true;
            if (e.time) c.since = std::min(c.since, *e.time);
            c.evidence.push_back(e);
        }
        if (silent) {
            c.state = ConditionState::present;
            c.level = 1;
        }
    }
    out.push_back(std::move(c));
}

} // namespace

void evaluate_inputs(PatientView const& view, Standing const& standing, Followed const& followed, Conditions& out,
                     Wake& wake) {
    stale_inputs(view, standing, out, out, wake);
    silent_bed(view, out, wake);
    silent_pump(view, followed, out);

    auto conflict = condition_of(view.rules.rules.identity_conflict.rule);
    if (view.conflict) wake.outlives(model::patient_now(*view.conflict), view.rules.rules.identity_conflict.holds);
    if (view.conflict && view.at - *view.conflict <= view.rules.rules.identity_conflict.holds) {
        conflict.state = ConditionState::present;
        conflict.level = 1;
        conflict.since = model::patient_now(*view.conflict);
        conflict.evidence.assign(view.conflicting.begin(), view.conflicting.end());
    }
    out.push_back(std::move(conflict));

    out.push_back(condition_of(view.rules.rules.encounter_suspended)); // it is looked at, so it is not
}

void evaluate_late(PatientView const& view, Standing const& standing, Conditions& out, Wake& wake) {
    auto c = condition_of(view.rules.rules.late_result.rule);
    for (auto const& note : standing.late) {
        wake.outlives(model::patient_now(note.known_at), view.rules.rules.late_result.holds);
        c.state = ConditionState::present;
        c.level = 1;
        if (c.evidence.empty()) c.since = note.evidence.time.value_or(view.now);
        c.evidence.push_back(note.evidence);
    }
    c.figures = {static_cast<std::int64_t>(c.evidence.size())};
    out.push_back(std::move(c));
}

} // namespace vigil::alerts
