// Renal: the worse of creatinine and the day's urine (scores.md 3.1, 3.6).

#include "core/scores/bands.hpp"
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

void add_urine(model::ScorePart& part, Urine const& u, BandTable const& bands) {
    if (!u.ml_per_day) {
        for (auto e : u.evidence) {
            e.verdict = Verdict::refused;
            e.reason = Reason::coverage;
            part.evidence.push_back(e);
        }
        if (!u.evidence.empty()) add_flag(part, Flag::low_coverage);
        return;
    }
    auto evidence = u.evidence;
    evidence.front().compared = model::round_half_up(*u.ml_per_day, 0);
    evidence.front().compared_unit = model::Unit::mL;
    const auto points = points_at(bands, *u.ml_per_day);
    const bool decides = points > 0 && (!part.points || points > *part.points);
    if (decides) {
        // Creatinine can only make it worse.
        const auto upper = part.upper;
        settle(part, points);
        part.upper = std::max(points, upper);
    }
    part.evidence.insert(decides ? part.evidence.begin() : part.evidence.end(), evidence.begin(), evidence.end());
}

} // namespace

model::ScorePart sofa_renal(Inquiry& q) {
    auto part = sofa_laboratory(q, Part::renal, Signal::crea);
    auto const& bands = *conventional_column(q.rules.tables.sofa.columns, Part::renal, Signal::uo);
    if (!q.timeline.empty(Signal::uo)) add_urine(part, urine_of(q), bands);
    const auto circuit = q.now() ? rrt_at(q, q.at) : rrt_within(q, q.after, q.at);
    if (!circuit) return part;
    q.leaves(circuit->time);
    q.due.at(circuit->until ? *circuit->until : circuit->time + q.window() + model::Duration{1});
    q.due.at(circuit->time + q.window() + q.window() + model::Duration{1});
    if (policy_of(q).rrt_force4) {
        settle(part, 4);
        part.evidence.insert(part.evidence.begin(), evidence_of(Signal::rrt, *circuit, Verdict::used));
    } else {
        part.evidence.push_back(evidence_of(Signal::rrt, *circuit, Verdict::used));
        add_flag(part, Flag::renal_masked_by_rrt);
    }
    return part;
}

} // namespace vigil::scores
