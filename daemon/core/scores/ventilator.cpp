#include "core/scores/ventilator.hpp"

#include "core/scores/lung_formulas.hpp"

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

std::optional<Measured> measured_at(Inquiry& q, Signal signal, EventTime t, Duration age) {
    const auto s = q.timeline.latest(signal, t, age);
    if (!s || s->is_word || s->comparator != model::Comparator::exactly || !certainly_kept(q, signal, s->time))
        return std::nullopt;
    // A single reading of a stream outside its soft limits is no value.
    if ((s->suspect && is_stream(q, signal)) || !same_episode(q, s->time, t)) return std::nullopt;
    const auto v = core::canonical(q.rules, signal, s->value, s->unit);
    return v ? std::optional{Measured{signal, *s, *v}} : std::nullopt;
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

std::optional<TotalPeep> total_peep(Inquiry& q, EventTime t, Duration age) {
    const auto valid = [&](std::optional<Measured> m) {
        return m && same_pressure_set(q, m->sample.time, t, age) ? m : std::nullopt;
    };
    if (auto total = valid(measured_at(q, Signal::peep_total, t, age))) return TotalPeep{total->value, false, {*total}};
    auto set = measured_at(q, Signal::peep_set, t, age);
    if (!set) return std::nullopt;
    if (auto own = valid(measured_at(q, Signal::peep_intrinsic, t, age)))
        if (const auto sum = model::sum(set->value, own->value)) return TotalPeep{*sum, false, {*set, *own}};
    return TotalPeep{set->value, true, {*set}};
}

std::optional<Mechanics> mechanics_of(Inquiry& q, Measured const& plateau, Duration age) {
    const auto t = plateau.sample.time;
    auto peep = total_peep(q, t, age);
    const auto driving = peep ? difference(plateau.value, peep->value) : std::nullopt;
    // A plateau that is not above what it rises from was not measured as one.
    if (!driving || driving->num <= 0) return std::nullopt;
    Mechanics m{plateau, std::move(*peep), *driving, {}, {}};
    m.volume = newer_of(measured_at(q, Signal::vt, t, age), measured_at(q, Signal::vt_set, t, age));
    if (m.volume && m.volume->value.num > 0) m.compliance = model::quotient(m.volume->value, *driving);
    return m;
}

std::vector<Mechanics> mechanics(Inquiry& q, Duration age) {
    std::vector<Mechanics> out;
    const auto add = [&](Sample const& s) {
        if (s.comparator != model::Comparator::exactly || s.is_word) return false;
        const auto v = core::canonical(q.rules, Signal::pplat, s.value, s.unit);
        auto m = v ? mechanics_of(q, {Signal::pplat, s, *v}, age) : std::nullopt;
        if (m) out.push_back(std::move(*m));
        return m.has_value();
    };
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
    if (!q.now()) {
        for (auto const& s : seen) add(s);
        return out;
    }
    for (auto s = seen.rbegin(); s != seen.rend(); ++s)
        if (!same_episode(q, s->time, q.at) || add(*s)) break;
    return out;
}

void append_evidence(model::ScorePart& part, Mechanics const& m, bool with_volume) {
    part.evidence.push_back(evidence_of(m.plateau));
    if (with_volume && m.volume) part.evidence.push_back(evidence_of(*m.volume));
    for (auto const& p : m.peep.from) part.evidence.push_back(evidence_of(p));
}

} // namespace vigil::scores
