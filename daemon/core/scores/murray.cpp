// Murray's lung injury score (scores.md 5.6): the mean of the components that are known, two of four at least. Each
// component is the worst of the window (product `now`: the newest). The number is given; nothing is triggered by it.

#include "core/scores/ards_criteria.hpp"
#include "core/scores/bands.hpp"
#include "core/scores/laboratory.hpp"
#include "core/scores/lungs.hpp"
#include "core/scores/oxygen.hpp"
#include "core/scores/quantity.hpp"
#include "core/scores/ventilator.hpp"

#include <array>
#include <utility>

namespace vigil::scores {

using model::EventTime;
using model::Flag;
using model::Label;
using model::Part;
using model::PartState;
using model::Reason;
using model::Signal;
using model::Unit;

namespace {

constexpr std::array signals = {
    Signal::cxr_quadrants,
    Signal::pao2,
    Signal::po2_untyped,
    Signal::arterial_gas,
    Signal::paco2,
    Signal::pco2_untyped,
    Signal::sao2,
    Signal::spo2,
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
    Signal::vt,
    Signal::barometric_pressure,
    Signal::pf_device,
    Signal::pplat,
    Signal::peep_total,
    Signal::peep_intrinsic,
    Signal::crs,
    Signal::ecls,
};

constexpr Quantity pf{Part::pf, Unit::mmHg, 1, false};
constexpr Quantity pressure{Part::end_expiratory, Unit::cmH2O, 1, true};
constexpr Quantity compliance{Part::compliance, Unit::mL_per_cmH2O, 1, false};
constexpr Quantity injury{Part::lung_injury, Unit::fraction, 2, true};

BandTable const& bands_of(Inquiry const& q, Part part, Signal signal) {
    return *conventional_column(q.rules.tables.murray.columns, part, signal);
}

// Points by the exact value; the value beside them for print.
model::ScorePart scored(Inquiry const& q, std::optional<Found>&& f, Quantity const& what, Signal signal) {
    auto part = unmeasured(what.part);
    if (!f) return part;
    settle(part, points_at(bands_of(q, what.part, signal), f->value));
    part.value_unit = what.unit;
    tell(q, part, std::move(f), what);
    return part;
}

model::ScorePart opacities(Inquiry& q) {
    return laboratory(q, q.rules.tables.murray.columns, Part::opacities, Signal::cxr_quadrants);
}

model::ScorePart oxygenation(Inquiry& q) {
    std::optional<Found> worst;
    model::ScorePart refused;
    const auto held = q.max_age(Signal::pao2);
    for (auto const& gas : gases(q, q.now() ? q.at - held - model::Duration{1} : q.after, q.at)) {
        const auto t = gas.sample.time;
        if (q.now())
            q.outlives(t, held);
        else
            q.leaves(t);
        const auto pair = pair_with_oxygen(q, gas, pressure_devices);
        if (!pair.pf) {
            append_unjudged(refused, pair);
            continue;
        }
        Found f{*pair.pf, t, ecls_at(q, t).has_value(), {}, {}};
        if (pair.inspired.estimated) f.flags.add(Flag::fio2_estimated);
        if (pair.device_pf) f.flags.add(Flag::device_pf_disagrees);
        model::ScorePart told;
        append_evidence(told, pair);
        f.evidence = std::move(told.evidence);
        keep_worse(worst, std::move(f), pf, q.now());
    }
    auto part = scored(q, std::move(worst), pf, Signal::pao2);
    if (!part.points)
        for (const auto flag : refused.flags) add_flag(part, flag);
    if (q.explain) part.evidence.insert(part.evidence.end(), refused.evidence.begin(), refused.evidence.end());
    if (q.unexplained(part)) part.evidence.push_back(missing_or_stale(q, Signal::pao2));
    return part;
}

Found found(Inquiry const& q, Measured const& m) {
    const auto t = m.sample.time;
    return {m.value, t, ecls_at(q, t).has_value(), {}, {evidence_of(m)}};
}

// Set pressures as they were told; without any in the window measured ones, by the minute and as whole numbers.
std::optional<Found> pressures(Inquiry& q) {
    std::optional<Found> worst;
    for (auto const& s : q.timeline.range(Signal::peep_set, q.after, q.at)) {
        q.leaves(s.time);
        if (s.is_word || s.comparator != model::Comparator::exactly) continue;
        const auto v = core::canonical(q.rules, Signal::peep_set, s.value, s.unit);
        if (v) keep_worse(worst, found(q, {Signal::peep_set, s, *v}), pressure, false);
    }
    if (worst) return worst;
    q.timeline.minutes(Signal::peep, q.after, q.at, [&](model::Minute const& m) {
        if (m.open && m.total > 1) q.due.at(m.end());
        if (m.streaming) return q.due.at(m.end());
        q.leaves(m.time);
        const auto v = m.valid > 0 ? core::canonical(q.rules, Signal::peep, m.value, m.unit) : std::nullopt;
        const auto whole = v ? model::round_half_up(*v, 0) : std::nullopt;
        if (whole) keep_worse(worst, found(q, {Signal::peep, m.sample(), model::ratio(*whole)}), pressure, false);
    });
    return worst;
}

model::ScorePart end_expiratory(Inquiry& q) {
    std::optional<Found> worst;
    if (q.now()) {
        const auto held = q.max_age(Signal::peep_set);
        if (const auto m = applied_peep(q, q.at, held)) {
            q.outlives(m->sample.time, held);
            worst = found(q, *m);
        }
    } else {
        worst = pressures(q);
    }
    auto part = scored(q, std::move(worst), pressure, Signal::peep_set);
    if (q.unexplained(part)) part.evidence.push_back(missing_or_stale(q, Signal::peep_set));
    return part;
}

// What the machine calls compliance, where none can be worked out.
std::optional<Found> reported_compliance(Inquiry& q) {
    std::optional<Found> worst;
    const auto held = q.max_age(Signal::crs);
    q.timeline.minutes(
        Signal::crs, q.now() ? q.at - held - model::Duration{1} : q.after, q.at, [&](model::Minute const& m) {
            if (m.open && m.total > 1) q.due.at(m.end());
            if (m.streaming) return q.due.at(m.end());
            if (q.now())
                q.outlives(m.time, held);
            else
                q.leaves(m.time);
            const auto v = m.valid > 0 ? core::canonical(q.rules, Signal::crs, m.value, m.unit) : std::nullopt;
            if (!v) return;
            auto f = found(q, {Signal::crs, m.sample(), *v});
            f.evidence.front().verdict = model::Verdict::substituted;
            f.flags.add(Flag::compliance_reported);
            keep_worse(worst, std::move(f), compliance, q.now());
        });
    return worst;
}

model::ScorePart yielding(Inquiry& q) {
    const auto stiffest = worst_mechanics(q).stiffest;
    std::optional<Found> worst;
    if (stiffest) worst = found_of(q, *stiffest, *stiffest->compliance, true);
    if (!worst) worst = reported_compliance(q);
    auto part = scored(q, std::move(worst), compliance, Signal::crs);
    if (q.unexplained(part)) part.evidence.push_back(missing_or_stale(q, Signal::pplat));
    return part;
}

model::ScorePart mean_of(Inquiry const& q, std::span<model::ScorePart const> components) {
    auto const& t = q.rules.tables.murray;
    auto part = not_told(injury);
    part.label = Label::unknown;
    std::int32_t sum = 0, known = 0;
    bool carried = false;
    for (auto const& c : components) {
        if (!c.points) {
            ++part.missing;
            continue;
        }
        sum += *c.points;
        ++known;
        carried = carried || c.state == PartState::carried;
    }
    if (known < t.needed) return part;
    const model::Ratio mean{sum, known};
    part.state = carried ? PartState::carried : PartState::valued;
    part.value = model::round_half_up(mean, injury.digits);
    part.label = sum == 0 ? Label::none : mean > t.severe_above ? Label::severe : Label::mild_moderate;
    return part;
}

void murray(Inquiry& q, std::span<model::ScorePart> parts) {
    parts[1] = opacities(q);
    parts[2] = oxygenation(q);
    parts[3] = end_expiratory(q);
    parts[4] = yielding(q);
    parts[0] = mean_of(q, parts.subspan(1));
    const auto circuit = ecls_at(q, q.at);
    if (!circuit) return;
    if (circuit->until) q.due.at(*circuit->until);
    for (auto i : {0U, 2U, 3U, 4U}) add_flag(parts[i], Flag::on_ecls);
}

constexpr std::array parts_shown = {Part::lung_injury, Part::opacities, Part::pf, Part::end_expiratory,
                                    Part::compliance};
constexpr std::array components = {Component{murray, 0, 5}};

} // namespace

constinit const Definition murray_definition{model::ScoreId::murray,      parts_shown, components, nullptr, signals,
                                             edition_of<&Tables::murray>, true};

} // namespace vigil::scores
