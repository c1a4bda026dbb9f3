// Days since admission: when they end, when they become final, and what changes them later. What the state no longer
// holds in full is scored from the journal, never from the half of it.

#include "core/engine.hpp"
#include "core/model/canonical.hpp"
#include "core/scores/course.hpp"
#include "core/scores/registry.hpp"

#include <algorithm>
#include <limits>

namespace vigil::core {

using model::EventTime;
using model::LogTime;

namespace {

constexpr LogTime never{std::numeric_limits<std::int64_t>::max()};
constexpr EventTime always{std::numeric_limits<std::int64_t>::min()};
constexpr model::Duration gather = model::minutes(10); // late results seldom come alone
constexpr model::Duration again = model::hours(1);     // after the journal could not be read
constexpr std::uint32_t most_days = 3'660;             // an admission long before is a mistake
constexpr model::Duration rows_awaited = model::minutes(1);
// The state is kept so much longer than the streams are looked back at: a day that is looked at later than that is
// read from the journal.
constexpr model::Duration overdue = model::hours(1);

bool by_day(EnabledScore const& run) { return run.key.product == model::Product::day; }

bool keeps_days(Step const& step) { return step.rules.keep_longer.ms > 0; }

struct Bin {
    EventTime from, to;
    bool exists = false;
    bool ended = false;
};

Bin bin_of(Step const& step, Encounter const& e, std::uint32_t number) {
    const auto now = model::patient_now(step.state.now);
    const auto window = step.rules.tables.sofa.window;
    Bin b;
    b.from = e.opened + window * (static_cast<std::int64_t>(number) - 1);
    b.to = b.from + window;
    const bool closed = e.closed && *e.closed <= now; // one that is ahead does not end a day
    if (closed) b.to = std::min(b.to, *e.closed);
    b.exists = !e.merged_into && b.from < b.to;
    b.ended = b.exists && b.to <= now;
    return b;
}

EnabledScore const* run_of(Step const& step, model::ScoreKey const& key) {
    for (auto const& run : step.rules.scores)
        if (by_day(run) && run.key == key) return &run;
    return nullptr;
}

// Everything of this day that ever came is in the state.
bool holds_all(Step const& step, Encounter const& e, KeptDay const& d) {
    for (auto const& run : step.state.day_runs)
        if (run.key == d.key && e.opened < run.since) return false;
    return model::patient_now(step.state.now) <= d.to + step.rules.keep_longer + overdue;
}

// What a change of makes a revision: bounds and values, not flags or evidence.
std::string values_of(KeptDay const& d, std::vector<model::ScorePart> parts) {
    for (auto& p : parts) {
        p.flags = {};
        p.evidence.clear();
    }
    Encoder out;
    out(d.from, d.to, parts);
    return out.take();
}

void record(Step& step, Encounter const& e, KeptDay& d, DayStatus status, DayReason why,
            std::vector<model::ScorePart> parts, std::uint64_t as_of) {
    auto said = values_of(d, parts);
    if (status != DayStatus::unsettled) {
        d.status = status;
        d.said = std::move(said);
    }
    d.unsettled = status == DayStatus::unsettled;
    if (status == DayStatus::revision || status == DayStatus::withdrawn) ++d.revision;
    const auto id = static_cast<std::size_t>(d.key.id);
    step.effects.emplace_back(DayScored{e.id, e.pseudonym, d.key, scores::definition_name(step.rules, d.key),
                                        step.rules.definitions[id].sha256, d.number, d.from, d.to, status, d.revision,
                                        why, as_of, std::move(parts)});
}

void record_from_state(Step& step, Encounter const& e, KeptDay& d, DayStatus status, DayReason why) {
    if (e.suspended) return record(step, e, d, status, DayReason::suspended, {}, 0);
    const auto at = d.to - model::Duration{1};
    scores::Patient patient{&e.timeline, e.opened, e.age_years, at, step.derived.room.get(), e.sex};
    patient.day_is_over = true;
    record(step, e, d, status, why, scores::evaluate(d.key, patient, at, step.rules).parts, 0);
}

void ask_soon(KeptDay& d, LogTime at, DayReason why) {
    if (!d.ask_at || at < *d.ask_at) d.ask_at = at;
    auto& reason = d.asked_by != 0 ? d.next : d.why;
    reason = std::max(reason, why);
}

bool is_settled(KeptDay const& d) { return d.status == DayStatus::settled || d.status == DayStatus::revision; }

// What comes from now on is not in it: it is recorded for good, or the journal is being read.
bool rests_on_what_came(KeptDay const& d) { return is_settled(d) || d.asked_by != 0; }

// No answer is awaited any more: what it was asked for and what came since is asked for together.
void stop_asking(KeptDay& d) {
    d.asked_by = 0;
    d.why = std::max(d.why, std::exchange(d.next, DayReason::none));
}

// A reason goes with the question it is one for.
void drop_question(KeptDay& d) {
    d.ask_at.reset();
    d.why = d.next = DayReason::none;
}

void withdraw(Step& step, Encounter const& e, KeptDay& d) {
    drop_question(d);
    d.asked_by = 0;
    if (d.status != DayStatus::open && d.status != DayStatus::withdrawn)
        record(step, e, d, DayStatus::withdrawn, DayReason::census, {}, 0);
}

void take_day(Step& step, Encounter const& e, KeptDay& d) {
    if (run_of(step, d.key) == nullptr) return; // not recorded any more; what was stays
    const auto bin = bin_of(step, e, d.number);
    if (!bin.ended) return withdraw(step, e, d);
    const auto now = step.state.now;
    const bool moved = d.from != bin.from || d.to != bin.to;
    d.from = bin.from;
    d.to = bin.to;
    const bool final_by_now = model::patient_now(now) >= d.to + step.rules.keep_longer;
    const bool record_anew = d.status == DayStatus::open || (moved && d.status == DayStatus::provisional);
    if (moved) stop_asking(d); // it was for the bounds of then
    if (moved && is_settled(d)) ask_soon(d, now, DayReason::census);
    if (d.status == DayStatus::withdrawn && d.asked_by == 0) ask_soon(d, now, DayReason::census);
    if (record_anew || (d.status == DayStatus::provisional && final_by_now)) {
        const auto why = moved && d.status == DayStatus::provisional ? DayReason::census : DayReason::none;
        if (!holds_all(step, e, d)) {
            if (d.asked_by == 0) ask_soon(d, d.ask_at.value_or(now), why);
        } else {
            drop_question(d); // everything that came is in the row
            if (record_anew) record_from_state(step, e, d, DayStatus::provisional, why);
            if (final_by_now) record_from_state(step, e, d, DayStatus::settled, DayReason::none);
        }
    }
    if (d.asked_by != 0 || !d.ask_at || *d.ask_at > now) return;
    if (e.suspended) return drop_question(d); // of him nothing is evaluated
    d.ask_at.reset();
    d.asked_by = step.event.seq;
    step.effects.emplace_back(DayAsked{e.id, d.key, d.number, d.from, d.to});
}

void begin_days(Step& step, Encounter& e, model::ScoreKey const& key) {
    std::uint32_t known = 0;
    for (auto const& d : e.days)
        if (d.key == key) known = std::max(known, d.number);
    for (auto n = known + 1; n <= most_days; ++n) {
        const auto bin = bin_of(step, e, n);
        if (!bin.ended) return;
        KeptDay d;
        d.key = key;
        d.number = n;
        d.from = bin.from;
        d.to = bin.to;
        e.days.push_back(std::move(d));
    }
}

LogTime next_end(Step const& step, Encounter const& e) {
    if (e.merged_into || e.ended) return never;
    const auto window = step.rules.tables.sofa.window;
    const auto since = model::patient_now(step.state.now) - e.opened;
    const auto whole = since.ms < 0 ? 0 : since.ms / window.ms;
    return {(e.opened + window * (whole + 1)).ms};
}

LogTime due_of(Step const& step, Encounter const& e, KeptDay const& d) {
    if (run_of(step, d.key) == nullptr) return never;
    LogTime due = never;
    if (d.ask_at && d.asked_by == 0) due = *d.ask_at;
    if (d.status == DayStatus::provisional && d.asked_by == 0)
        due = std::min(due, LogTime{(d.to + step.rules.keep_longer).ms});
    (void)e;
    return due;
}

} // namespace

bool was_heard_of(Encounter const& e) {
    if (e.last_data) return true;
    for (std::size_t i = 0; i < model::signal_count; ++i) // what was another's before a merge is there, too
        if (!e.timeline.empty(static_cast<model::Signal>(i))) return true;
    return false;
}

LogTime days_due(Step const& step, Encounter const& e) { return keeps_days(step) ? e.days_due : never; }

void take_days(Step& step, Encounter& e) {
    if (!keeps_days(step)) return;
    // Rows of the journal are on their way into the state.
    if (e.recomputing && !e.merged_into) {
        e.days_due = step.state.now + rows_awaited;
        return;
    }
    // A hospital's census names many of whom nothing is ever heard here.
    if (was_heard_of(e))
        for (auto const& run : step.rules.scores)
            if (by_day(run)) begin_days(step, e, run.key);
    e.days_due = next_end(step, e);
    e.days_settled_to = always;
    for (auto& d : e.days) {
        take_day(step, e, d);
        e.days_due = std::min(e.days_due, due_of(step, e, d));
        if (rests_on_what_came(d)) e.days_settled_to = std::max(e.days_settled_to, d.to);
    }
}

void wake_days(Step& step, Encounter& e) {
    e.days_due = {};
    step.derived.next_due = std::min(step.derived.next_due, step.event.at);
}

namespace {

// What a run's days rest on: of one that looks back at SOFA also what SOFA does.
SignalSet days_read(Step const& step, std::size_t run) {
    auto const& d = step.derived;
    const bool looks_back = d.course && scores::reads_course(step.rules.scores[run].key.id);
    return looks_back ? d.read_by_score[run] | d.read_by_score[*d.course] : d.read_by_score[run];
}

} // namespace

void mark_days(Step& step, Encounter& e, SignalSet const* signals, EventTime from, DayReason why) {
    if (from >= e.days_settled_to || !keeps_days(step)) return;
    for (auto& d : e.days) {
        if (!rests_on_what_came(d) || d.to <= from) continue;
        bool read = signals == nullptr;
        for (std::size_t i = 0; i < step.rules.scores.size() && !read; ++i)
            read = step.rules.scores[i].key == d.key && (days_read(step, i) & *signals).any();
        if (read) ask_soon(d, d.ask_at.value_or(step.state.now + gather), why);
        if (read && d.asked_by == 0) e.days_due = std::min(e.days_due, *d.ask_at);
    }
    step.derived.next_due = std::min(step.derived.next_due, e.days_due);
}

void take_day_read(Step& step, DayRead const& read) {
    auto const& asked = read.asked;
    if (asked.encounter.value == 0 || asked.encounter.value > step.state.encounters.size()) return;
    auto& e = at(step.state, asked.encounter);
    for (auto& d : e.days) {
        // Of an earlier question, or of other bounds: it has been asked again.
        if (d.key != asked.key || d.number != asked.number || d.asked_by == 0 || d.asked_by != read.asked_by) continue;
        if (d.from != asked.from || d.to != asked.to) continue;
        const auto next = d.next;
        stop_asking(d);
        wake_days(step, e);
        if (!read.failed.empty()) {
            if (!d.unsettled) record(step, e, d, DayStatus::unsettled, DayReason::unreadable, {}, read.as_of);
            ask_soon(d, d.ask_at.value_or(step.state.now + again), DayReason::none);
            return;
        }
        // What came since the question was asked may be in it, and is what the next one will be asked for.
        const auto why = std::exchange(d.why, next);
        const bool first = d.status == DayStatus::open || d.status == DayStatus::provisional;
        if (first) {
            const bool final_by_now = model::patient_now(step.state.now) >= d.to + step.rules.keep_longer;
            // What came meanwhile is no reason of a day that was never told before, and a late one never is.
            const bool late = why == DayReason::late_result || why == DayReason::correction;
            const auto reason = late || d.status == DayStatus::open ? DayReason::none : why;
            record(step, e, d, final_by_now ? DayStatus::settled : DayStatus::provisional, reason, read.parts,
                   read.as_of);
            if (!final_by_now) drop_question(d); // it is read again when it is
        } else if (d.unsettled || d.status == DayStatus::withdrawn || values_of(d, read.parts) != d.said) {
            record(step, e, d, DayStatus::revision, why, read.parts, read.as_of);
        }
        return;
    }
}

void begin_day_runs(Step& step) {
    auto& runs = step.state.day_runs;
    std::erase_if(runs, [&](DayRun const& r) { return run_of(step, r.key) == nullptr; });
    for (auto const& run : step.rules.scores) {
        const bool known = std::any_of(runs.begin(), runs.end(), [&](DayRun const& r) { return r.key == run.key; });
        // Nobody is there yet of whom something could have been missed.
        const auto since = step.state.encounters.empty() ? always : model::patient_now(step.state.now);
        if (by_day(run) && !known) runs.push_back({run.key, since});
    }
    for (auto& e : step.state.encounters) e.days_due = {};
}

void restart_days(Step& step) {
    for (auto& e : step.state.encounters)
        for (auto& d : e.days)
            if (d.asked_by != 0) {
                stop_asking(d);
                ask_soon(d, step.state.now, DayReason::none);
            }
    begin_day_runs(step);
}

void days_by_new_rules(Step& step) {
    begin_day_runs(step);
    for (auto& e : step.state.encounters) {
        // Of who is long gone the record stands, by the definition it names.
        const bool gone = e.ended && *e.closed + step.rules.retention.keep_whole + step.rules.keep_longer <
                                         model::patient_now(step.state.now);
        if (!gone) mark_days(step, e, nullptr, always, DayReason::definition);
    }
}

} // namespace vigil::core
