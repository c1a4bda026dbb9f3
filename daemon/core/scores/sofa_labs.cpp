// Coagulation, liver, and the creatinine half of the renal component (scores.md 3.1, 3.3, 0.1).

#include "core/scores/bands.hpp"
#include "core/scores/sofa.hpp"

namespace vigil::scores {

using model::Sample;

namespace {

// Worse value first; of equal ones the newer, so that the deciding reading leaves the window last.
bool worse(BandTable const& column, PointRange a, Sample const& x, PointRange b, Sample const& y) {
    if (a.lower != b.lower) return a.lower > b.lower;
    if (x.unit == y.unit && x.value != y.value) return column.high_is_worse ? x.value > y.value : x.value < y.value;
    return x.time >= y.time;
}

struct Worst {
    Sample const* sample = nullptr;
    PointRange points;
    std::int32_t upper = 0; // of anything in the window
};

std::optional<PointRange> in_basis(Inquiry const& q, model::Part part, model::Signal signal, model::Basis basis,
                                   Sample const& s) {
    auto const& columns = q.rules.tables.sofa.columns;
    auto const* column = basis == model::Basis::native ? native_column(columns, part, signal, s.unit)
                                                       : conventional_column(columns, part, signal);
    return column == nullptr ? std::nullopt : points_of(*column, s, q.rules);
}

Worst worst_of(Inquiry const& q, model::Part part, model::Signal signal, model::Basis basis,
               std::span<Sample const> samples) {
    auto const& column = *conventional_column(q.rules.tables.sofa.columns, part, signal);
    Worst w;
    for (auto const& s : samples) {
        const auto p = in_basis(q, part, signal, basis, s);
        if (!p) continue;
        w.upper = std::max(w.upper, p->upper);
        if (p->lower != p->upper) continue; // a bound that does not decide the band
        if (w.sample == nullptr || worse(column, *p, s, w.points, *w.sample)) w = {&s, *p, w.upper};
    }
    return w;
}

std::optional<model::Decimal> compared(Inquiry const& q, model::Signal signal, BandTable const& column,
                                       Sample const& s) {
    if (s.unit == column.unit) return s.value;
    const auto v = core::canonical(q.rules, signal, s.value, s.unit);
    return v ? model::round_half_up(*v, 3) : std::nullopt;
}

void decide(Inquiry const& q, model::ScorePart& part, model::Signal signal, Worst const& w) {
    if (w.sample->comparator != model::Comparator::exactly) add_flag(part, model::Flag::comparator_bound);
    if (w.sample->suspect) add_flag(part, model::Flag::extreme_verify);
    if (!q.explain) return;
    auto const& columns = q.rules.tables.sofa.columns;
    auto const* column = q.key.basis == model::Basis::native ? native_column(columns, part.part, signal, w.sample->unit)
                                                             : conventional_column(columns, part.part, signal);
    auto e = evidence_of(signal, *w.sample, model::Verdict::used);
    e.compared = compared(q, signal, *column, *w.sample);
    e.compared_unit = column->unit;
    part.evidence.push_back(e);
}

void note_undecided(Inquiry const& q, model::ScorePart& part, model::Signal signal, std::span<Sample const> samples) {
    if (part.upper == part.lower || !q.explain) return;
    for (auto const& s : samples)
        if (s.comparator != model::Comparator::exactly)
            part.evidence.push_back(evidence_of(signal, s, model::Verdict::refused, model::Reason::comparator));
}

model::ScorePart windowed(Inquiry& q, model::Part name, model::Signal signal) {
    auto part = unmeasured(name);
    const auto samples = q.timeline.range(signal, q.after, q.at);
    if (samples.empty()) {
        if (q.explain) part.evidence.push_back(missing_or_stale(q, signal));
        return part;
    }
    const auto w = worst_of(q, name, signal, q.key.basis, samples);
    const auto other =
        worst_of(q, name, signal,
                 q.key.basis == model::Basis::native ? model::Basis::conventional : model::Basis::native, samples);
    for (auto const& s : samples) q.leaves(s.time);
    if (w.sample != nullptr) {
        settle(part, w.points.lower);
        part.upper = std::max(part.upper, w.upper);
        decide(q, part, signal, w);
        if (other.sample != nullptr && other.points.lower != w.points.lower)
            add_flag(part, model::Flag::basis_disagreement);
    }
    note_undecided(q, part, signal, samples);
    return part;
}

model::ScorePart newest(Inquiry& q, model::Part name, model::Signal signal) {
    auto const& t = q.rules.tables.sofa;
    auto part = unmeasured(name);
    const auto samples = q.timeline.range(signal, q.at - t.carried_for - model::Duration{1}, q.at);
    for (auto s = samples.rbegin(); s != samples.rend(); ++s) {
        const auto w = worst_of(q, name, signal, q.key.basis, {&*s, 1});
        if (w.sample == nullptr) continue;
        const bool fresh = q.at - s->time <= t.valued_for;
        q.outlives(s->time, fresh ? t.valued_for : t.carried_for);
        settle(part, w.points.lower, fresh ? model::PartState::valued : model::PartState::carried);
        decide(q, part, signal, w);
        const auto other =
            worst_of(q, name, signal,
                     q.key.basis == model::Basis::native ? model::Basis::conventional : model::Basis::native, {&*s, 1});
        if (other.sample != nullptr && other.points.lower != w.points.lower)
            add_flag(part, model::Flag::basis_disagreement);
        return part;
    }
    if (q.explain) part.evidence.push_back(missing_or_stale(q, signal));
    return part;
}

} // namespace

model::ScorePart sofa_laboratory(Inquiry& q, model::Part part, model::Signal signal) {
    return q.now() ? newest(q, part, signal) : windowed(q, part, signal);
}

model::ScorePart sofa_coag(Inquiry& q) { return sofa_laboratory(q, model::Part::coag, model::Signal::plt); }
model::ScorePart sofa_liver(Inquiry& q) { return sofa_laboratory(q, model::Part::liver, model::Signal::bili); }

} // namespace vigil::scores
