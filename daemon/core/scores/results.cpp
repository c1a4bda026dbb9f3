#include "core/scores/results.hpp"

#include "core/scores/laboratory.hpp"

namespace vigil::scores {

using model::EventTime;
using model::Reason;
using model::Sample;
using model::Verdict;

namespace {

struct Result {
    model::Signal signal{};
    Sample const* sample = nullptr;
    RangeTable const* column = nullptr; // of the basis asked for
    RangeSpan where;
    PointRange points;
};

RangeTable const& column_for(std::span<RangeTable const> columns, model::Basis basis, Sample const& s) {
    return basis == model::Basis::native ? native_column(columns, s.unit) : columns.front();
}

std::optional<Result> rated(Inquiry const& q, std::span<RangeTable const> columns, model::Basis basis,
                            model::Signal signal, Sample const& s) {
    auto const& column = column_for(columns, basis, s);
    const auto where = ranges_of(column, signal, s, q.rules);
    return where ? std::optional{Result{signal, &s, &column, *where, points_in(column, *where)}} : std::nullopt;
}

// More points first, then what is high, then the newer, so that what decides leaves the window last.
bool worse(Result const& a, Result const& b) {
    if (a.points.lower != b.points.lower) return a.points.lower > b.points.lower;
    if (is_certain(a.points) != is_certain(b.points)) return is_certain(a.points);
    const bool low = side_of(*a.column, a.where) == Side::low, other = side_of(*b.column, b.where) == Side::low;
    if (low != other) return other;
    return a.sample->time >= b.sample->time;
}

// All that may be used, oldest first; the newest that may not.
struct Usable {
    std::vector<Result> results;
    std::optional<model::Evidence> refused;
};

Usable usable(Inquiry const& q, std::span<RangeTable const> columns, std::span<ResultSource const> sources,
              EventTime after) {
    Usable out;
    for (auto const& from : sources)
        for (auto const& s : q.timeline.range(from.signal, after, q.at)) {
            const auto why = from.refuses == nullptr ? Reason::none : from.refuses(q, s);
            const auto r = why == Reason::none ? rated(q, columns, q.key.basis, from.signal, s) : std::nullopt;
            if (r)
                out.results.push_back(*r);
            else if (!out.refused || *out.refused->time <= s.time)
                out.refused = evidence_of(from.signal, s, Verdict::refused, why == Reason::none ? Reason::text : why);
        }
    std::stable_sort(out.results.begin(), out.results.end(),
                     [](Result const& a, Result const& b) { return a.sample->time < b.sample->time; });
    return out;
}

// In the other column the same results come to something else.
bool bases_disagree(Inquiry const& q, std::span<RangeTable const> columns, std::span<Result const> of,
                    Result const& by) {
    if (columns.size() < 2) return false;
    const auto other = q.key.basis == model::Basis::native ? model::Basis::conventional : model::Basis::native;
    std::int32_t most = 0;
    for (auto const& r : of)
        if (const auto x = rated(q, columns, other, r.signal, *r.sample)) most = std::max(most, x->points.lower);
    return most != by.points.lower;
}

void decide(Inquiry const& q, Finding& out, std::span<RangeTable const> columns, std::span<Result const> of,
            Result const& by) {
    out.told = true;
    out.decides = is_certain(by.points);
    out.points = by.points;
    for (auto const& r : of) out.points.upper = std::max(out.points.upper, r.points.upper);
    out.side = side_of(*by.column, by.where);
    out.time = by.sample->time;
    if (by.sample->comparator != model::Comparator::exactly) out.flags.add(model::Flag::comparator_bound);
    if (by.sample->suspect) out.flags.add(model::Flag::extreme_verify);
    if (unit_in_doubt(q.rules, by.signal, *by.sample)) out.flags.add(model::Flag::unit_suspect);
    if (bases_disagree(q, columns, of, by)) out.flags.add(model::Flag::basis_disagreement);
    if (!q.explain) return;
    auto e = evidence_of(by.signal, *by.sample, out.decides ? Verdict::used : Verdict::refused,
                         out.decides ? Reason::none : Reason::comparator);
    e.compared = compared_in(*by.column, by.signal, *by.sample, q.rules);
    e.compared_unit = by.column->unit;
    out.evidence.push_back(e);
    for (auto const& r : of)
        if (r.sample != by.sample && r.points.upper > by.points.upper)
            out.evidence.push_back(evidence_of(r.signal, *r.sample, Verdict::refused, Reason::comparator));
}

Finding windowed(Inquiry& q, std::span<RangeTable const> columns, Usable const& all) {
    Finding out;
    Result const* worst = nullptr;
    for (auto const& r : all.results) {
        q.leaves(r.sample->time);
        if (worst == nullptr || worse(r, *worst)) worst = &r;
    }
    if (worst != nullptr) decide(q, out, columns, all.results, *worst);
    return out;
}

// A bound that does not decide is the newest all the same: no older result stands for it.
Finding newest(Inquiry& q, std::span<RangeTable const> columns, Usable const& all, Ages ages) {
    Finding out;
    if (all.results.empty()) return out;
    auto const& by = all.results.back();
    decide(q, out, columns, std::span{all.results}.last(1), by);
    for (auto const& r : all.results) {
        q.outlives(r.sample->time, ages.valued);
        q.outlives(r.sample->time, ages.carried);
    }
    if (q.at - by.sample->time > ages.valued) out.state = model::PartState::carried;
    return out;
}

} // namespace

Finding result_of(Inquiry& q, std::span<RangeTable const> columns, std::span<ResultSource const> sources, Ages ages) {
    const auto after = q.now() ? q.at - ages.carried - model::Duration{1} : q.after;
    const auto all = usable(q, columns, sources, after);
    auto out = q.now() ? newest(q, columns, all, ages) : windowed(q, columns, all);
    if (!out.told)
        for (auto const& r : columns) out.points.upper = std::max(out.points.upper, most_points(r));
    if (all.refused) {
        q.now() ? q.outlives(*all.refused->time, ages.carried) : q.leaves(*all.refused->time);
        out.refused.push_back(all.refused->reason);
        if (q.explain) out.evidence.push_back(*all.refused);
    }
    if (q.explain && out.evidence.empty()) out.evidence.push_back(missing_or_stale(q, sources.front().signal));
    return out;
}

} // namespace vigil::scores
