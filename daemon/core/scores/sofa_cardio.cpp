// Cardiovascular: mean pressure, and the highest rate of an infusion that ran for an hour (scores.md 3.1, 3.4, 0.8).

#include "core/scores/bands.hpp"
#include "core/scores/cuff_and_line.hpp"
#include "core/scores/dose.hpp"
#include "core/scores/notes.hpp"
#include "core/scores/pressure.hpp"
#include "core/scores/remembered.hpp"
#include "core/scores/sofa.hpp"

namespace vigil::scores {

using model::Flag;
using model::PartState;
using model::Reason;
using model::Signal;
using model::Verdict;

namespace {

void append_drug(Inquiry const& q, model::ScorePart& part, Vasopressor const& v, Verdict verdict, Reason reason) {
    if (q.explain) {
        auto e = evidence_of(v.drug, v.rate, verdict, reason);
        e.compared = v.ug_kg_min;
        e.compared_unit = model::Unit::ug_per_kg_min;
        part.evidence.push_back(e);
        for (auto const& other : v.also) {
            e = evidence_of(v.drug, other, verdict, reason);
            e.compared = v.ug_kg_min;
            e.compared_unit = model::Unit::ug_per_kg_min;
            part.evidence.push_back(e);
        }
        if (v.weight_missing) part.evidence.push_back(missing(Signal::weight, Reason::no_weight));
    }
    if (v.weight_missing) add_flag(part, Flag::weight_missing);
    if (v.implausible) add_flag(part, Flag::unit_suspect);
    if (v.drug == Signal::norepinephrine && !v.rate.salt.known()) add_flag(part, Flag::salt_unknown);
    if (v.silent) add_flag(part, flag_of_unheard(v.rate));
    if (v.rate.comparator != model::Comparator::exactly) add_flag(part, Flag::comparator_bound);
    if (!v.also.empty()) add_flag(part, Flag::pumps_added);
}

void append_pressure(Inquiry const& q, model::ScorePart& part, Pressures const& pressures) {
    auto const& p = *pressures.lowest;
    if (p.derived) add_flag(part, Flag::map_derived);
    if (p.extreme) add_flag(part, Flag::extreme_verify);
    if (!q.explain) return;
    auto e = evidence_of(p.signal, p.sample, Verdict::used);
    e.compared = p.value;
    e.compared_unit = model::Unit::mmHg;
    part.evidence.push_back(e);
}

// What nobody has heard of for a day has no points; that pressure alone would give fewer is no recovery (scores.md 0.2,
// 0.8).
void bound_by_unheard(Inquiry const& q, model::ScorePart& part, std::optional<Vasopressor> const& unheard,
                      bool drug_decides) {
    if (!unheard) return;
    const auto upper = unheard->points.upper;
    if (part.points && *part.points >= upper) return;
    part.upper = std::max(part.upper, upper);
    if (part.points && !drug_decides) {
        part.lower = *part.points;
        part.points.reset();
        if (part.state != PartState::provisional) part.state = PartState::not_measured;
    }
    append_drug(q, part, *unheard, Verdict::stale, Reason::pump_silent);
}

} // namespace

model::ScorePart sofa_cardio(Inquiry& q) {
    auto const& t = q.rules.tables.sofa;
    auto part = unmeasured(model::Part::cardio);
    auto const& bands = *conventional_column(t.columns, model::Part::cardio, Signal::map);
    const auto pressures = mean_pressures(q, bands.bands.front().bound);
    std::unique_ptr<Remembered<Vasopressors>> own;
    auto const& drugs = remembered(q, q.notes != nullptr ? q.notes->vasopressors : own, vasopressors);
    std::optional<std::int32_t> points;
    if (pressures.lowest) points = points_at(bands, pressures.lowest->value);
    const bool drug_decides = drugs.valued && (!points || drugs.valued->points.lower >= *points);
    if (drug_decides) {
        settle(part, drugs.valued->points.lower, drugs.valued->silent ? PartState::carried : PartState::valued);
        append_drug(q, part, *drugs.valued, Verdict::used, drugs.valued->silent ? Reason::pump_silent : Reason::none);
        if (q.explain && drugs.weight && needs_weight(drugs.valued->rate.unit))
            part.evidence.push_back(evidence_of(Signal::weight, *drugs.weight, Verdict::used));
    } else if (points) {
        settle(part, *points);
    }
    if (pressures.lowest) append_pressure(q, part, pressures);
    if (drugs.valued && !drug_decides) append_drug(q, part, *drugs.valued, Verdict::used, Reason::none);
    const std::int32_t counted = part.points ? *part.points : 0;
    if (part.points) part.upper = std::max(part.upper, drugs.upper);
    if (drugs.provisional && drugs.provisional->points.upper > counted) {
        part.state = PartState::provisional;
        if (!part.points) part.upper = std::max(drugs.upper, worst_points(bands));
        append_drug(q, part, *drugs.provisional, Verdict::refused, Reason::too_short);
        add_flag(part, Flag::provisional_rate);
    }
    bound_by_unheard(q, part, drugs.unheard, drug_decides);
    if (q.unexplained(part)) part.evidence.push_back(missing_or_stale(q, Signal::map));
    if (pressures.artefact_dropped) add_flag(part, Flag::artefact_dropped);
    append_cuff_and_line(q, part);
    if (drugs.unlisted) add_flag(part, Flag::unlisted_vasoactive);
    return part;
}

} // namespace vigil::scores
