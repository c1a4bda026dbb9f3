// After an event: which scores may differ, what is published, what staff are told. And the passing of time.

#include "core/engine.hpp"
#include "core/scores/course.hpp"
#include "core/scores/definition.hpp"
#include "core/scores/notes.hpp"
#include "core/scores/registry.hpp"
#include "core/scores/settled.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace vigil::core {

using model::EventTime;
using model::LogTime;

namespace {

constexpr LogTime never{std::numeric_limits<std::int64_t>::max()};
constexpr model::Duration ahead_at_most = model::seconds(60);
constexpr model::Duration forget_every = model::minutes(10);

LogTime whole_second(std::int64_t ms) { return {(ms + 999) / 1000 * 1000}; }

// The instant the patient is looked at: now, or the newest reading of a device whose clock runs a little ahead.
EventTime instant(Encounter const& e, LogTime now) {
    const auto here = model::patient_now(now);
    if (e.closed && *e.closed < here) return *e.closed;
    if (e.last_data && *e.last_data > here && *e.last_data <= here + ahead_at_most) return *e.last_data;
    return here;
}

// Every stream's minute ends in the same second. Whoever is looked at only because of that is looked at in one of the
// seconds after it, by name: a whole ward at once would hold up what arrives meanwhile, and the readings of that second
// would make each look twice.
constexpr std::int64_t minute_ends_over_s = 8;

LogTime in_turn(Encounter const& e, LogTime due) {
    if (due.ms % 60'000 != 0) return due;
    const auto turn = static_cast<std::int64_t>(digest64(e.pseudonym) % static_cast<std::uint64_t>(minute_ends_over_s));
    return due + model::seconds(1 + turn);
}

LogTime due_of(Encounter const& e) {
    const LogTime ahead = e.ahead ? LogTime{e.ahead->ms} : never;
    if (e.merged_into || e.ended) return ahead;
    // What people decided ends to the second, also for a patient whose readings nobody looks at.
    const LogTime decided = std::min(ahead, e.alerts.deadline);
    if (e.suspended) return decided;
    const LogTime score = e.next_due ? LogTime{e.next_due->ms} : never;
    return std::min(in_turn(e, std::min(score, e.alerts.due)), decided);
}

void note_due(Step& step, LogTime due) { step.derived.next_due = std::min(step.derived.next_due, due); }

bool shows_refusal(model::Score const& score) {
    return std::any_of(score.parts.begin(), score.parts.end(), [](model::ScorePart const& p) {
        return !p.evidence.empty() && p.evidence.back().verdict == model::Verdict::refused;
    });
}

scores::Patient patient_of(Step const& step, Encounter const& e, EventTime at) {
    return {&e.timeline, e.opened, e.age_years, at, step.derived.room.get(), e.sex};
}

// How far back the course of SOFA is worked out again: what it rests on is still kept.
EventTime course_reach(Step const& step) {
    auto const& rules = step.rules;
    return model::patient_now(step.state.now) - (rules.retention.keep_minutes - rules.tables.sofa.window);
}

// Brings the course of SOFA up to date; true: it may have changed. `sofa` is what holds now, `before` the instant it
// was evaluated last.
bool keep_course(Step& step, Encounter& e, model::Score const& sofa, std::optional<EventTime> before, EventTime at,
                 Touched const* touched) {
    const bool none = !before || !scores::has_course(e.timeline, at);
    auto from = none ? e.opened : *before;
    bool changed = none || scores::differs_from_course(e.timeline, sofa.parts.front(), at);
    const auto past = touched == nullptr ? at : std::min(touched->earliest, touched->past_from);
    if (touched != nullptr && past <= from) {
        from = past;
        changed = true;
    }
    if (!changed) return false;
    // Of what lies further back the streams are gone: it stands as it was known.
    from = std::min(std::max(from, course_reach(step)), at);
    scores::follow_anew(sofa.key, patient_of(step, e, at), e.timeline, from, at, step.rules, step.rules.retention);
    return true;
}

// Nothing was told but by devices, as it came, and after the only day that the score looks at.
bool is_behind_its_day(Step const& step, Encounter const& e, std::size_t i, Touched const& touched) {
    auto const& rules = step.rules;
    auto const& shown = e.shown[i];
    auto const& what = scores::definition(rules.scores[i].key.id);
    if (!what.of_first_day || touched.everything || touched.corrects || touched.refused || shown.parts.empty())
        return false;
    const auto since = std::min({shown.as_of, touched.earliest, touched.past_from});
    const auto concerning = touched.signals & step.derived.read_by_score[i];
    for (std::size_t s = 0; s < model::signal_count; ++s)
        if (concerning.test(s) &&
            !scores::is_behind_first_day(what, static_cast<model::Signal>(s), e.opened, since, rules))
            return false;
    return true;
}

// What was touched can make the run differ.
bool concerns(Step const& step, Encounter const& e, std::size_t i, Touched const& touched) {
    const bool read = touched.everything || (touched.signals & step.derived.read_by_score[i]).any();
    return read && !is_behind_its_day(step, e, i, touched);
}

std::shared_ptr<scores::Settled>& settled_of(Step& step, Encounter const& e) {
    auto& all = step.derived.settled;
    if (all.size() < e.id.value) all.resize(e.id.value);
    return all[e.id.value - 1];
}

// What is known of the patient's settled past, without what has changed since; of who is gone nothing is kept.
void keep_up_settled(Step& step, Encounter& e) {
    auto& settled = settled_of(step, e);
    if (e.ended) return settled.reset();
    if (!settled) settled = std::make_shared<scores::Settled>();
    settled->keep_up(e.timeline);
}

// One run, where it may differ; publishes it where it does. True: it was evaluated.
bool evaluate_run(Step& step, Encounter& e, std::size_t i, EventTime at, Touched const* touched, bool course_changed) {
    auto& shown = e.shown[i];
    const bool due = shown.next_change && *shown.next_change <= at;
    const bool read = touched != nullptr && concerns(step, e, i, *touched);
    if (!due && !read && !course_changed) return false;
    auto patient = patient_of(step, e, at);
    patient.shared = step.derived.shared.get();
    patient.settled = settled_of(step, e).get();
    auto now = scores::evaluate(step.rules.scores[i].key, patient, at, step.rules);
    append_refusals(now, e.refusals, at);
    const bool first = shown.parts.empty();
    if (first || model::changed(shown, now) || (read && touched->refused && shows_refusal(now))) {
        const bool correction = !first && touched != nullptr && (read || course_changed) && touched->corrects;
        step.effects.emplace_back(
            ScoreChanged{e.id, e.ended ? model::BedId{} : bed_of(step.state, e.id), now, correction});
    }
    shown = std::move(now);
    return true;
}

// Evaluates the runs that may differ; publishes those that do. Those that look back at SOFA come after it.
void evaluate_scores(Step& step, Encounter& e, EventTime at, Touched const* touched) {
    auto const& runs = step.rules.scores;
    e.shown.resize(runs.size());
    *step.derived.shared = {};
    keep_up_settled(step, e);
    bool course_changed = false;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (scores::reads_course(runs[i].key.id)) continue;
        const auto before = e.shown[i].parts.empty() ? std::nullopt : std::optional{e.shown[i].as_of};
        if (evaluate_run(step, e, i, at, touched, false) && step.derived.course == i)
            course_changed = keep_course(step, e, e.shown[i], before, at, touched);
    }
    if (step.derived.course)
        for (std::size_t i = 0; i < runs.size(); ++i)
            if (scores::reads_course(runs[i].key.id)) evaluate_run(step, e, i, at, touched, course_changed);
    std::optional<EventTime> next;
    for (auto const& shown : e.shown)
        if (shown.next_change && (!next || *shown.next_change < *next)) next = shown.next_change;
    e.next_due = next;
}

struct Conflict {
    std::optional<LogTime> newest;
    std::vector<model::Evidence> evidence; // the newest of each signal; its value is another person's
};

void add_evidence(std::vector<model::Evidence>& out, UnassignedCount const& u) {
    for (auto h = u.held.rbegin(); h != u.held.rend(); ++h) {
        if (h->refused != model::Reason::none) continue;
        const auto known = std::find_if(out.begin(), out.end(), [&](auto const& e) { return e.signal == h->signal; });
        if (known != out.end() && *known->time >= h->sample.time) continue;
        auto& e = known != out.end() ? *known : out.emplace_back();
        e.signal = h->signal;
        e.verdict = model::Verdict::refused;
        e.reason = model::Reason::identity_conflict;
        e.time = h->sample.time;
        e.ref = h->sample.ref;
        e.channel = h->sample.channel;
    }
}

// Unclaimed readings that contradict the census about this encounter: they name its bed, or its visit.
Conflict conflict_of(Step const& step, Encounter const& encounter, model::BedId bed) {
    auto const& state = step.state;
    const auto holds = step.rules.rules.identity_conflict.holds;
    Conflict out;
    for (auto const& [key, u] : state.unassigned) {
        if (u.reason != model::Reason::identity_conflict || u.readings == 0 || state.now - u.last > holds) continue;
        auto const& named = state.subjects[key.subject - 1];
        const bool here = named.location && bed.value != 0 && state.beds[bed.value - 1] == *named.location;
        if (!here && (named.visit.empty() || named.visit != encounter.visit)) continue;
        if (!out.newest || *out.newest < u.last) out.newest = u.last;
        add_evidence(out.evidence, u);
    }
    std::sort(out.evidence.begin(), out.evidence.end(),
              [](auto const& a, auto const& b) { return a.signal < b.signal; });
    return out;
}

// As shown: `evaluate_scores` has just seen to it that it is what holds now.
model::Score const* alerting(Step const& step, Encounter const& e, model::ScoreId id) {
    const auto i = alerting_run(step.rules, id);
    return i && *i < e.shown.size() && !e.shown[*i].parts.empty() ? &e.shown[*i] : nullptr;
}

void advance_alerts(Step& step, Encounter& e, EventTime at, Touched const* touched) {
    if (e.ended || e.merged_into) return;
    const auto patient = patient_of(step, e, at);
    alerts::PatientView view{e, patient, step.rules, step.state.now, at, step.state.recovering};
    if (touched != nullptr) {
        view.touched = touched->anew ? EventTime{std::numeric_limits<std::int64_t>::min()} : touched->earliest;
        view.late = touched->late;
        view.late_only = !touched->timely;
        view.amended = touched->corrects;
        view.told_of = touched->signals;
        if (touched->anew || touched->everything) view.told_of.set();
    }
    const auto conflict = conflict_of(step, e, bed_of(step.state, e.id));
    view.conflict = conflict.newest;
    view.conflicting = conflict.evidence;
    view.sofa_now = alerting(step, e, model::ScoreId::sofa);
    view.ards = alerting(step, e, model::ScoreId::ards_berlin);
    view.channels = step.state.channels;
    view.event = step.event.seq;
    std::vector<alerts::Alert> changed;
    alerts::advance(view, e.alerts, changed);
    for (auto& a : changed) step.effects.emplace_back(AlertChanged{std::move(a)});
}

struct Witnessed {
    Witness* witness;
    Witnessed(Step& step, Encounter const& e)
        : witness{step.derived.witness} {
        if (witness != nullptr) witness->evaluating(e.id);
    }
    ~Witnessed() {
        if (witness != nullptr) witness->evaluated();
    }
    Witnessed(Witnessed const&) = delete;
    Witnessed& operator=(Witnessed const&) = delete;
};

void evaluate(Step& step, Encounter& e, Touched const* touched) {
    if (e.merged_into) return settled_of(step, e).reset();
    const Witnessed witnessed{step, e};
    const auto at = instant(e, step.state.now);
    if (e.suspended) return advance_alerts(step, e, at, touched);
    evaluate_scores(step, e, at, touched);
    const bool concerns = touched != nullptr && (touched->everything || !touched->late.empty() ||
                                                 (touched->signals & step.derived.concerning).any());
    if (concerns || alerts::is_due(e.alerts, step.state.now))
        advance_alerts(step, e, at, touched);
    else if (touched != nullptr)
        alerts::note_touched(e.alerts, touched->earliest, touched->corrects);
    note_due(step, due_of(e));
}

void publish(Step& step, std::vector<alerts::Alert>& changed) {
    for (auto& a : changed) step.effects.emplace_back(AlertChanged{std::move(a)});
    changed.clear();
}

void advance_source(Step& step, Source& source) {
    alerts::SourceView view{source, nullptr, step.rules, step.state.now, step.state.recovering};
    for (auto const& s : step.rules.sources)
        if (s.source == source.name) view.settings = &s;
    std::vector<alerts::Alert> changed;
    alerts::advance(view, source.alerts, changed);
    publish(step, changed);
}

// What holds however old it is stays, as it does on the timeline: should he leave and come back, it is in no row.
void forget_by_hand(Step const& step, Encounter& e) {
    const auto now = model::patient_now(step.state.now);
    const auto known = e.by_hand;
    std::erase_if(e.by_hand, [&](ByHand const& b) {
        const auto kind = entry(step.rules, b.signal).kind;
        const bool newest = std::none_of(known.begin(), known.end(), [&b](ByHand const& other) {
            return other.signal == b.signal && b.sample.time < other.sample.time;
        });
        const bool stays = kind == model::SignalKind::attested || (model::holds(kind) && newest);
        const bool old = b.sample.time + step.rules.retention.whole(b.signal) + step.rules.keep_longer < now;
        return old && !stays && !awaits_rows(e, b.signal);
    });
}

// It ended, and nothing it was scored from is kept any more or ever came.
bool is_history(Step const& step, Encounter const& e) {
    const auto kept = step.rules.retention.keep_whole + step.rules.keep_longer;
    return e.ended && (!e.last_data || *e.closed + kept < model::patient_now(step.state.now));
}

// Who and where stays, for what comes late, and what was attested as long as of anybody: it stands in no row that can
// be read again should he come back.
void release(Step& step, Encounter& e) {
    settled_of(step, e).reset();
    e.let_go = e.let_go || was_heard_of(e);
    e.timeline = {};
    e.shown = {};
    e.next_due.reset();
    e.newest = {};
    e.refusals = {};
    auto closed = std::move(e.alerts.closed); // should it be opened again, revisions go on where they ended
    e.alerts = {};
    e.alerts.closed = std::move(closed);
    e.alerts.due = e.alerts.deadline = alerts::never;
}

void evaluate_due(Step& step) {
    auto& s = step.state;
    if (s.recovering && s.now >= s.recovering_until) end_recovery(step);
    const bool forget = s.now >= s.next_forget;
    if (forget) s.next_forget = s.now + forget_every;
    for (auto& e : s.encounters) {
        if (forget) forget_by_hand(step, e);
        if (forget && !e.merged_into)
            e.timeline.forget(model::patient_now(s.now) - step.rules.keep_longer, step.rules.retention);
        if (forget && is_history(step, e)) release(step, e);
        if (e.ahead && LogTime{e.ahead->ms} <= s.now) take_ahead(step, e);
        if (days_due(step, e) <= s.now) take_days(step, e);
        if (due_of(e) <= s.now) evaluate(step, e, nullptr);
    }
    evaluate_technical(step);
}

void find_next_due(Step& step) {
    auto& s = step.state;
    LogTime next = std::min(s.next_forget, alerts::due_at(s.technical));
    if (s.recovering) next = std::min(next, s.recovering_until);
    for (auto const& e : s.encounters) next = std::min({next, due_of(e), days_due(step, e)});
    for (auto const& source : s.sources) next = std::min(next, alerts::due_at(source.alerts));
    step.derived.next_due = next;
}

} // namespace

