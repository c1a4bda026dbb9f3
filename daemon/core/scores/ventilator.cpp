#include "core/scores/ventilator.hpp"

#include "core/scores/lung_formulas.hpp"
#include "core/scores/minute_course.hpp"
#include "core/scores/notes.hpp"
#include "core/scores/settled.hpp"

namespace vigil::scores {

using model::Duration;
using model::EventTime;
using model::Ratio;
using model::Sample;
using model::Signal;

namespace {

bool is_stream(Inquiry const& q, Signal signal) {
    return core::entry(q.rules, signal).kind == model::SignalKind::monitor;
}

// Minutes are forgotten sooner or later from then on; it must make no difference when.
bool certainly_kept(Inquiry& q, Signal signal, EventTime t) {
    if (!is_stream(q, signal)) return true;
    q.outlives(t, q.rules.retention.keep_minutes);
    return q.at - t <= q.rules.retention.keep_minutes;
}

// The set pressure is at `to` what it was at `from`, and was no other in between; or nobody tells it.
bool same_pressure_set(Inquiry const& q, EventTime from, EventTime to, Duration age) {
    const auto now = q.timeline.latest(Signal::peep_set, to, age);
    if (!now) return true;
    if (now->is_word) return false; // it was changed to what nobody can read
    const auto equal = [&](Sample const& s) {
        const auto a = core::canonical(q.rules, Signal::peep_set, s.value, s.unit),
                   b = core::canonical(q.rules, Signal::peep_set, now->value, now->unit);
        return !s.is_word && a && b && *a == *b;
    };
    const auto then = q.timeline.latest(Signal::peep_set, from, age);
    if (then && !equal(*then)) return false;
    for (auto const& s : q.timeline.range(Signal::peep_set, from, to))
        if (!equal(s)) return false;
    return true;
}

} // namespace

bool same_episode(Inquiry& q, EventTime from, EventTime to) {
    if (const auto device = device_charted(q, to); device && device->until) q.due.at(*device->until);
    return same_device(q, from, to);
}

namespace {

// Of what was told last at `t`.
std::optional<Measured> measured(Inquiry& q, Signal signal, EventTime t, std::optional<Sample> const& s) {
    if (!s || s->is_word || s->comparator != model::Comparator::exactly || !certainly_kept(q, signal, s->time))
        return std::nullopt;
    // A single reading of a stream outside its soft limits is no value.
    if ((s->suspect && is_stream(q, signal)) || !same_episode(q, s->time, t)) return std::nullopt;
    const auto v = core::canonical(q.rules, signal, s->value, s->unit);
    return v ? std::optional{Measured{signal, *s, *v}} : std::nullopt;
}

} // namespace

std::optional<Measured> measured_at(Inquiry& q, Signal signal, EventTime t, Duration age) {
    return measured(q, signal, t, q.timeline.latest(signal, t, age));
}

std::optional<Measured> newer_of(std::optional<Measured> a, std::optional<Measured> b) {
    if (!a || (b && b->sample.time > a->sample.time)) return b;
    return a;
}

model::Evidence evidence_of(Measured const& m, model::Verdict verdict) {
    return evidence_of(m.signal, m.sample, verdict);
}

std::optional<Measured> applied_peep(Inquiry& q, EventTime t, Duration age) {
    if (auto set = measured_at(q, Signal::peep_set, t, age)) return set;
    auto measured = measured_at(q, Signal::peep, t, age);
    if (!measured) return std::nullopt;
    const auto whole = model::round_half_up(measured->value, 0);
    if (!whole) return std::nullopt;
    measured->value = model::ratio(*whole);
    return measured;
}

namespace {

// What the ventilator told at the plateaus of a question: of a window each of its streams is read once.
class Told {
public:
    Told(Inquiry& q, EventTime after, Duration age)
        : q_{q},
          age_{age} {
        if (q.now()) return;
        for (auto s : {Signal::peep_total, Signal::peep_intrinsic, Signal::vt})
            if (is_stream(q, s)) courses_.emplace_back(s, MinuteCourse{q, s, after, age});
    }
    std::optional<Measured> at(Signal signal, EventTime t) const {
        for (auto const& [s, course] : courses_)
            if (s == signal) return measured(q_, signal, t, course.latest(t));
        return measured_at(q_, signal, t, age_);
    }
    // As of an instant, the pressure that the lung is left with: as measured, else set and intrinsic, else what is set
    // (`total_unknown`). A measurement from before the set pressure was changed says nothing.
    std::optional<TotalPeep> total_peep(EventTime t) const {
        const auto valid = [&](std::optional<Measured> m) {
            return m && same_pressure_set(q_, m->sample.time, t, age_) ? m : std::nullopt;
        };
        if (auto total = valid(at(Signal::peep_total, t))) return TotalPeep{total->value, false, {*total}};
        auto set = at(Signal::peep_set, t);
        if (!set) return std::nullopt;
        if (auto own = valid(at(Signal::peep_intrinsic, t)))
            if (const auto sum = model::sum(set->value, own->value)) return TotalPeep{*sum, false, {*set, *own}};
        return TotalPeep{set->value, true, {*set}};
    }

private:
    Inquiry& q_;
    Duration age_;
    std::vector<std::pair<Signal, MinuteCourse>> courses_;
};

std::optional<Mechanics> mechanics_of(Told const& told, Measured const& plateau) {
    const auto t = plateau.sample.time;
    auto peep = told.total_peep(t);
    const auto driving = peep ? difference(plateau.value, peep->value) : std::nullopt;
    // A plateau that is not above what it rises from was not measured as one.
    if (!driving || driving->num <= 0) return std::nullopt;
    Mechanics m{plateau, std::move(*peep), *driving, {}, {}};
    m.volume = newer_of(told.at(Signal::vt, t), told.at(Signal::vt_set, t));
    if (m.volume && m.volume->value.num > 0) m.compliance = model::quotient(m.volume->value, *driving);
    return m;
}

bool is_over(model::Minute const& m) { return !m.streaming && m.valid > 0; }

void take(WorstMechanics& out, Mechanics&& m, bool newest) {
    auto& [hardest, stiffest] = out;
    if (m.compliance && (!stiffest || newest || *m.compliance <= *stiffest->compliance)) stiffest = m;
    if (!hardest || newest || m.driving >= hardest->driving) hardest = std::move(m);
}

bool took(Inquiry& q, Told const& told, Sample const& s, WorstMechanics& out) {
    if (s.comparator != model::Comparator::exactly || s.is_word) return false;
    const auto v = core::canonical(q.rules, Signal::pplat, s.value, s.unit);
    auto m = v ? mechanics_of(told, {Signal::pplat, s, *v}) : std::nullopt;
    if (m) take(out, std::move(*m), q.now());
    return m.has_value();
}

WorstMechanics newest_mechanics(Inquiry& q) {
    const auto held = q.max_age(Signal::pplat);
    const auto after = q.at - held - Duration{1};
    std::vector<Sample> seen;
    q.timeline.minutes(Signal::pplat, after, q.at, [&](model::Minute const& m) {
        if (m.open && m.total > 1) q.due.at(m.end());
        if (m.streaming) return q.due.at(m.end());
        if (!is_over(m)) return;
        q.outlives(m.time, held);
        seen.push_back(m.sample());
    });
    WorstMechanics out;
    const Told told{q, after, q.rules.tables.lung.ventilator_within};
    for (auto s = seen.rbegin(); s != seen.rend(); ++s)
        if (!same_episode(q, s->time, q.at) || took(q, told, *s, out)) break;
    return out;
}

// When the first plateau of the window was. A stream has one in every minute.
std::optional<EventTime> first_plateau(Inquiry const& q) {
    for (auto from = q.after; from < q.at;) {
        const auto until = std::min(q.at, model::start_of_minute(model::minute_of(from) + 64));
        std::optional<EventTime> first;
        q.timeline.minutes(Signal::pplat, from, until, [&](model::Minute const& m) {
            const bool whole = until == q.at || m.minute < model::minute_of(until);
            if (!first && whole && is_over(m)) first = m.time;
        });
        if (first || until == q.at) return first;
        from = until - Duration{1};
    }
    return std::nullopt;
}

// What is known of the window already, from `known_to` back; null: nothing is to be kept.
SettledMechanics* settled_part(Inquiry const& q) {
    auto* const settled = settled_for(q);
    if (settled == nullptr) return nullptr;
    auto& kept = settled->mechanics[q.key.product];
    const auto left = [&](std::optional<Mechanics> const& m) { return m && m->plateau.sample.time <= q.after; };
    if (!kept.is_within(q) || left(kept.worst.hardest) || left(kept.worst.stiffest)) {
        kept = {};
        kept.begin(q);
    }
    return &kept;
}

WorstMechanics worst_of_window(Inquiry& q) {
    auto* const settled = settled_part(q);
    const auto known = settled != nullptr ? settled->known_to : q.after;
    auto to = settled != nullptr ? q.at - settles_after : known;
    if (to < known + model::minutes(5)) to = known;
    WorstMechanics out;
    if (settled != nullptr) out = settled->worst;
    std::vector<Sample> seen;
    q.timeline.minutes(Signal::pplat, known, q.at, [&](model::Minute const& m) {
        if (m.open && m.total > 1) q.due.at(m.end());
        if (m.streaming) return q.due.at(m.end());
        if (is_over(m)) seen.push_back(m.sample());
    });
    if (const auto first = first_plateau(q)) q.leaves(*first); // the next to do so
    const Told told{q, known, q.rules.tables.lung.ventilator_within};
    auto kept = out;
    bool all_kept = true;
    for (auto const& s : seen) {
        if (s.time > to && all_kept) {
            kept = out;
            all_kept = false;
        }
        // What runs out before the plateau leaves the window shows it differently then.
        auto due = std::exchange(q.due, Due{q.at});
        took(q, told, s, out);
        if (const auto t = q.due.next()) {
            if (s.time <= to && *t < s.time + q.window()) to = known;
            due.at(*t);
        }
        q.due = due;
    }
    if (to == known) return out;
    settled->worst = all_kept ? out : std::move(kept);
    settled->settle(q, to);
    return out;
}

WorstMechanics look_at(Inquiry& q) { return q.now() ? newest_mechanics(q) : worst_of_window(q); }

} // namespace

WorstMechanics worst_mechanics(Inquiry& q) {
    return q.shared == nullptr ? look_at(q) : shared(q, q.shared->mechanics, look_at);
}

Found found_of(Inquiry const& q, Mechanics const& m, Ratio const& value, bool with_volume) {
    const auto t = m.plateau.sample.time;
    Found f{value, t, ecls_at(q, t).has_value(), {}, {}};
    if (m.peep.total_unknown) f.flags.add(model::Flag::peep_total_unknown);
    if (!q.explain) return f;
    f.evidence.push_back(evidence_of(m.plateau));
    if (with_volume && m.volume) f.evidence.push_back(evidence_of(*m.volume));
    for (auto const& p : m.peep.from) f.evidence.push_back(evidence_of(p));
    return f;
}

} // namespace vigil::scores
