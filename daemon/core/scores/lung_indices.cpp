// Indices of oxygenation and of the ventilated lung (scores.md 5.4, 5.5, 5.9). Each part is a quantity, exact until it
// is printed; none is compared with a limit here.

#include "core/scores/ards_criteria.hpp"
#include "core/scores/lung_formulas.hpp"
#include "core/scores/lungs.hpp"
#include "core/scores/quantity.hpp"
#include "core/scores/saturation.hpp"
#include "core/scores/signal_groups.hpp"
#include "core/scores/ventilator.hpp"

#include <array>
#include <utility>

namespace vigil::scores {

using model::EventTime;
using model::Flag;
using model::Part;
using model::Ratio;
using model::Reason;
using model::Signal;
using model::Unit;
using model::Verdict;

namespace {

constexpr std::array own_signals = {
    Signal::pmean, Signal::pplat, Signal::peep_total, Signal::peep_intrinsic,
    Signal::vt,    Signal::ve,    Signal::height,     Signal::ecls,
};
constexpr auto signals = joined(own_signals, oxygenation_signals);

constexpr Quantity pf{Part::pf, Unit::mmHg, 1, false};
constexpr Quantity oi{Part::oi, Unit::cmH2O_per_mmHg, 1, true};
constexpr Quantity vent_ratio{Part::vent_ratio, Unit::fraction, 2, true};
constexpr Quantity sf{Part::sf, Unit::percent, 1, false};
constexpr Quantity pf_imputed_linear{Part::pf_imputed_linear, Unit::mmHg, 1, false};
constexpr Quantity pf_imputed{Part::pf_imputed, Unit::mmHg, 1, false};
constexpr Quantity osi{Part::osi, Unit::cmH2O, 1, true};
constexpr Quantity driving_pressure{Part::driving_pressure, Unit::cmH2O, 1, true};
constexpr Quantity compliance{Part::compliance, Unit::mL_per_cmH2O, 1, false};
constexpr Quantity pbw{Part::pbw, Unit::kg, 2, false};

// While a circuit runs, what gases and ventilator tell is its doing too.
bool runs_circuit(Inquiry& q) {
    const auto circuit = ecls_at(q, q.at);
    if (circuit && circuit->until) q.due.at(*circuit->until);
    return circuit.has_value();
}

void flag_circuit(Inquiry& q, std::span<model::ScorePart> parts) {
    if (!runs_circuit(q)) return;
    for (auto& p : parts) add_flag(p, Flag::on_ecls);
}

struct Weight {
    std::optional<Ratio> kg;
    std::optional<Measured> height;
    bool unlikely = false;
};
Weight weight_at(Inquiry const& q, EventTime t) {
    Weight w;
    const auto s = q.timeline.latest(Signal::height, t, {});
    if (!s || s->is_word || s->comparator != model::Comparator::exactly) return w;
    const auto cm = core::canonical(q.rules, Signal::height, s->value, s->unit);
    if (!cm) return w;
    w.height = Measured{Signal::height, *s, *cm};
    w.unlikely = s->suspect;
    w.kg = predicted_weight(q.rules.tables.lung, q.sex, *cm);
    return w;
}

// Why there is no predicted weight.
void append_no_weight(Inquiry const& q, model::ScorePart& part, Weight const& w) {
    if (q.sex != model::Sex::male && q.sex != model::Sex::female) add_flag(part, Flag::sex_unknown);
    if (q.explain && !w.height) part.evidence.push_back(missing(Signal::height, Reason::none));
}

EventTime since(Inquiry const& q, Signal signal) {
    return q.now() ? q.at - q.max_age(signal) - model::Duration{1} : q.after;
}
void runs_out(Inquiry& q, EventTime t, Signal signal) {
    if (q.now())
        q.outlives(t, q.max_age(signal));
    else
        q.leaves(t);
}

// What the ventilator told at `t` is of now only on the same device.
bool concerns(Inquiry& q, EventTime t) { return !q.now() || same_episode(q, t, q.at); }

Found found(Inquiry const& q, Ratio const& value, Pair const& pair) {
    Found f{value, pair.gas.sample.time, ecls_at(q, pair.gas.sample.time).has_value(), {}, {}};
    model::ScorePart told;
    append_evidence(told, pair);
    if (pair.inspired.estimated) f.flags.add(Flag::fio2_estimated);
    if (pair.device_pf) f.flags.add(Flag::device_pf_disagrees);
    if (pair.gas.sample.suspect) f.flags.add(Flag::extreme_verify);
    f.evidence = std::move(told.evidence);
    return f;
}

void from_oxygen(Inquiry& q, model::ScorePart& pf_part, model::ScorePart& oi_part) {
    std::optional<Found> ratio, index;
    model::ScorePart refused;
    for (auto const& gas : gases(q, since(q, Signal::pao2), q.at)) {
        runs_out(q, gas.sample.time, Signal::pao2);
        const auto pair = pair_with_oxygen(q, gas, pressure_devices);
        if (!pair.pf) {
            append_unjudged(refused, pair);
            continue;
        }
        keep_worse(ratio, found(q, *pair.pf, pair), pf, q.now());
        if (!concerns(q, gas.sample.time)) continue;
        const auto mean = measured_at(q, Signal::pmean, gas.sample.time, q.rules.tables.lung.ventilator_within);
        const auto i = mean ? oxygenation_index(*pair.inspired.percent, mean->value, *pair.pao2) : std::nullopt;
        if (!i) continue;
        auto f = found(q, *i, pair);
        f.evidence.insert(f.evidence.begin() + 1, evidence_of(*mean));
        keep_worse(index, std::move(f), oi, q.now());
    }
    // An index that was left behind by newer gases is not the newest.
    if (q.now() && index && ratio && index->time < ratio->time) index.reset();
    const bool only_pressure = ratio.has_value();
    tell(q, pf_part, std::move(ratio), pf);
    tell(q, oi_part, std::move(index), oi);
    for (auto* p : {&pf_part, &oi_part}) {
        if (!p->value)
            for (const auto flag : refused.flags) add_flag(*p, flag);
        if (q.explain) p->evidence.insert(p->evidence.end(), refused.evidence.begin(), refused.evidence.end());
    }
    if (q.unexplained(pf_part)) pf_part.evidence.push_back(missing_or_stale(q, Signal::pao2));
    if (q.unexplained(oi_part))
        oi_part.evidence.push_back(missing_or_stale(q, only_pressure ? Signal::pmean : Signal::pao2));
}

std::optional<Found> ratio_of(Inquiry& q, Gas const& gas) {
    const auto t = gas.sample.time;
    if (ecls_at(q, t) || !concerns(q, t)) return std::nullopt;
    if (support_at(q, t, pressure_devices).invasive == Known::no) return std::nullopt;
    const auto volume = measured_at(q, Signal::ve, t, q.rules.tables.lung.ventilator_within);
    const auto paco2 = core::canonical(q.rules, gas.signal, gas.sample.value, gas.sample.unit);
    const auto weight = weight_at(q, t);
    const auto r = volume && paco2 && weight.kg
                       ? ventilatory_ratio(q.rules.tables.lung, volume->value, *paco2, *weight.kg)
                       : std::nullopt;
    if (!r) return std::nullopt;
    Found f{*r, t, false, {}, {}};
    if (gas.sample.suspect || weight.unlikely) f.flags.add(Flag::extreme_verify);
    f.evidence = {evidence_of(gas.signal, gas.sample, Verdict::used), evidence_of(*volume),
                  evidence_of(*weight.height)};
    return f;
}

void from_carbon_dioxide(Inquiry& q, model::ScorePart& part) {
    if (runs_circuit(q)) {
        part.state = model::PartState::not_applicable;
        return;
    }
    std::optional<Found> ratio;
    for (auto const& gas : gases(q, since(q, Signal::paco2), q.at, carbon_dioxide)) {
        runs_out(q, gas.sample.time, Signal::paco2);
        if (gas.why_not != Reason::none) continue;
        // Now it is that of the newest gas or none.
        if (q.now()) ratio.reset();
        if (auto f = ratio_of(q, gas)) keep_worse(ratio, std::move(*f), vent_ratio, q.now());
    }
    tell(q, part, std::move(ratio), vent_ratio);
    if (part.value) return;
    const auto w = weight_at(q, q.at);
    if (!w.kg) append_no_weight(q, part, w);
    if (!q.unexplained(part)) return;
    auto e = missing_or_stale(q, Signal::paco2);
    // The gas is there: it is the weight that is not.
    if (!w.kg && e.reason == Reason::coverage) e.reason = Reason::no_weight;
    part.evidence.push_back(e);
}

void gas_indices(Inquiry& q, std::span<model::ScorePart> parts) {
    parts[0] = not_told(pf);
    parts[1] = not_told(oi);
    parts[2] = not_told(vent_ratio);
    from_oxygen(q, parts[0], parts[1]);
    from_carbon_dioxide(q, parts[2]);
    flag_circuit(q, parts);
}

// What a saturation comes to, in the order of its parts.
struct FromSaturation {
    std::array<std::optional<Found>, 4> best;
    std::optional<Saturation> too_high;
};

constexpr std::array<Quantity const*, 4> of_saturation = {&sf, &pf_imputed_linear, &pf_imputed, &osi};

void take(Inquiry& q, Saturation const& s, FromSaturation& out) {
    auto const& t = q.rules.tables.lung;
    if (s.percent > t.saturation_most) {
        out.too_high = s;
        return;
    }
    const auto at = s.sample.time;
    const auto ratio = saturation_ratio(s.percent, *s.inspired.percent);
    const auto pao2 = imputed_pao2(q.rules.tables.sofa.imputation, s.percent);
    const auto mean = measured_at(q, Signal::pmean, at, t.ventilator_within);
    const std::array<std::optional<Ratio>, 4> values = {
        ratio, ratio ? pf_on_line(t, *ratio) : std::nullopt,
        pao2 ? saturation_ratio(*pao2, *s.inspired.percent) : std::nullopt,
        mean ? oxygenation_index(*s.inspired.percent, mean->value, s.percent) : std::nullopt};
    const bool on_circuit = ecls_at(q, at).has_value();
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!values[i]) continue;
        Found f{*values[i], at, on_circuit, {}, {}};
        if (s.inspired.estimated) f.flags.add(Flag::fio2_estimated);
        if (s.sample.suspect) f.flags.add(Flag::extreme_verify);
        if (q.explain) {
            f.evidence.push_back(
                evidence_of(Signal::spo2, s.sample, i == 0 || i == 3 ? Verdict::used : Verdict::substituted));
            if (i == 3) f.evidence.push_back(evidence_of(*mean));
            f.evidence.insert(f.evidence.end(), s.inspired.evidence.begin(), s.inspired.evidence.end());
        }
        keep_worse(out.best[i], std::move(f), *of_saturation[i], q.now());
    }
}