void evaluate_touched(Step& step) {
    for (std::size_t i = 0; i < step.touched.size(); ++i) {
        auto& touched = step.touched[i];
        auto& e = at(step.state, touched.encounter);
        if (touched.now || touched.everything || !touched.late.empty()) {
            evaluate(step, e, &touched);
            continue;
        }
        // Only the running minute of a stream grew: look again when it ends.
        alerts::note_touched(e.alerts, touched.earliest, touched.corrects);
        const EventTime minute_end{(model::patient_now(step.state.now).ms / 60'000 + 1) * 60'000};
        for (std::size_t run = 0; run < e.shown.size(); ++run) {
            auto& next = e.shown[run].next_change;
            if (concerns(step, e, run, touched) && (!next || minute_end < *next)) next = minute_end;
        }
        if (!e.next_due || minute_end < *e.next_due) e.next_due = minute_end;
        note_due(step, due_of(e));
    }
    step.touched.clear();
}

void end_recovery(Step& step) {
    auto& s = step.state;
    if (!std::exchange(s.recovering, false)) return;
    for (auto& e : s.encounters) alerts::wake(e.alerts, s.now);
    for (auto& source : s.sources) alerts::wake(source.alerts, s.now);
    alerts::wake(s.technical, s.now);
}

void evaluate_technical(Step& step) {
    auto& s = step.state;
    const bool reported =
        std::holds_alternative<SourceReported>(step.event.what) || std::holds_alternative<Started>(step.event.what);
    for (auto& source : s.sources) {
        const bool spoke = source.last_frame == step.event.at && !source.alerts.alerts.empty();
        if (!reported && !spoke && !alerts::is_due(source.alerts, s.now)) continue;
        advance_source(step, source);
        note_due(step, alerts::due_at(source.alerts));
    }
    const bool trouble = std::holds_alternative<TroubleReported>(step.event.what) ||
                         std::holds_alternative<Quarantined>(step.event.what);
    if (!trouble && !reported && !alerts::is_due(s.technical, s.now)) return;
    std::vector<alerts::Alert> changed;
    alerts::advance(alerts::DaemonView{s.troubles, s.sources, step.rules, s.now, s.started, s.recovering}, s.technical,
                    changed);
    publish(step, changed);
    note_due(step, alerts::due_at(s.technical));
}

void tick_to(Step& step, LogTime to) {
    auto& s = step.state;
    if (s.now == LogTime{}) {
        // A journal's time begins with its first event: nothing was due before it.
        s.now = to;
        if (s.started == LogTime{}) s.started = to;
        if (s.recovering) s.recovering_until = std::max(s.recovering_until, to + model::seconds(60));
        return;
    }
    // Before the first patient there is nothing to look at but now: a driven clock's first message may be years ahead.
    if (s.encounters.empty() && to - s.now > forget_every) {
        s.now = to;
        evaluate_due(step);
        find_next_due(step);
        return;
    }
    while (step.derived.next_due <= to) {
        find_next_due(step);
        // What became due while nobody looked is looked at in the next whole second.
        const auto due = std::max(whole_second(step.derived.next_due.ms), whole_second(s.now.ms + 1));
        if (due > to) break;
        s.now = due;
        evaluate_due(step);
        find_next_due(step);
    }
    s.now = std::max(s.now, to);
}

} // namespace vigil::core
