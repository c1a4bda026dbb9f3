// ARDS by the Global definition, 2023 (doi 10.1164/rccm.202303-0558WS; scores.md 5.3, 5.9). Two parts, as of Berlin:
// `oxygenation`, which devices can tell, and `ards`, which also needs what only a person can attest. The category is
// that of the support at the time of the gas or saturation; only the intubated have a severity. The newest that can be
// judged decides, for `gas_max_age`; the product `day` takes the worst of its bin.

#include "core/scores/ards_criteria.hpp"
#include "core/scores/bands.hpp"
#include "core/scores/lung_formulas.hpp"
#include "core/scores/lungs.hpp"
#include "core/scores/saturation.hpp"

#include <array>
#include <utility>

namespace vigil::scores {

using model::EventTime;
using model::Evidence;
using model::Flag;
using model::Label;
using model::Part;
using model::Ratio;
using model::Reason;
using model::Signal;
using model::Verdict;
using model::Word;

namespace {

constexpr std::array signals = {
    Signal::pao2,
    Signal::po2_untyped,
    Signal::arterial_gas,
    Signal::paco2,
    Signal::pco2_untyped,
    Signal::sao2,
    Signal::spo2,
    Signal::pi,
    Signal::fio2,
    Signal::fio2_set,
    Signal::fio2_unreadable,
    Signal::o2_flow,
    Signal::resp_device,
    Signal::vent_mode,
    Signal::peep,
    Signal::peep_set,
    Signal::rr_set,
    Signal::vt_set,
    Signal::barometric_pressure,
    Signal::pf_device,
    Signal::ecls,
    Signal::ards_imaging,
    Signal::ards_origin,
    Signal::ards_onset,
};

// A gas or a saturation, and what it comes to.
struct Judged {
    Met met;
    std::vector<Evidence> evidence; // the reading itself first
    model::Flags flags;
};

constexpr Label meets[] = {Label::none, Label::meets_mild, Label::meets_moderate, Label::meets_severe};
constexpr Label classes[] = {Label::none, Label::mild, Label::moderate, Label::severe};

GlobalPolicy const& policy_of_global(Inquiry const& q) {
    auto const& all = q.rules.tables.ards_global.policies;
    return all[q.key.policy < all.size() ? q.key.policy : 0U];
}

// Without a tube oxygenation is met or not.
void meet(Judged& j, Label oxygenation, Label name) {
    j.met.oxygenation = oxygenation;
    j.met.name = name;
    j.met.severity = 1;
}
void meet_none(Judged& j) { j.met.oxygenation = j.met.name = Label::none; }

Known flow_met(Inquiry const& q, Judged& j) {
    auto const& t = q.rules.tables.ards_global;
    const auto s = q.timeline.latest(Signal::o2_flow, j.met.time, q.rules.tables.sofa.pair_within);
    const bool usable =
        s && !s->is_word && s->comparator == model::Comparator::exactly && same_device(q, s->time, j.met.time);
    const auto litres = usable ? core::canonical(q.rules, Signal::o2_flow, s->value, s->unit) : std::nullopt;
    if (!litres) {
        j.flags.add(Flag::flow_unknown);
        j.evidence.push_back(missing(Signal::o2_flow, Reason::stale));
        return Known::unknown;
    }
    j.evidence.push_back(evidence_of(Signal::o2_flow, *s, Verdict::used));
    return *litres >= t.flow_min ? Known::yes : Known::no;
}

// Of a mask or high flow: enough of it.
Known enough_support(Inquiry const& q, Support const& support, Judged& j) {
    if (support.device == Word::hfno) return flow_met(q, j);
    if (support.positive_pressure == Known::unknown) {
        j.flags.add(Flag::support_unknown);
        return Known::unknown;
    }
    if (support.positive_pressure == Known::no) return Known::no;
    return pressure_met(q, j.met.time, q.rules.tables.ards_global.peep_min, j.evidence);
}

// `severity` by the ratio alone. False: only the other kind of ratio can tell.
bool classify(Inquiry const& q, Support const& support, std::int32_t severity, bool from_saturation, Judged& j) {
    if (severity == 0) {
        meet_none(j);
        return true;
    }
    if (support.invasive == Known::yes) {
        j.met.oxygenation = meets[severity];
        j.met.name = classes[severity];
        j.met.severity = severity;
        if (pressure_met(q, j.met.time, q.rules.tables.berlin.peep_min, j.evidence) == Known::yes)
            j.flags.add(Flag::berlin_peep_met);
        return true;
    }
    const auto enough = enough_support(q, support, j);
    if (enough == Known::yes) {
        meet(j, Label::meets_non_intubated, Label::non_intubated);
    } else if (policy_of_global(q).resource_limited) {
        if (!from_saturation) return false;
        meet(j, Label::meets_resource_limited, Label::resource_limited);
    } else if (enough == Known::no) {
        meet_none(j);
        j.flags.add(Flag::support_not_met);
    }
    return true;
}

// One that cannot be judged is listed in `unjudged`.
std::optional<Judged> judge(Inquiry const& q, Gas const& gas, model::ScorePart* unjudged = nullptr) {
    const auto pair = pair_with_oxygen(q, gas, pressure_devices, Estimates::by_litre);
    if (!pair.pf) {
        if (unjudged != nullptr) append_unjudged(*unjudged, pair);
        return std::nullopt;
    }
    Judged j;
    j.met.time = gas.sample.time;
    model::ScorePart told;
    append_evidence(told, pair);
    j.evidence = std::move(told.evidence);
    if (pair.inspired.estimated) j.flags.add(Flag::fio2_estimated);
    if (pair.device_pf) j.flags.add(Flag::device_pf_disagrees);
    auto pf = *pair.pf;
    if (auto corrected = corrected_for_altitude(q, j.met.time, pf)) {
        pf = corrected->pf;
        j.flags.add(Flag::altitude_corrected);
        j.evidence.front().compared = model::round_half_up(pf, 1);
        j.evidence.push_back(corrected->by);
    }
    if (!classify(q, pair.support, points_at(q.rules.tables.ards_global.pf, pf), false, j)) return std::nullopt;
    return j;
}

std::optional<Judged> judge(Inquiry const& q, Saturation const& s) {
    const auto ratio = saturation_ratio(s.percent, *s.inspired.percent);
    if (!ratio) return std::nullopt;
    Judged j;
    j.met.time = s.sample.time;
    auto e = evidence_of(Signal::spo2, s.sample, Verdict::substituted);
    e.compared = model::round_half_up(*ratio, 1);
    e.compared_unit = model::Unit::percent;
    j.evidence.push_back(e);
    j.evidence.insert(j.evidence.end(), s.inspired.evidence.begin(), s.inspired.evidence.end());
    j.evidence.insert(j.evidence.end(), s.support.evidence.begin(), s.support.evidence.end());
    j.flags.add(Flag::surrogate);
    if (s.inspired.estimated) j.flags.add(Flag::fio2_estimated);
    if (s.sample.suspect) j.flags.add(Flag::extreme_verify);
    classify(q, s.support, points_at(q.rules.tables.ards_global.sf, *ratio), true, j);
    return j;
}

// What decides, of all that was judged; and whether a saturation was too high to say anything.
class Choice {
public:
    Choice(Inquiry& q, EventTime after, bool worst, bool on_circuit)
        : q_{q},
          after_{after},
          worst_{worst},
          on_circuit_{on_circuit} {}

