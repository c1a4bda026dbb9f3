#include "core/scores/inquiry.hpp"

namespace vigil::scores {

using model::EventTime;

Inquiry ask(model::ScoreKey key, Patient const& patient, EventTime at, core::Rulebook const& rules) {
    const auto window = rules.tables.sofa.window;
    Inquiry q{{*patient.timeline, at}, rules, key, patient.opened, at, at - window, Due{at}, Due{at}};
    q.age_years = patient.age_years;
    q.sex = patient.sex;
    q.settled = patient.settled;
    q.day_is_over = patient.day_is_over;
    if (key.product == model::Product::day) {
        // Bins of whole windows from admission, closed on the left (scores.md 1.1).
        const auto since = (at - patient.opened).ms;
        const auto bin = since / window.ms - (since % window.ms < 0 ? 1 : 0);
        const EventTime start = patient.opened + window * bin;
        q.after = start - model::Duration{1};
        q.due.at(start + window);
    }
    return q;
}

std::optional<model::Decimal> in_canonical(Inquiry const& q, model::Signal signal, model::Decimal value,
                                           model::Unit unit) {
    if (unit == core::entry(q.rules, signal).canonical) return value;
    const auto v = core::canonical(q.rules, signal, value, unit);
    return v ? model::round_half_up(*v, 3) : std::nullopt;
}

model::Evidence evidence_of(model::Signal signal, model::Sample const& sample, model::Verdict verdict,
                            model::Reason reason) {
    model::Evidence e;
    e.signal = signal;
    e.verdict = verdict;
    e.reason = reason;
    if (sample.is_word)
        e.word = sample.word;
    else
        e.reported = sample.value;
    e.reported_unit = sample.unit;
    e.comparator = sample.comparator;
    e.time = sample.time;
    e.ref = sample.ref;
    e.channel = sample.channel;
    if (is_unreadable(sample)) {
        e.verdict = model::Verdict::refused;
        e.reason = model::Reason::unreadable;
    }
    return e;
}

model::Evidence missing(model::Signal signal, model::Reason reason) {
    model::Evidence e;
    e.signal = signal;
    e.reason = reason;
    return e;
}

namespace {

// When a reading of the window, or for `now` of its maximum age, will be out of it; empty: it is.
std::optional<EventTime> fresh_until(Inquiry const& q, model::Signal signal, EventTime t) {
    if (!q.now()) return t > q.after ? std::optional{t + q.window()} : std::nullopt;
    const auto age = q.max_age(signal);
    if (age.ms == 0) return q.at; // until it is changed
    return q.at < t + age ? std::optional{t + age} : std::nullopt;
}

} // namespace

model::Evidence missing_or_stale(Inquiry& q, model::Signal signal) {
    // Not further back than is certainly kept, so that forgetting sooner or later makes no difference.
    auto const& keep = q.rules.retention;
    const auto age =
        core::entry(q.rules, signal).kind == model::SignalKind::monitor ? keep.keep_minutes : keep.keep_whole;
    if (age <= q.past) return missing(signal);
    const auto last = q.timeline.latest(signal, q.at, age - q.past);
    if (!last) return missing(signal);
    q.outlives(last->time, age);
    if (const auto until = fresh_until(q, signal, last->time)) {
        q.due.at(*until);
        const bool exact = last->is_word || last->comparator == model::Comparator::exactly;
        return evidence_of(signal, *last, model::Verdict::refused,
                           exact ? model::Reason::coverage : model::Reason::comparator);
    }
    return evidence_of(signal, *last, model::Verdict::stale, model::Reason::stale);
}

void add_flag(model::ScorePart& part, model::Flag flag) { part.flags.add(flag); }

model::ScorePart unmeasured(model::Part part, std::int32_t most) {
    model::ScorePart p;
    p.part = part;
    p.upper = most;
    return p;
}

void settle(model::ScorePart& part, std::int32_t points, model::PartState state) {
    part.points = points;
    part.lower = part.upper = points;
    part.state = state;
}

} // namespace vigil::scores
