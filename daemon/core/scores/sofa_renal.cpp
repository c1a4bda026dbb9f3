// Renal: the worse of creatinine and the day's urine (scores.md 3.1, 3.6).

#include "core/scores/bands.hpp"
#include "core/scores/dialysis.hpp"
#include "core/scores/laboratory.hpp"
#include "core/scores/notes.hpp"
#include "core/scores/remembered.hpp"
#include "core/scores/sofa.hpp"
#include "core/scores/support.hpp"
#include "core/scores/urine.hpp"

namespace vigil::scores {

using model::Flag;
using model::Part;
using model::PartState;
using model::Reason;
using model::Signal;
using model::Verdict;

namespace {

void append_urine(Inquiry const& q, model::ScorePart& part, Urine const& u, Verdict verdict, bool first) {
    const auto daily = u.ml_per_day(q.window());
    // More was put into the bladder than came out of it, or a volume is mistaken.
    if (daily && daily->num < 0 && verdict == Verdict::used) add_flag(part, model::Flag::extreme_verify);
    if (!q.explain) return;
    auto e = evidence_of(u.signal, *u.last, verdict, verdict == Verdict::used ? Reason::none : Reason::coverage);
    if (daily && u.enough) e.compared = model::round_half_up(*daily, 0);
    e.compared_unit = model::Unit::mL;
    auto at = first ? part.evidence.begin() : part.evidence.end();
    at = part.evidence.insert(at, e);
    if (u.first != u.last) part.evidence.insert(at + 1, evidence_of(u.signal, *u.first, verdict, e.reason));
}

// The worst day that ends in the window (product `now`: the one that ends with the newest charting).
void add_urine(Inquiry& q, model::ScorePart& part, BandTable const& bands) {
    const auto longest = q.rules.tables.sofa.urine_interval;
    std::optional<UrineDays> own;
    auto& room = q.notes != nullptr ? q.notes->urine : own.emplace();
    const auto days = urine_days(q, q.now() ? q.at - longest : q.after, room);
    Urine const* worst = nullptr;
    for (auto const& u : days) {
        if (q.now())
            q.outlives(u.at, longest - model::Duration{1});
        else
            q.leaves(u.at);
        if (!u.enough) continue;
        if (q.now() || worst == nullptr || !worst->below(u)) worst = &u;
    }
    if (worst == nullptr) {
        if (days.empty()) return;
        append_urine(q, part, days.back(), Verdict::refused, false);
        add_flag(part, Flag::low_coverage);
        return;
    }
    const auto daily = worst->ml_per_day(q.window());
    const auto points = daily ? points_at(bands, *daily) : 0;
    const bool decides = points > 0 && (!part.points || points > *part.points);
    if (decides) {
        // Creatinine can only make it worse.
        const auto upper = part.upper;
        settle(part, points);
        part.upper = std::max(points, upper);
    }
    append_urine(q, part, *worst, Verdict::used, decides);
}

// What was told last of a replacement nobody can read: it may mask what is measured, or be worth 4.
void bound_by_unreadable(Inquiry& q, model::ScorePart& part) {
    const auto last = unreadable_replacement(q, q.window());
    if (!last) return;
    add_flag(part, Flag::unreadable);
    if (policy_of(q).rrt_force4 && part.points != 4) {
        if (part.points) part.lower = *part.points;
        part.points.reset();
        part.state = PartState::not_measured;
        part.upper = 4;
    }
    if (q.explain) part.evidence.push_back(evidence_of(Signal::rrt, *last, Verdict::refused));
}

model::ScorePart creatinine_of(Inquiry& q) {
    return laboratory(q, q.rules.tables.sofa.columns, Part::renal, Signal::crea);
}

} // namespace

model::ScorePart sofa_renal(Inquiry& q) {
    std::unique_ptr<Remembered<model::ScorePart>> own;
    auto part = remembered(q, q.notes != nullptr ? q.notes->laboratory : own, creatinine_of);
    auto const& bands = *conventional_column(q.rules.tables.sofa.columns, Part::renal, Signal::uo);
    if (!q.timeline.empty(Signal::uo) || !q.timeline.empty(Signal::uo_day)) add_urine(q, part, bands);
    const auto circuit = q.now() ? rrt_at(q, q.at) : rrt_within(q, q.after, q.at);
    if (!circuit) {
        bound_by_unreadable(q, part);
        return part;
    }
    q.leaves(circuit->time);
    for (auto const& s : q.timeline.range(Signal::rrt, q.after, q.at)) q.leaves(s.time);
    // Before the window a circuit is asked for at its first instant, which lies a millisecond behind its open end.
    const auto entered = q.window() - model::Duration{1};
    for (auto const& s : q.timeline.range(Signal::rrt, q.after, q.at)) q.due.at(s.time + entered);
    if (circuit->until) q.due.at(*circuit->until + entered);
    q.due.at(circuit->until ? *circuit->until : circuit->time + q.window() + model::Duration{1});
    q.due.at(circuit->time + q.window() + q.window());
    if (policy_of(q).rrt_force4) {
        settle(part, 4);
        if (q.explain) part.evidence.insert(part.evidence.begin(), evidence_of(Signal::rrt, *circuit, Verdict::used));
    } else {
        if (q.explain) part.evidence.push_back(evidence_of(Signal::rrt, *circuit, Verdict::used));
        add_flag(part, Flag::renal_masked_by_rrt);
    }
    return part;
}

} // namespace vigil::scores