    void gases_up_to(EventTime to) {
        const auto near = q_.rules.tables.ards_global.gas_near;
        const auto all = gases(q_, after_ - near, to);
        for (auto g = all.rbegin(); g != all.rend(); ++g) {
            if (!counts(g->sample.time)) continue;
            const bool listed = g->sample.time > after_ && (worst_ || !best);
            auto j = judge(q_, *g, listed ? &unjudged : nullptr);
            if (!j) continue;
            valid_.push_back(g->sample.time);
            if (g->sample.time > after_) take(std::move(*j));
        }
    }
    void saturations(std::vector<Saturation const*> const& all) {
        for (auto s = all.rbegin(); s != all.rend(); ++s) {
            const auto t = (*s)->sample.time;
            if (t <= after_ || !counts(t)) continue;
            if ((*s)->percent > q_.rules.tables.ards_global.saturation_most) {
                too_high = **s;
                continue;
            }
            if (!worst_ && best && best->met.time >= t && best->met.oxygenation != Label::unknown) return;
            if (gas_near(t)) continue;
            if (auto j = judge(q_, **s)) take(std::move(*j));
        }
    }

    std::optional<Judged> best;
    std::optional<Saturation> too_high;
    model::ScorePart unjudged; // gases; of what is not a day's those that are newer than any that can be judged

private:
    bool counts(EventTime t) const { return on_circuit_ || !ecls_at(q_, t); }
    bool gas_near(EventTime t) const {
        const auto near = q_.rules.tables.ards_global.gas_near;
        return std::any_of(valid_.begin(), valid_.end(), [&](EventTime g) { return t - g <= near && g - t <= near; });
    }
    void take(Judged&& j) {
        if (best && !better(j)) return;
        best = std::move(j);
    }
    // The newest that can be judged, a gas before a saturation; of a day the worst, and what nobody can tell may have
    // been worse than none.
    bool better(Judged const& j) const {
        if (worst_ && j.met.severity != best->met.severity) return j.met.severity > best->met.severity;
        const bool known = j.met.oxygenation != Label::unknown, was = best->met.oxygenation != Label::unknown;
        return known != was ? known != worst_ : j.met.time > best->met.time;
    }

