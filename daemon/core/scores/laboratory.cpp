#include "core/scores/laboratory.hpp"

#include <algorithm>

namespace vigil::scores {

using model::Sample;

namespace {

// 0.2 mg/dL: no adult has less, and one in mg/dL under another label does.
constexpr model::Decimal least_in_umol{177, 1};

// Worse value first; of equal ones the newer, so that the deciding reading leaves the window last.
bool worse(BandTable const& column, PointRange a, Sample const& x, PointRange b, Sample const& y) {
    if (a.lower != b.lower) return a.lower > b.lower;
    if (x.unit == y.unit && x.value != y.value) return column.high_is_worse ? x.value > y.value : x.value < y.value;
    return x.time >= y.time;
}

struct Worst {
    Sample const* sample = nullptr;
    PointRange points;
    std::int32_t lower = 0, upper = 0; // of anything in the window
    bool all = true;                   // could be compared
};

// The columns of the quantity asked for, and the basis it is asked in.
struct Asked {
    model::Signal signal;
    std::span<BandTable const> columns;
    model::Basis basis;

    BandTable const& column_for(Sample const& s) const {
        return basis == model::Basis::native ? native_column(columns, s.unit) : columns.front();
    }
    Asked other() const {
        return {signal, columns, basis == model::Basis::native ? model::Basis::conventional : model::Basis::native};
    }
};

Worst worst_of(Inquiry const& q, Asked const& asked, std::span<Sample const> samples) {
    Worst w;
    for (auto const& s : samples) {
        const auto p = points_of(asked.column_for(s), s, q.rules);
        w.all = w.all && p.has_value();
        if (!p) continue;
        w.lower = std::max(w.lower, p->lower);
        w.upper = std::max(w.upper, p->upper);
        if (p->lower != p->upper) continue; // a bound that does not decide the band
        if (w.sample == nullptr || worse(asked.columns.front(), *p, s, w.points, *w.sample)) {
            w.sample = &s;
            w.points = *p;
        }
    }
    return w;
}

std::optional<model::Decimal> compared(Inquiry const& q, model::Signal signal, BandTable const& column,
                                       Sample const& s) {
    return s.unit == column.unit ? s.value : in_canonical(q, signal, s.value, s.unit);
}

// The result before or after it that a creatinine is so many times more or less than.
Sample const* far_from(Inquiry const& q, model::Signal signal, Sample const& s) {
    auto const& t = q.rules.tables.kdigo;
    if (signal != model::Signal::crea || t.verify_fold <= 0) return nullptr;
    const auto amount = core::canonical(q.rules, signal, s.value, s.unit);
    const auto many = amount ? model::scaled(*amount, {t.verify_fold, 0}, {1, 0}) : std::nullopt;
    if (!many) return nullptr;
    Sample const *before = nullptr, *after = nullptr;
    for (auto const& x : q.timeline.range(signal, s.time - t.baseline_within - model::Duration{1}, q.at)) {
        if (x.time < s.time) before = &x;
        if (x.time > s.time && after == nullptr) after = &x;
    }
    for (auto const* other : {before, after}) {
        const auto o = other != nullptr ? core::canonical(q.rules, signal, other->value, other->unit) : std::nullopt;
        const auto o_many = o ? model::scaled(*o, {t.verify_fold, 0}, {1, 0}) : std::nullopt;
        if (o_many && (*amount >= *o_many || *o >= *many)) return other;
    }
    return nullptr;
}

void decide(Inquiry const& q, model::ScorePart& part, Asked const& asked, Worst const& w) {
    if (w.sample->comparator != model::Comparator::exactly) add_flag(part, model::Flag::comparator_bound);
    if (w.sample->suspect) add_flag(part, model::Flag::extreme_verify);
    if (unit_in_doubt(q.rules, asked.signal, *w.sample)) add_flag(part, model::Flag::unit_suspect);
    auto const* far = far_from(q, asked.signal, *w.sample);
    if (far != nullptr) add_flag(part, model::Flag::extreme_verify);
    if (!q.explain) return;
    auto const& column = asked.column_for(*w.sample);
    auto e = evidence_of(asked.signal, *w.sample, model::Verdict::used);
    e.compared = compared(q, asked.signal, column, *w.sample);
    e.compared_unit = column.unit;
    part.evidence.push_back(e);
    if (far != nullptr)
        part.evidence.push_back(evidence_of(asked.signal, *far, model::Verdict::refused, model::Reason::conflict));
}

void note_undecided(Inquiry const& q, model::ScorePart& part, model::Signal signal, std::span<Sample const> samples) {
    if (part.upper == part.lower || !q.explain) return;
    for (auto const& s : samples)
        if (s.comparator != model::Comparator::exactly)
            part.evidence.push_back(evidence_of(signal, s, model::Verdict::refused, model::Reason::comparator));
}

void note_disagreement(Inquiry const& q, model::ScorePart& part, Asked const& asked, Worst const& w,
                       std::span<Sample const> samples) {
    // In the conventional unit both are one column.
    if (std::all_of(samples.begin(), samples.end(),
                    [&](Sample const& s) { return s.unit == asked.columns.front().unit; }))
        return;
    const auto other = worst_of(q, asked.other(), samples);
    if (other.sample != nullptr && other.points.lower != w.points.lower)
        add_flag(part, model::Flag::basis_disagreement);
}

model::ScorePart windowed(Inquiry& q, Asked const& asked, model::Part name) {
    auto part = unmeasured(name, worst_points(asked.columns.front()));
    const auto samples = q.timeline.range(asked.signal, q.after, q.at);
    if (samples.empty()) {
        if (q.explain) part.evidence.push_back(missing_or_stale(q, asked.signal));
        return part;
    }
    const auto w = worst_of(q, asked, samples);
    for (auto const& s : samples) q.leaves(s.time);
    part.lower = w.lower;
    if (w.all) part.upper = w.upper;
    // What is at least worse than all that decides leaves open how much.
    if (w.sample != nullptr && w.points.lower >= w.lower) {
        settle(part, w.points.lower);
        part.upper = std::max(part.upper, w.upper);
        decide(q, part, asked, w);
        note_disagreement(q, part, asked, w, samples);
    }
    note_undecided(q, part, asked.signal, samples);
    return part;
}

model::ScorePart newest(Inquiry& q, Asked const& asked, model::Part name, model::Duration carried) {
    const auto valued = std::min(q.rules.tables.sofa.valued_for, carried);
    auto part = unmeasured(name, worst_points(asked.columns.front()));
    const auto samples = q.timeline.range(asked.signal, q.at - carried - model::Duration{1}, q.at);
    for (auto s = samples.rbegin(); s != samples.rend(); ++s) {
        // Of one instant the worst.
        auto first = s.base() - 1;
        while (first != samples.begin() && (first - 1)->time == s->time) --first;
        const auto w = worst_of(q, asked, {first, s.base()});
        if (w.sample == nullptr && w.upper == 0) continue; // says nothing in this unit
        const bool fresh = q.at - s->time <= valued;
        q.outlives(s->time, fresh ? valued : carried);
        if (w.sample == nullptr) {
            // The newest leaves it open: an older one does not stand for it.
            part.lower = w.lower;
            part.upper = w.upper;
            note_undecided(q, part, asked.signal, {first, s.base()});
            return part;
        }
        settle(part, w.points.lower, fresh ? model::PartState::valued : model::PartState::carried);
        decide(q, part, asked, w);
        note_disagreement(q, part, asked, w, {first, s.base()});
        return part;
    }
    if (q.explain) part.evidence.push_back(missing_or_stale(q, asked.signal));
    return part;
}

} // namespace

bool unit_in_doubt(core::Rulebook const& rules, model::Signal signal, model::Sample const& sample) {
    if (signal != model::Signal::crea && signal != model::Signal::bili) return false;
    if (signal == model::Signal::crea && sample.unit == model::Unit::umol_per_L)
        return !sample.is_word && sample.value < least_in_umol;
    auto const& high = core::entry(rules, signal).soft_high;
    return !sample.is_word && sample.unit == model::Unit::mg_per_dL && high && sample.value > *high;
}

model::ScorePart laboratory(Inquiry& q, std::span<BandTable const> columns, model::Part part, model::Signal signal,
                            model::Duration carried) {
    const Asked asked{signal, columns_of(columns, part, signal), q.key.basis};
    if (q.now()) return newest(q, asked, part, carried.ms == 0 ? q.rules.tables.sofa.carried_for : carried);
    auto in_window = windowed(q, asked, part);
    if (carried.ms == 0 || !q.timeline.range(signal, q.after, q.at).empty()) return in_window;
    auto before = newest(q, asked, part, carried);
    if (!before.points) return in_window;
    before.state = model::PartState::carried;
    return before;
}

} // namespace vigil::scores