void saturation_indices(Inquiry& q, std::span<model::ScorePart> parts) {
    const Rating rating{{}, nullptr};
    FromSaturation from;
    if (q.now()) {
        if (const auto last = last_quarter_hour(q, rating)) take(q, *last, from);
    } else {
        QuarterHours all;
        quarter_hours(q, rating, all);
        all.each([&](Saturation const& s) { take(q, s, from); });
    }
    const bool known = from.best[0].has_value();
    for (std::size_t i = 0; i < parts.size(); ++i) {
        parts[i] = not_told(*of_saturation[i]);
        tell(q, parts[i], std::move(from.best[i]), *of_saturation[i]);
        if (!known && from.too_high) {
            add_flag(parts[i], Flag::spo2_too_high);
            if (q.explain)
                parts[i].evidence.push_back(
                    evidence_of(Signal::spo2, from.too_high->sample, Verdict::refused, Reason::too_high));
        }
        if (q.unexplained(parts[i]))
            parts[i].evidence.push_back(known && i == 3 ? missing_or_stale(q, Signal::pmean) : unusable_saturation(q));
    }
    flag_circuit(q, parts);
}

void mechanical_indices(Inquiry& q, std::span<model::ScorePart> parts) {
    const auto [hardest, stiffest] = worst_mechanics(q);
    std::optional<Found> driving, yields;
    if (hardest) driving = found_of(q, *hardest, hardest->driving, false);
    if (stiffest) yields = found_of(q, *stiffest, *stiffest->compliance, true);
    parts[0] = not_told(driving_pressure);
    parts[1] = not_told(compliance);
    const bool known = driving.has_value();
    tell(q, parts[0], std::move(driving), driving_pressure);
    tell(q, parts[1], std::move(yields), compliance);
    if (q.unexplained(parts[0])) parts[0].evidence.push_back(missing_or_stale(q, Signal::pplat));
    if (q.unexplained(parts[1])) parts[1].evidence.push_back(missing_or_stale(q, known ? Signal::vt : Signal::pplat));
    flag_circuit(q, parts);
}

model::ScorePart predicted(Inquiry& q) {
    auto part = not_told(pbw);
    const auto w = weight_at(q, q.at);
    if (!w.kg) {
        append_no_weight(q, part, w);
        if (q.explain && w.height) part.evidence.push_back(evidence_of(*w.height));
        return part;
    }
    Found f{*w.kg, w.height->sample.time, false, {}, {evidence_of(*w.height)}};
    if (w.unlikely) f.flags.add(Flag::extreme_verify);
    tell(q, part, std::move(f), pbw);
    return part;
}

constexpr std::array parts_shown = {
    Part::pf,         Part::oi,  Part::vent_ratio,       Part::sf,         Part::pf_imputed_linear,
    Part::pf_imputed, Part::osi, Part::driving_pressure, Part::compliance, Part::pbw};
constexpr std::array components = {Component{gas_indices, 0, 3}, Component{saturation_indices, 3, 4},
                                   Component{mechanical_indices, 7, 2}, Component{one_part<predicted>, 9}};

} // namespace

constinit const Definition lung_indices_definition{
    model::ScoreId::lung_indices, parts_shown, components, nullptr, signals, edition_of<&Tables::lung>, true};

} // namespace vigil::scores
