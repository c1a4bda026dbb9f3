#include "core/scores/oxygen.hpp"

#include "core/model/sample_order.hpp"

#include <limits>

namespace vigil::scores {

using model::EventTime;
using model::Ratio;
using model::Reason;
using model::Sample;
using model::Signal;
using model::Word;

namespace {

constexpr model::Duration attestation_reach = model::minutes(5);
constexpr model::Duration same_specimen = model::minutes(5);
constexpr model::Decimal room_air{21, 0};
constexpr model::Decimal without_points{400, 0}; // mm[Hg] of P/F, in every score
// Of an oxygen sensor in use: 2.5 % and 2.5 % of the level, at most 5 in all (ISO 80601-2-55).
constexpr model::Decimal sensor_tolerance{5, 0};
constexpr EventTime beginning{std::numeric_limits<std::int64_t>::min()};

// The product `now` also finds in it what will be too old.
bool wants_evidence(Inquiry const& q) { return q.explain || q.now(); }

Inspired refused(Inquiry const& q, Reason why) {
    Inspired out;
    out.why_not = why;
    if (wants_evidence(q)) out.evidence.push_back(missing(Signal::fio2, why));
    return out;
}

// By what was told and is no value to divide by.
Inspired refused_by(Inquiry const& q, Signal signal, Sample const& told, Reason why) {
    auto out = refused(q, why);
    if (wants_evidence(q)) out.evidence = {evidence_of(signal, told, model::Verdict::refused, why)};
    return out;
}

Inspired breathed(Inquiry const& q, Sample const& s, Signal signal) {
    Inspired out;
    out.percent = core::canonical(q.rules, signal, s.value, s.unit);
    if (!out.percent) return refused(q, Reason::no_fio2);
    if (wants_evidence(q)) out.evidence.push_back(evidence_of(signal, s, model::Verdict::used));
    return out;
}

Inspired in_room_air(Inquiry const& q, Sample const& device) {
    Inspired out;
    out.percent = model::ratio(room_air);
    if (!wants_evidence(q)) return out;
    auto e = evidence_of(Signal::resp_device, device, model::Verdict::used);
    e.compared = room_air;
    e.compared_unit = model::Unit::percent;
    out.evidence.push_back(e);
    return out;
}

// Per cent from a flow: the step that holds it, plus its rise for each further litre.
std::optional<Ratio> from_flow(FlowTable const& table, Ratio const& flow, bool& beyond) {
    FlowStep const* step = nullptr;
    for (auto const& s : table.steps)
        if (flow >= s.from) step = &s;
    if (step == nullptr) return std::nullopt;
    beyond = step->beyond;
    const auto above = model::sum(flow, model::ratio(model::Decimal{-step->from.mantissa, step->from.scale}));
    const auto rise = above ? model::scaled(*above, step->per_litre, model::Decimal{1, 0}) : std::nullopt;
    return rise ? model::sum(*rise, model::ratio(step->percent)) : std::nullopt;
}

FlowTable const* flow_table(Inquiry const& q, Word device, Estimates estimates) {
    if (estimates == Estimates::by_litre) {
        auto const& t = q.rules.tables.ards_global;
        auto const& all = t.by_litre_devices;
        return std::find(all.begin(), all.end(), device) != all.end() ? &t.by_litre : nullptr;
    }
    auto const& all = q.rules.tables.sofa.flows;
    const auto table =
        std::find_if(all.begin(), all.end(), [device](FlowTable const& f) { return f.device == device; });
    return table == all.end() ? nullptr : &*table;
}

// What was set belongs to the device of `t` when it was said while that was connected: of equal settings within half an
// hour also when the last of them was.
bool of_same_device(Inquiry const& q, Signal signal, Sample const& set, EventTime t) {
    if (same_device(q, set.time, t)) return true;
    constexpr auto kind = model::SignalKind::setting;
    constexpr model::Duration within_slot{model::span_ms(kind)};
    if (core::entry(q.rules, signal).kind != kind) return false;
    auto last = set.time;
    // Between the first and the last of a run none need stand.
    for (auto const& s : q.timeline.range(signal, set.time, std::min(q.at, set.time + within_slot))) {
        if (!same_meaning(s, set) || slot_of(kind, s.time) != slot_of(kind, set.time)) break;
        last = s.time;
    }
    return last > set.time && same_device(q, std::min(last, t), std::max(last, t));
}

// What was told on a device that nobody could read may be of the one charted next.
std::optional<Sample> unread_device(Inquiry const& q, Sample const& told) {
    const auto device = device_charted(q, told.time);
    return device && is_unreadable(*device) ? device : std::nullopt;
}
// Not known, as another device is connected than when it was told.
Inspired of_other_device(Inquiry const& q, Sample const& told, Reason why) {
    const auto unread = unread_device(q, told);
    return unread ? refused_by(q, Signal::resp_device, *unread, Reason::unreadable) : refused(q, why);
}

// From a flow told at `since` or later.
Inspired estimated(Inquiry const& q, EventTime t, std::optional<Sample> const& device, Estimates estimates,
                   EventTime since) {
    auto const& sofa = q.rules.tables.sofa;
    const auto flow = q.timeline.latest(Signal::o2_flow, t, sofa.pair_within);
    if (!flow || flow->time < since) return refused(q, Reason::no_fio2);
    if (!of_same_device(q, Signal::o2_flow, *flow, t)) return of_other_device(q, *flow, Reason::no_fio2);
    if (is_unreadable(*flow)) return refused_by(q, Signal::o2_flow, *flow, Reason::unreadable);
    if (flow->comparator != model::Comparator::exactly)
        return refused_by(q, Signal::o2_flow, *flow, Reason::comparator);
    // A device that nobody charted is taken for the plainest one; the estimate is flagged either way.
    const auto kind = device ? device->word : Word::nasal_cannula;
    auto const* table = flow_table(q, kind, estimates);
    const auto litres = core::canonical(q.rules, Signal::o2_flow, flow->value, flow->unit);
    if (table == nullptr || !litres) return refused(q, Reason::no_fio2);
    Inspired out;
    out.percent = from_flow(*table, *litres, out.beyond);
    if (!out.percent) return refused(q, Reason::no_fio2);
    out.estimated = true;
    if (!wants_evidence(q)) return out;
    auto e = evidence_of(Signal::o2_flow, *flow, model::Verdict::substituted, Reason::fio2_estimated);
    e.compared = model::round_half_up(*out.percent, 1);
    e.compared_unit = model::Unit::percent;
    out.evidence.push_back(e);
    return out;
}

// P/F is not below PaO2.
bool is_harmless(Inquiry const& q, Gas const& gas) {
    const auto sign = gas.sample.comparator;
    if (sign != model::Comparator::greater && sign != model::Comparator::greater_equal) return false;
    const auto pao2 = core::canonical(q.rules, gas.signal, gas.sample.value, gas.sample.unit);
    return pao2 && *pao2 >= without_points;
}

// Below 40 mm[Hg] with a saturation that the oximeter contradicts by more than ten: venous blood (scores.md 13.3).
bool looks_venous(Inquiry const& q, Sample const& gas, Ratio const& pao2) {
    if (pao2 >= model::Decimal{40, 0}) return false;
    const auto sa = q.timeline.latest(Signal::sao2, gas.time, same_specimen);
    const auto sp = q.timeline.latest(Signal::spo2, gas.time, model::minutes(15));
    if (!sa || !sp) return false;
    const auto a = core::canonical(q.rules, Signal::sao2, sa->value, sa->unit),
               p = core::canonical(q.rules, Signal::spo2, sp->value, sp->unit);
    const auto limit = a ? model::sum(*a, model::ratio(model::Decimal{10, 0})) : std::nullopt;
    return limit && p && *p > *limit;
}

// PaO2 <= FiO2 * (Pb - 47) - PaCO2 / 0.8 + 10; without a PaCO2 its term is left out, which refuses less.
bool plausible(Inquiry const& q, Sample const& gas, Ratio const& pao2, Ratio const& percent) {
    auto pressure = model::ratio(q.rules.tables.berlin.sea_level);
    if (const auto pb = q.timeline.latest(Signal::barometric_pressure, gas.time, {}))
        if (const auto v = core::canonical(q.rules, Signal::barometric_pressure, pb->value, pb->unit)) pressure = *v;
    const auto dry = model::sum(pressure, model::ratio(model::Decimal{-47, 0}));
    if (!dry) return true;
    auto limit = std::optional<Ratio>{Ratio{dry->num * percent.num, dry->den * percent.den * 100}};
    limit = model::sum(*limit, model::ratio(model::Decimal{10, 0}));
    for (auto signal : {Signal::paco2, Signal::pco2_untyped}) {
        const auto co2 = q.timeline.latest(signal, gas.time, same_specimen);
        if (!co2 || co2->comparator != model::Comparator::exactly || co2->time != gas.time) continue;
        const auto v = core::canonical(q.rules, signal, co2->value, co2->unit);
        const auto term = v ? model::scaled(*v, model::Decimal{-10, 0}, model::Decimal{8, 0}) : std::nullopt;
        if (limit && term) limit = model::sum(*limit, *term);
        break;
    }
    return !limit || pao2 <= *limit;
}

// The analyser's own P/F that is nearest to the gas, by whole minutes; of two as near the one before it.
std::optional<Sample> device_pf_near(Inquiry const& q, EventTime gas) {
    const auto near = q.rules.tables.sofa.device_pf_near;
    const auto first = model::minute_of(gas - near), last = model::minute_of(gas + near);
    std::optional<Sample> nearest;
    auto away = std::numeric_limits<std::int64_t>::max();
    q.timeline.minutes(Signal::pf_device, model::start_of_minute(first) - model::Duration{1},
                       std::min(q.at, model::start_of_minute(last + 1)), [&](model::Minute const& m) {
                           const auto so_far = m.time > gas ? (m.time - gas).ms : (gas - m.time).ms;
                           if (m.valid == 0 || m.minute > last || so_far >= away) return;
                           nearest = m.sample();
                           away = so_far;
                       });
    return nearest;
}

// An analyser's own P/F that contradicts that of the gas and its oxygen.
std::optional<Sample> contradicting(Inquiry const& q, EventTime gas, Ratio const& pf) {
    const auto device = device_pf_near(q, gas);
    if (!device || device->is_word || device->comparator != model::Comparator::exactly) return std::nullopt;
    const auto told = core::canonical(q.rules, Signal::pf_device, device->value, device->unit);
    const auto margin = model::scaled(pf, q.rules.tables.sofa.device_pf_apart, model::Decimal{100, 0});
    const auto most = margin ? model::sum(pf, *margin) : std::nullopt,
               least = margin ? model::sum(pf, Ratio{-margin->num, margin->den}) : std::nullopt;
    if (!told || !most || !least || (*told >= *least && *told <= *most)) return std::nullopt;
    return device;
}

bool agree(Inquiry const& q, Sample const& measured, Sample const& set) {
    const auto m = core::canonical(q.rules, Signal::fio2, measured.value, measured.unit),
               s = core::canonical(q.rules, Signal::fio2_set, set.value, set.unit);
    const auto apart = m && s ? model::sum(*m, Ratio{-s->num, s->den}) : std::nullopt;
    return apart && *apart <= sensor_tolerance && Ratio{-apart->num, apart->den} <= sensor_tolerance;
}

} // namespace

std::optional<Sample> attestation_of_gas(Inquiry const& q, EventTime t) {
    std::optional<Sample> found;
    std::int64_t nearest = attestation_reach.ms + 1;
    for (auto const& a : q.timeline.range(Signal::arterial_gas, beginning, t + attestation_reach)) {
        const bool covers = a.until && a.time <= t && t < *a.until;
        const auto away = covers ? 0 : t < a.time ? (a.time - t).ms : (t - a.time).ms;
        if (!a.is_word || away > nearest || away > attestation_reach.ms) continue;
        found = a;
        nearest = away;
    }
    return found;
}

std::optional<ToldFraction> fraction_told(Inquiry const& q, EventTime t, model::Duration within) {
    auto measured = q.timeline.latest(Signal::fio2, t, within);
    const auto set = q.timeline.latest(Signal::fio2_set, t, within),
               unread = q.timeline.latest(Signal::fio2_unreadable, t, within);
    if (measured && unread && measured->time < unread->time) {
        // Where it had shown before that something else is given than was set, neither is known.
        if (set && measured->time > set->time && !agree(q, *measured, *set)) return ToldFraction{Signal::fio2, *unread};
        measured.reset();
    }
    if (set && (!measured || set->time > measured->time)) return ToldFraction{Signal::fio2_set, *set};
    if (measured) return ToldFraction{Signal::fio2, *measured};
    return unread ? std::optional{ToldFraction{Signal::fio2, *unread}} : std::nullopt;
}

Inspired inspired_at(Inquiry const& q, EventTime t, Estimates estimates) {
    const auto device = device_charted(q, t);
    const bool device_recent = device && t - device->time <= q.rules.tables.sofa.support_charted;
    const auto told = fraction_told(q, t, q.rules.tables.sofa.pair_within);
    if (device_recent && device->word == Word::room_air && (!told || told->sample.time < device->time))
        return in_room_air(q, *device);
    const bool unreadable = told && is_unreadable(told->sample);
    const bool exact = told && !unreadable && told->sample.comparator == model::Comparator::exactly;
    if (exact && of_same_device(q, told->signal, told->sample, t)) return breathed(q, told->sample, told->signal);
    // What was told on another device says nothing of one that nobody can read, and nor does a flow.
    if (device && is_unreadable(*device) && (!told || exact))
        return refused_by(q, Signal::resp_device, *device, Reason::unreadable);
    auto out = !told        ? refused(q, Reason::no_fio2)
               : unreadable ? refused_by(q, told->signal, told->sample, Reason::unreadable)
               : exact      ? of_other_device(q, told->sample, Reason::device_changed)
                            : refused_by(q, told->signal, told->sample, Reason::comparator);
    if (estimates == Estimates::none || (device && (is_unreadable(*device) || !device_recent))) return out;
    auto by_flow = estimated(q, t, device, estimates, unreadable ? told->sample.time : beginning);
    const bool of_now = out.why_not == Reason::no_fio2 || out.why_not == Reason::device_changed;
    return by_flow.percent || (of_now && by_flow.why_not != Reason::no_fio2) ? by_flow : out;
}

std::vector<Gas> gases(Inquiry const& q, EventTime after, EventTime to, Analyte of) {
    std::vector<Gas> out;
    for (auto signal : {of.arterial, of.untyped})
        for (auto const& s : q.timeline.range(signal, after, to)) {
            Gas g{signal, s, attestation_of_gas(q, s.time), Reason::none};
            // Of an arterial gas that was drawn beside it somebody's word says nothing of a venous one.
            const bool venous = signal == of.untyped && s.specimen == model::Specimen::venous;
            const bool arterial = g.attested ? g.attested->word == Word::arterial && !venous : signal == of.arterial;
            if (!arterial)
                g.why_not = Reason::not_arterial;
            else if (s.comparator != model::Comparator::exactly)
                g.why_not = Reason::comparator;
            out.push_back(g);
        }
    std::stable_sort(out.begin(), out.end(), [](Gas const& a, Gas const& b) { return a.sample.time < b.sample.time; });
    return out;
}

Pair pair_with_oxygen(Inquiry const& q, Gas const& gas, std::span<Word const> support, Estimates estimates) {
    Pair p{gas, {}, {}, {}, {}, {}, gas.why_not, is_harmless(q, gas)};
    if (p.why_not != Reason::none) return p;
    p.pao2 = core::canonical(q.rules, gas.signal, gas.sample.value, gas.sample.unit);
    if (!p.pao2) {
        p.why_not = Reason::overflow;
        return p;
    }
    if (looks_venous(q, gas.sample, *p.pao2)) {
        p.why_not = Reason::not_arterial;
        return p;
    }
    p.inspired = inspired_at(q, gas.sample.time, estimates);
    if (!p.inspired.percent) {
        p.why_not = p.inspired.why_not;
        return p;
    }
    if (!plausible(q, gas.sample, *p.pao2, *p.inspired.percent)) {
        p.why_not = Reason::implausible_pair;
        return p;
    }
    const auto scaled = model::scaled(*p.pao2, model::Decimal{100, 0}, model::Decimal{1, 0});
    p.pf = scaled ? model::quotient(*scaled, *p.inspired.percent) : std::nullopt;
    if (!p.pf) p.why_not = Reason::overflow;
    if (p.pf) p.device_pf = contradicting(q, gas.sample.time, *p.pf);
    p.support = support_at(q, gas.sample.time, support);
    return p;
}

void append_evidence(model::ScorePart& part, Pair const& pair) {
    auto e = evidence_of(pair.gas.signal, pair.gas.sample, model::Verdict::used);
    if (pair.pf) e.compared = model::round_half_up(*pair.pf, 1);
    e.compared_unit = model::Unit::mmHg;
    part.evidence.push_back(e);
    part.evidence.insert(part.evidence.end(), pair.inspired.evidence.begin(), pair.inspired.evidence.end());
    part.evidence.insert(part.evidence.end(), pair.support.evidence.begin(), pair.support.evidence.end());
    if (pair.gas.attested)
        part.evidence.push_back(evidence_of(Signal::arterial_gas, *pair.gas.attested, model::Verdict::used));
    if (pair.device_pf) {
        part.evidence.push_back(
            evidence_of(Signal::pf_device, *pair.device_pf, model::Verdict::refused, Reason::conflict));
        add_flag(part, model::Flag::device_pf_disagrees);
    }
    if (pair.inspired.estimated) add_flag(part, model::Flag::fio2_estimated);
    if (pair.support.positive_pressure == Known::unknown) add_flag(part, model::Flag::support_unknown);
}

void flag_refused(model::ScorePart& part, Pair const& pair) {
    if (pair.why_not == Reason::implausible_pair) add_flag(part, model::Flag::pair_implausible);
    if (pair.why_not == Reason::unreadable) add_flag(part, model::Flag::unreadable);
    if (pair.why_not == Reason::comparator && !pair.harmless) add_flag(part, model::Flag::comparator_bound);
}

void append_refused(model::ScorePart& part, Pair const& pair) {
    flag_refused(part, pair);
    part.evidence.push_back(evidence_of(pair.gas.signal, pair.gas.sample, model::Verdict::refused, pair.why_not));
    if (pair.why_not == Reason::unreadable || pair.inspired.why_not == Reason::comparator)
        part.evidence.insert(part.evidence.end(), pair.inspired.evidence.begin(), pair.inspired.evidence.end());
}

bool may_be_worse(model::ScorePart const& refused) {
    return refused.flags.has(model::Flag::unreadable) || refused.flags.has(model::Flag::comparator_bound);
}

void append_unjudged(model::ScorePart& part, Pair const& pair) {
    if (pair.why_not != Reason::not_arterial || pair.gas.signal == Signal::pao2) append_refused(part, pair);
}

model::Evidence unusable_saturation(Inquiry& q, Estimates estimates) {
    auto e = missing_or_stale(q, Signal::spo2);
    if (e.verdict != model::Verdict::refused || e.reason != Reason::coverage) return e;
    const auto inspired = inspired_at(q, *e.time, estimates);
    if (!inspired.percent) e.reason = inspired.why_not;
    return e;
}

} // namespace vigil::scores
