// Cardiovascular: mean pressure, and what runs at one time of vasopressors and inotropes that ran for an hour;
// mechanical support is 4 (SOFA-2, table 2, footnotes i to n).

#include "core/scores/circuits.hpp"
#include "core/scores/cuff_and_line.hpp"
#include "core/scores/dose.hpp"
#include "core/scores/notes.hpp"
#include "core/scores/pressure.hpp"
#include "core/scores/remembered.hpp"
#include "core/scores/sofa2.hpp"
#include "core/scores/sofa2_drugs.hpp"

namespace vigil::scores {

using model::EventTime;
using model::Flag;
using model::Part;
using model::PartState;
using model::Reason;
using model::Signal;
using model::Verdict;
using model::Word;

namespace {

void append_rate(Inquiry const& q, model::ScorePart& part, Rate const& r, std::optional<model::Decimal> compared,
                 Verdict verdict, Reason why) {
    if (!q.explain) return;
    auto e = evidence_of(r.drug, r.rate, verdict, why);
    e.compared = compared;
    if (e.compared) e.compared_unit = model::Unit::ug_per_kg_min;
    part.evidence.push_back(e);
}

// Of what is added every rate shows the sum, which is what decided.
std::optional<model::Decimal> compared(Rate const& r, WorstMix const* counted) {
    const bool added =
        counted != nullptr && counted->sum && r.exact && (r.drug == Signal::dopamine) != counted->catecholamine;
    return added ? counted->sum : r.dose.ug_kg_min;
}

// What counted, or (nullptr) what runs at `at` and does not count yet.
void append_rates(Inquiry const& q, model::ScorePart& part, VasoactiveDrugs const& drugs, EventTime at,
                  WorstMix const* counted) {
    const bool counting = counted != nullptr;
    if (counting && counted->both) add_flag(part, Flag::catecholamines_added);
    bool by_weight = false, no_weight = false;
    for (auto const& r : drugs.rates) {
        if (!r.holds_at(at) || r.counts != counting) continue;
        if (r.dose.weight_missing) add_flag(part, Flag::weight_missing);
        if (r.dose.implausible) add_flag(part, Flag::unit_suspect);
        if (r.rate.suspect) add_flag(part, Flag::extreme_verify);
        if (r.drug == Signal::norepinephrine && !r.rate.salt.known()) add_flag(part, Flag::salt_unknown);
        if (r.silent) add_flag(part, Flag::pump_silent);
        if (r.beside) add_flag(part, Flag::pumps_added);
        if (r.rate.comparator != model::Comparator::exactly) add_flag(part, Flag::comparator_bound);
        append_rate(q, part, r, compared(r, counted), counting ? Verdict::used : Verdict::refused,
                    !counting  ? Reason::too_short
                    : r.silent ? Reason::pump_silent
                               : Reason::none);
        by_weight = by_weight || (r.dose.ug_kg_min && needs_weight(r.rate.unit));
        no_weight = no_weight || r.dose.weight_missing;
    }
    if (!q.explain) return;
    if (by_weight && drugs.weight) part.evidence.push_back(evidence_of(Signal::weight, *drugs.weight, Verdict::used));
    if (no_weight) part.evidence.push_back(missing(Signal::weight, Reason::no_weight));
}

// What would have been worth more, had it run for an hour.
void append_too_short(Inquiry const& q, model::ScorePart& part, VasoactiveDrugs const& drugs) {
    if (!q.explain) return;
    for (auto const& r : drugs.too_short)
        if (!part.points || alone(q, r).upper > *part.points)
            append_rate(q, part, r, r.dose.ug_kg_min, Verdict::refused, Reason::too_short);
}

// The pressure that decides, and what it is worth.
struct JudgedPressure {
    std::optional<Pressure> pressure;
    std::int32_t points = 0;
    std::optional<model::Sample> precluded; // it counts in tiers: drugs could not be given then
    bool artefact_dropped = false;
};

Pressures pressures_of(Inquiry& q, AttestedSpan const& span, model::Decimal threshold) {
    auto part = q;
    part.after = std::max(q.after, EventTime{span.from.ms - 1});
    part.at = std::min(q.at, EventTime{span.to.ms - 1});
    part.notes = nullptr;
    part.shared = nullptr;
    part.keeps = false;
    part.due = Due{q.at};
    auto found = mean_pressures(part, threshold);
    q.timeline.note(part.timeline.reads());
    q.due.at(part.due.when());
    return found;
}

JudgedPressure judge_pressure(Inquiry& q) {
    auto const& t = q.rules.tables.sofa2;
    auto const& plain = *conventional_column(t.columns, Part::cardio, Signal::map);
    const auto all = mean_pressures(q, plain.bands.back().bound);
    JudgedPressure out{all.lowest, 0, std::nullopt, all.artefact_dropped};
    if (all.lowest) out.points = points_at(plain, all.lowest->value);
    for (auto const& span : attested_spans(q, Signal::vasoactive_precluded)) {
        if (q.now()) {
            const auto at = all.lowest ? all.lowest->sample.time : q.at;
            if (!all.lowest || at < span.from || at >= span.to) continue;
            out = {all.lowest, points_at(t.tiers, all.lowest->value), span.sample, out.artefact_dropped};
            continue;
        }
        if (q.key.product != model::Product::day && span.to <= q.at)
            q.due.at(span.to + q.window() - model::Duration{1});
        const auto within = pressures_of(q, span, t.tiers.bands.back().bound);
        if (!within.lowest) continue;
        const auto points = points_at(t.tiers, within.lowest->value);
        if (!out.pressure || points > out.points) out = {within.lowest, points, span.sample, out.artefact_dropped};
    }
    return out;
}

void append_pressure(Inquiry const& q, model::ScorePart& part, JudgedPressure const& judged) {
    auto const& p = *judged.pressure;
    if (p.derived) add_flag(part, Flag::map_derived);
    if (p.extreme) add_flag(part, Flag::extreme_verify);
    if (judged.precluded) add_flag(part, Flag::vasoactive_precluded);
    if (!q.explain) return;
    auto e = evidence_of(p.signal, p.sample, Verdict::used);
    e.compared = p.value;
    e.compared_unit = model::Unit::mmHg;
    part.evidence.push_back(e);
    if (judged.precluded)
        part.evidence.push_back(evidence_of(Signal::vasoactive_precluded, *judged.precluded, Verdict::used));
}

// What nobody has heard of for a day has no points; that pressure alone would give fewer is no recovery.
void bound_by_unheard(Inquiry const& q, model::ScorePart& part, VasoactiveDrugs const& drugs, WorstMix const& counted,
                      bool drug_decides) {
    const auto scored = part.points ? *part.points : std::int32_t{0};
    UnheardDrug const* worst = nullptr;
    std::int32_t upper = scored;
    for (auto const& u : drugs.unheard) {
        const auto most = most_with(q, u, scored, drug_decides && counted.catecholamine && !counted.other);
        if (most <= scored || (worst != nullptr && most <= upper)) continue;
        worst = &u;
        upper = most;
    }
    if (worst == nullptr) return;
    part.upper = std::max(part.upper, upper);
    if (part.points && !drug_decides) {
        part.lower = *part.points;
        part.points.reset();
        if (part.state != PartState::provisional) part.state = PartState::not_measured;
    }
    add_flag(part, flag_of_unheard(worst->rate));
    if (q.explain) part.evidence.push_back(evidence_of(worst->drug, worst->rate, Verdict::stale, Reason::pump_silent));
}

bool right_ventricular(Word w) { return w == Word::rvad || w == Word::bivad; }

// Why the circuit was begun, as a person recorded it for this circuit: an older indication is another one's.
std::optional<model::Sample> indication_of(Inquiry const& q, Circuit const& c) {
    const auto why = q.timeline.latest(Signal::ecls_indication, c.to, {});
    if (!why || !why->is_word || why->word == Word::unknown) return std::nullopt;
    auto since = c.from - q.rules.tables.sofa2.indication_before;
    if (c.before) since = std::max(since, *c.before);
    return why->time < since ? std::nullopt : why;
}

// Footnote i: the indication decides; where nobody recorded it, the kind of the circuit; where that is not known
// either, nobody knows.
void add_mechanical(Inquiry& q, model::ScorePart& part) {
    const auto decide = [&](Signal signal, model::Sample const& s) {
        settle(part, 4);
        if (q.explain) part.evidence.insert(part.evidence.begin(), evidence_of(signal, s, Verdict::used));
    };
    const auto devices = circuits_in_question(q, Signal::mcs);
    if (!devices.empty()) {
        decide(Signal::mcs, devices.back().sample);
        if (right_ventricular(devices.back().sample.word)) add_flag(part, Flag::right_ventricular_device);
    }
    for (auto const& c : circuits_in_question(q, Signal::ecls)) {
        const auto why = indication_of(q, c);
        const auto kind = c.sample.word;
        if (!why && kind == Word::unknown) {
            add_flag(part, Flag::ecls_unknown);
            if (!part.points || *part.points < 4) part.upper = 4;
            if (q.explain) part.evidence.push_back(evidence_of(Signal::ecls, c.sample, Verdict::used));
        } else if (why ? why->word != Word::respiratory : kind == Word::va || kind == Word::vav) {
            if (!part.points || *part.points < 4 || devices.empty()) decide(Signal::ecls, c.sample);
            if (why && q.explain)
                part.evidence.insert(part.evidence.begin() + 1,
                                     evidence_of(Signal::ecls_indication, *why, Verdict::used));
        }
    }
}

} // namespace

model::ScorePart sofa2_cardio(Inquiry& q) {
    auto part = unmeasured(Part::cardio);
    const auto pressure = judge_pressure(q);
    std::unique_ptr<Remembered<Vasoactive>> own;
    auto const& [drugs, counted, all] = remembered(q, q.notes != nullptr ? q.notes->vasoactive : own, vasoactive);
    const bool drug_decides = counted.found && (!pressure.pressure || counted.points.lower >= pressure.points);
    if (drug_decides) {
        append_rates(q, part, drugs, counted.at, &counted);
        const bool silent = part.flags.has(Flag::pump_silent);
        settle(part, counted.points.lower, silent ? PartState::carried : PartState::valued);
    } else if (pressure.pressure) {
        settle(part, pressure.points);
    }
    if (pressure.pressure) append_pressure(q, part, pressure);
    if (counted.found && !drug_decides) append_rates(q, part, drugs, counted.at, &counted);
    append_too_short(q, part, drugs);
    if (part.points) part.upper = std::max({part.upper, counted.points.upper, all.points.upper});
    const std::int32_t scored = part.points ? *part.points : 0;
    if (all.found && all.points.upper > std::max(scored, counted.points.upper)) {
        part.state = PartState::provisional;
        add_flag(part, Flag::provisional_rate);
        append_rates(q, part, drugs, q.at, nullptr);
    }
    bound_by_unheard(q, part, drugs, counted, drug_decides);
    if (q.unexplained(part)) part.evidence.push_back(missing_or_stale(q, Signal::map));
    if (pressure.artefact_dropped) add_flag(part, Flag::artefact_dropped);
    append_cuff_and_line(q, part);
    add_mechanical(q, part);
    return part;
}

} // namespace vigil::scores
