#include "core/scores/ventilator.hpp"

#include "core/scores/lung_formulas.hpp"
#include "core/scores/minute_course.hpp"
#include "core/scores/notes.hpp"

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
    if (!now || now->is_word) return true;
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

WorstMechanics look_at(Inquiry& q) {
    const auto age = q.rules.tables.lung.ventilator_within;
    const auto held = q.max_age(Signal::pplat);
    const auto after = q.now() ? q.at - held - Duration{1} : q.after;
    std::vector<Sample> seen;
    q.timeline.minutes(Signal::pplat, after, q.at, [&](model::Minute const& m) {
        if (m.open && m.total > 1) q.due.at(m.end());
        if (m.streaming) return q.due.at(m.end());
        if (m.valid == 0) return;
        if (q.now())
            q.outlives(m.time, held);
        else
            q.leaves(m.time);
        seen.push_back(m.sample());
    });
    WorstMechanics out;
    if (seen.empty()) return out;
    const Told told{q, after, age};
    const auto take = [&](Mechanics&& m) {
        auto& [hardest, stiffest] = out;
        if (m.compliance && (!stiffest || q.now() || *m.compliance <= *stiffest->compliance)) stiffest = m;
        if (!hardest || q.now() || m.driving >= hardest->driving) hardest = std::move(m);
    };
    const auto taken = [&](Sample const& s) {
        if (s.comparator != model::Comparator::exactly || s.is_word) return false;
        const auto v = core::canonical(q.rules, Signal::pplat, s.value, s.unit);
        auto m = v ? mechanics_of(told, {Signal::pplat, s, *v}) : std::nullopt;
        if (m) take(std::move(*m));
        return m.has_value();
    };
    if (!q.now()) {
        for (auto const& s : seen) taken(s);
        return out;
    }
    for (auto s = seen.rbegin(); s != seen.rend(); ++s)
        if (!same_episode(q, s->time, q.at) || taken(*s)) break;
    return out;
}

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