    Inquiry& q_;
    EventTime after_;
    bool worst_, on_circuit_;
    std::vector<EventTime> valid_;
};

Choice choose(Inquiry& q, EventTime after, bool worst, bool on_circuit) {
    Choice c{q, after, worst, on_circuit};
    c.gases_up_to(q.at);
    QuarterHours all;
    quarter_hours(q, {pressure_devices, [](Inquiry const&, Saturation&) {}, Estimates::by_litre}, all);
    std::vector<Saturation const*> seen;
    all.each([&](Saturation const& s) { seen.push_back(&s); });
    c.saturations(seen);
    return c;
}

bool met_between(Inquiry& q, EventTime after, EventTime to) {
    const auto all = gases(q, after, to);
    return std::any_of(all.begin(), all.end(), [&](Gas const& g) {
        const auto j = judge(q, g);
        return j && j->met.severity > 0;
    });
}

// The last gas before the circuit. Saturations are not kept for as long as a circuit can run.
std::optional<FrozenClass> frozen_at(Inquiry& q, LastCircuit const& c, Onset const& onset) {
    Choice before{q, c.sample.time - q.rules.tables.ards_global.gas_max_age, false, false};
    before.gases_up_to(c.sample.time);
    if (!before.best) return std::nullopt;
    auto e = before.best->evidence.front();
    e.reason = Reason::ecls;
    return FrozenClass{before.best->met.severity, e, class_of(q, before.best->met, onset).evidence};
}

void global(Inquiry& q, std::span<model::ScorePart> parts) {
    auto const& t = q.rules.tables.ards_global;
    const bool day = q.key.product == model::Product::day;
    const Onset onset{t.onset_within, met_between, true};
    const auto circuit = last_circuit(q);
    const auto after = day ? q.after : q.at - t.gas_max_age - model::Duration{1};
    const auto decided = choose(q, after, day, circuit && !circuit->ended);
    auto const& best = decided.best;
    auto oxygenation = labelled(Part::oxygenation, best ? best->met.oxygenation : Label::unknown);
    if (best) {
        for (const auto flag : best->flags) add_flag(oxygenation, flag);
        oxygenation.evidence = best->evidence;
        if (!day) q.outlives(best->met.time, t.gas_max_age);
    } else if (decided.too_high) {
        add_flag(oxygenation, Flag::spo2_too_high);
        oxygenation.evidence.push_back(
            evidence_of(Signal::spo2, decided.too_high->sample, Verdict::refused, Reason::too_high));
    }
    list_unjudged(q, decided.unjudged, t.gas_max_age, oxygenation);
    if (q.unexplained(oxygenation)) oxygenation.evidence.push_back(missing_or_stale(q, Signal::pao2));
    auto ards = class_of(q, best ? std::optional{best->met} : std::nullopt, onset);
    if (circuit) freeze(q, *circuit, t.frozen_for, frozen_at(q, *circuit, onset), ards, oxygenation);
    if (ards.evidence.empty()) ards.evidence = oxygenation.evidence;
    parts[0] = std::move(ards);
    parts[1] = std::move(oxygenation);
}

constexpr std::array parts_shown = {Part::ards, Part::oxygenation};
constexpr std::array components = {Component{global, 0, 2}};

} // namespace

constinit const Definition ards_global_definition{
    model::ScoreId::ards_global, parts_shown, components, nullptr, signals, edition_of<&Tables::ards_global>};

} // namespace vigil::scores
