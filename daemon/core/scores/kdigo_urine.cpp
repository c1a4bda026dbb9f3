// Urine: the mean of the 6, 12 and 24 hours that end with each charting, every minute of them covered (scores.md 7,
// 0.10).

#include "core/scores/kdigo.hpp"
#include "core/scores/notes.hpp"
#include "core/scores/urine.hpp"
#include "core/scores/vasopressor.hpp"

namespace vigil::scores {

using model::Decimal;
using model::Flag;
using model::Part;
using model::Ratio;
using model::Reason;
using model::Sample;
using model::Signal;
using model::Verdict;

namespace {

// The hours that end with one charting.
struct Judged {
    std::optional<UrineVolume> volume; // of the hours that decide; empty: not covered
    model::Duration over;              // those hours
    std::int32_t lower = 0, upper = 0;
    bool unweighed = false;

    bool usable() const { return volume && (lower == upper || lower > 0); }
};

// By the volume that came in the time of a rate, and the limit it has there (empty without a weight).
template <class Volume, class Limit>
Judged judge(Inquiry const& q, Volume&& volume_over, Limit&& limit_over) {
    Judged out;
    std::size_t i = 0;
    for (auto const& rate : q.rules.tables.kdigo.urine) { // the worst first
        const std::optional<UrineVolume> v = volume_over(rate);
        const std::optional<Ratio> limit = limit_over(rate, i++);
        if (!v) continue;
        // Nothing is too little for any weight.
        const bool low = rate.none ? v->nothing : v->ml.num <= 0 || (limit && v->ml < *limit);
        if (!rate.none && !low && !limit) {
            out.unweighed = true;
            out.upper = std::max(out.upper, rate.points);
        }
        if (!out.volume || out.lower == 0) {
            out.volume = v;
            out.over = rate.over;
        }
        if (low) out.lower = std::max(out.lower, rate.points);
    }
    out.upper = std::max(out.upper, out.lower);
    return out;
}

bool worse(Judged const& a, std::optional<Judged> const& b) {
    if (!b || a.usable() != b->usable()) return !b || a.usable();
    return a.lower >= b->lower; // of equal ones the newer
}

struct Seen {
    std::optional<Judged> worst;
    std::int32_t lower = 0, upper = 0;
    bool unweighed = false;
    Sample const* last = nullptr; // charting of the question
    Signal signal = Signal::uo;

    void take(Judged const& j) {
        if (!j.volume) return;
        lower = std::max(lower, j.lower);
        upper = std::max(upper, j.upper);
        unweighed = unweighed || j.unweighed;
        if (worse(j, worst)) worst = j;
    }
};

// Valid as long as the room.
Seen look(Inquiry& q, UrineDays& room) {
    auto const& t = q.rules.tables.kdigo;
    Seen out;
    const auto after = q.now() ? q.at - t.urine_interval : q.after;
    model::Duration longest{};
    for (auto const& rate : t.urine) longest = std::max(longest, rate.over);
    const auto charts = urine_charts(q, after - longest, t.urine_interval, room);
    const auto kg = in_kg(q, admission_weight(q));
    std::vector<std::optional<Ratio>> limits;
    for (auto const& rate : t.urine) limits.push_back(limit_of(rate, kg, rate.over));
    for (std::size_t i = 0; i < charts.size(); ++i) {
        const bool last_of_instant = i + 1 == charts.size() || charts[i + 1].to != charts[i].to;
        if (charts[i].to <= after || !last_of_instant) continue;
        if (q.now()) {
            q.outlives(charts[i].to, t.urine_interval - model::Duration{1});
            out = {};
        } else {
            q.leaves(charts[i].to);
        }
        out.last = &charts[i].sample;
        const auto up_to = charts.first(i + 1);
        out.take(judge(
            q, [&](UrineRate const& rate) { return urine_over(up_to, rate.over); },
            [&](UrineRate const&, std::size_t r) { return limits[r]; }));
    }
    if (q.now() && out.last != nullptr) return out;
    // A collection over a day is such a mean by itself.
    const auto age = q.max_age(Signal::uo_day);
    for (auto const& u : urine_totals(q, q.now() ? q.at - age - model::Duration{1} : q.after, room)) {
        if (q.now())
            q.outlives(u.at, age);
        else
            q.leaves(u.at);
        if (!u.enough) continue;
        if (q.now()) out = {};
        out.last = u.last;
        out.signal = u.signal;
        const auto limit = [&](UrineRate const& rate, std::size_t) { return limit_of(rate, kg, u.covered); };
        auto day = judge(
            q,
            [&](UrineRate const&) {
                return std::optional{UrineVolume{{u.volume, 1000}, u.volume == 0, u.first, u.last}};
            },
            limit);
        day.over = u.covered;
        out.take(day);
    }
    return out;
}

} // namespace

model::ScorePart kdigo_urine(Inquiry& q) {
    if (auto chronic = on_chronic_dialysis(q, Part::aki_urine)) return *std::move(chronic);
    auto part = unmeasured(Part::aki_urine, worst_stage(q));
    std::optional<UrineDays> own;
    const auto seen = look(q, q.notes != nullptr ? q.notes->urine : own.emplace());
    if (!seen.worst) {
        if (seen.last != nullptr) add_flag(part, Flag::low_coverage);
        if (q.explain)
            part.evidence.push_back(seen.last != nullptr
                                        ? evidence_of(Signal::uo, *seen.last, Verdict::refused, Reason::coverage)
                                        : missing_or_stale(q, Signal::uo));
        return part;
    }
    part.lower = seen.lower;
    part.upper = seen.upper;
    if (seen.unweighed) add_flag(part, Flag::weight_missing);
    auto const& w = *seen.worst;
    if (w.volume->last->suspect || w.volume->first->suspect) add_flag(part, Flag::extreme_verify);
    const bool decides = w.usable();
    if (decides) {
        part.points = w.lower;
        part.state = model::PartState::valued;
    }
    if (!q.explain) return part;
    const auto why = decides ? Reason::none : Reason::no_weight;
    const auto verdict = decides ? Verdict::used : Verdict::refused;
    auto e = evidence_of(seen.signal, *w.volume->last, verdict, why);
    e.compared = model::round_half_up(w.volume->ml, 0);
    e.compared_unit = model::Unit::mL;
    part.evidence.push_back(e);
    part.evidence.push_back(first_counted(seen.signal, *w.volume->first, w.over, verdict, why));
    if (const auto weight = admission_weight(q); decides && in_kg(q, weight))
        part.evidence.push_back(evidence_of(Signal::weight, *weight, Verdict::used));
    return part;
}

} // namespace vigil::scores
