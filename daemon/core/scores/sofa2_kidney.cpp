// Kidney: the worse of creatinine and urine; renal replacement, chronic use included, or the criteria for it, is 4
// (SOFA-2, table 2, footnotes o to q).

#include "core/scores/circuits.hpp"
#include "core/scores/laboratory.hpp"
#include "core/scores/notes.hpp"
#include "core/scores/remembered.hpp"
#include "core/scores/replacement.hpp"
#include "core/scores/sofa2.hpp"
#include "core/scores/sofa2_criteria.hpp"
#include "core/scores/sofa2_urine.hpp"

namespace vigil::scores {

using model::Duration;
using model::Flag;
using model::Part;
using model::PartState;
using model::Signal;
using model::Verdict;
using model::Word;

namespace {

void append_urine(Inquiry const& q, model::ScorePart& part, UrineSeen const& urine, bool first) {
    auto const& w = *urine.worst;
    // More was put into the bladder than came out of it, or a volume is mistaken.
    if (w.ml.num < 0) add_flag(part, Flag::extreme_verify);
    if (!q.explain) return;
    auto e = evidence_of(w.signal, w.last, Verdict::used);
    e.compared = model::round_half_up(w.ml, 0);
    e.compared_unit = model::Unit::mL;
    auto at = part.evidence.insert(first ? part.evidence.begin() : part.evidence.end(), e);
    at = part.evidence.insert(at + 1, first_counted(w.signal, w.first, w.over, Verdict::used, model::Reason::none));
    if (urine.kg) part.evidence.insert(at + 1, evidence_of(Signal::weight, *urine.weight, Verdict::used));
}

void add_urine(Inquiry& q, model::ScorePart& part, UrineSeen const& urine) {
    if (!urine.charted) return;
    if (!urine.covered) add_flag(part, Flag::low_coverage);
    if (urine.unweighed > 0) {
        add_flag(part, Flag::weight_missing);
        part.upper = std::max(part.upper, urine.unweighed);
        if (q.explain) part.evidence.push_back(missing(Signal::weight, model::Reason::no_weight));
    }
    if (!urine.worst) return;
    const bool decides = !part.points || urine.worst->points > *part.points;
    if (decides) {
        const auto upper = part.upper; // creatinine that nobody measured may be worse
        settle(part, urine.worst->points);
        part.upper = std::max(upper, urine.worst->points);
    }
    append_urine(q, part, urine, decides);
}

void add_replacement(Inquiry const& q, model::ScorePart& part, Replacement const& r) {
    auto const& counts = r.continuous ? r.continuous : r.session;
    if (counts) {
        settle(part, 4);
        if (q.explain) part.evidence.insert(part.evidence.begin(), evidence_of(Signal::rrt, *counts, Verdict::used));
        return;
    }
    if (!r.lost || (part.points && *part.points == 4)) return;
    // What creatinine and urine say alone is no recovery.
    if (part.points) part.lower = *part.points;
    part.points.reset();
    part.state = PartState::not_measured;
    part.upper = 4;
    add_flag(part, flag_of_lost(*r.lost));
    if (q.explain) part.evidence.push_back(evidence_of(Signal::rrt, *r.lost, Verdict::stale, model::Reason::stale));
}

// Chronic use counts, also between sessions that nobody charted here.
void add_chronic_dialysis(Inquiry const& q, model::ScorePart& part) {
    settle(part, 4);
    const auto said = q.timeline.latest(Signal::chronic_dialysis, q.at, {});
    if (said && q.explain)
        part.evidence.insert(part.evidence.begin(), evidence_of(Signal::chronic_dialysis, *said, Verdict::used));
}

model::ScorePart creatinine_of(Inquiry& q) {
    auto const& t = q.rules.tables.sofa2;
    return laboratory(q, t.columns, Part::kidney, Signal::crea, t.carried_for);
}

// Also of a bound that does not decide between bands.
Known raised_creatinine(Inquiry const& q, model::ScorePart const& part) {
    if (part.points && *part.points > 0) return Known::yes;
    if (q.now() && q.timeline.range(Signal::crea, q.at - q.rules.tables.sofa2.carried_for - Duration{1}, q.at).empty())
        return Known::no;
    if (q.now()) return part.points || part.upper == 0 ? Known::no : part.lower > 0 ? Known::yes : Known::unknown;
    auto known = Known::no;
    const auto columns = columns_of(q.rules.tables.sofa2.columns, Part::kidney, Signal::crea);
    for (auto const& s : q.timeline.range(Signal::crea, q.after, q.at)) {
        auto const& column = q.key.basis == model::Basis::native ? native_column(columns, s.unit) : columns.front();
        const auto p = points_of(column, s, q.rules);
        if (!p || p->upper == 0) continue;
        if (p->lower > 0) return Known::yes;
        known = Known::unknown;
    }
    return known;
}

// Not on replacement, but it would be called for: 4.
void add_criteria(Inquiry& q, model::ScorePart& part, Known creatinine, PartState creatinine_state, Known oliguria) {
    std::unique_ptr<Remembered<Criteria>> own;
    auto const& [potassium, acid] = remembered(q, q.notes != nullptr ? q.notes->criteria : own, criteria);
    const bool certain = potassium.met == Known::yes || acid.met == Known::yes;
    if (!certain && potassium.met == Known::no && acid.met == Known::no) return;
    if (certain && (creatinine == Known::yes || oliguria == Known::yes)) {
        const bool carried = oliguria != Known::yes && creatinine_state == PartState::carried;
        settle(part, 4, carried ? PartState::carried : PartState::valued);
        add_flag(part, Flag::rrt_criteria);
        if (acid.met == Known::yes && acid.untyped && potassium.met != Known::yes) add_flag(part, Flag::gas_untyped);
        for (auto const* c : {&acid, &potassium}) {
            if (c->met != Known::yes) continue;
            if (c->suspect) add_flag(part, Flag::extreme_verify);
            if (c->bound) add_flag(part, Flag::comparator_bound);
        }
    } else if (part.upper < 4) {
        part.upper = 4;
    }
    auto at = part.evidence.begin();
    for (auto const* c : {&acid, &potassium})
        if (c->met == Known::yes || !certain) at = part.evidence.insert(at, c->evidence.begin(), c->evidence.end());
}

} // namespace

model::ScorePart sofa2_kidney(Inquiry& q) {
    std::unique_ptr<Remembered<model::ScorePart>> own;
    auto part = remembered(q, q.notes != nullptr ? q.notes->laboratory : own, creatinine_of);
    const auto creatinine = raised_creatinine(q, part);
    // Of a bound the criteria say what it may come to.
    if (!part.points && creatinine == Known::no) part.upper = 4;
    const auto state = part.state;
    const auto urine = look_at_urine(q);
    add_urine(q, part, urine);
    const auto treated = replacement(q, q.rules.tables.sofa2.rrt);
    const bool chronic = attested_now(q, Signal::chronic_dialysis);
    const bool on_treatment = chronic || treated.continuous || treated.session;
    if (!on_treatment && (creatinine != Known::no || urine.oliguria != Known::no))
        add_criteria(q, part, creatinine, state, urine.oliguria);
    else if (q.notes != nullptr)
        q.notes->criteria.reset(); // what is not asked for each time is not told what has changed
    if (chronic) add_chronic_dialysis(q, part);
    add_replacement(q, part, treated);
    return part;
}

} // namespace vigil::scores
