// Entry criteria of EOLIA as flags (scores.md 5.7). A condition lasted from the first to the last of the gases that
// show it without a break; gases more than two hours apart do not show that it lasted. Intubated for less than a week,
// since the device was charted. Product `now`: the run that lasts; else any of the window.

#include "core/scores/ards_criteria.hpp"
#include "core/scores/lungs.hpp"
#include "core/scores/oxygen.hpp"
#include "core/scores/ventilator.hpp"

#include <array>
#include <limits>
#include <utility>

namespace vigil::scores {

using model::Duration;
using model::EventTime;
using model::Evidence;
using model::Flag;
using model::Label;
using model::Part;
using model::Signal;
using model::Verdict;
using model::Word;

namespace {

constexpr std::array signals = {
    Signal::pao2,       Signal::po2_untyped,  Signal::arterial_gas,
    Signal::paco2,      Signal::pco2_untyped, Signal::ph,
    Signal::ph_untyped, Signal::sao2,         Signal::spo2,
    Signal::fio2,       Signal::fio2_set,     Signal::fio2_unreadable,
    Signal::o2_flow,    Signal::resp_device,  Signal::vent_mode,
    Signal::peep_set,   Signal::rr_set,       Signal::vt_set,
    Signal::rr_total,   Signal::pplat,        Signal::barometric_pressure,
    Signal::pf_device,  Signal::ecls,
};

constexpr Duration same_specimen = model::minutes(5);

// A gas, and whether it shows the condition.
struct Point {
    EventTime time;
    Known shows = Known::no;
    std::vector<Evidence> evidence;
    model::Flags flags;
};

Known intubated(Inquiry const& q, EventTime t, Known otherwise) {
    if (otherwise == Known::no) return Known::no;
    const auto tube = support_at(q, t, pressure_devices).invasive;
    return tube == Known::yes ? otherwise : tube;
}

// Gases further back than this are not asked for: a run that long is longer than any limit.
Duration lookback(Inquiry const& q) {
    auto const& l = q.rules.tables.eolia.limits;
    return std::max({l.pf50_for, l.pf80_for, l.acidosis_for}) + l.gases_apart + l.gases_apart;
}
EventTime since(Inquiry const& q) {
    const auto from = q.now() ? q.at - q.rules.tables.eolia.limits.gases_apart : q.after;
    return from - lookback(q);
}
void forgets(Inquiry& q, EventTime t) {
    const auto apart = q.rules.tables.eolia.limits.gases_apart;
    if (q.now()) {
        q.outlives(t, apart);
        q.due.at(t + apart + lookback(q));
    } else {
        q.leaves(t);
        q.leaves(t + lookback(q));
    }
}

std::vector<Point> ratios(Inquiry& q, model::Decimal below) {
    std::vector<Point> out;
    for (auto const& gas : gases(q, since(q), q.at)) {
        const auto t = gas.sample.time;
        forgets(q, t);
        if (ecls_at(q, t)) continue;
        const auto pair = pair_with_oxygen(q, gas, pressure_devices);
        if (!pair.pf) {
            // Without its oxygen it may be so: P/F is never below the pressure itself.
            const bool may_be = pair.why_not != model::Reason::not_arterial && pair.pao2 && *pair.pao2 < below;
            if (!may_be) continue;
            model::ScorePart refused;
            append_refused(refused, pair);
            out.push_back({t, intubated(q, t, Known::unknown), std::move(refused.evidence), {}});
            continue;
        }
        model::ScorePart told;
        append_evidence(told, pair);
        out.push_back({t, intubated(q, t, *pair.pf < below ? Known::yes : Known::no), std::move(told.evidence), {}});
        if (pair.device_pf) out.back().flags.add(Flag::device_pf_disagrees);
    }
    return out;
}

// The PaCO2 of the same gas.
Gas const* beside(std::vector<Gas> const& all, EventTime t) {
    Gas const* nearest = nullptr;
    const auto away = [t](Gas const& g) { return g.sample.time > t ? g.sample.time - t : t - g.sample.time; };
    for (auto const& g : all)
        if (g.why_not == model::Reason::none && away(g) <= same_specimen &&
            (nearest == nullptr || away(g) < away(*nearest)))
            nearest = &g;
    return nearest;
}

std::vector<Point> acidoses(Inquiry& q) {
    auto const& l = q.rules.tables.eolia.limits;
    std::vector<Point> out;
    const auto carbon = gases(q, since(q) - same_specimen, q.at, carbon_dioxide);
    for (auto const& gas : gases(q, since(q), q.at, acidity)) {
        const auto t = gas.sample.time;
        forgets(q, t);
        if (gas.why_not != model::Reason::none || ecls_at(q, t)) continue;
        const auto ph = core::canonical(q.rules, gas.signal, gas.sample.value, gas.sample.unit);
        if (!ph) continue;
        Point p{t, Known::no, {evidence_of(gas.signal, gas.sample, Verdict::used)}, {}};
        if (*ph < l.ph) {
            auto const* co2 = beside(carbon, t);
            const auto v = co2 == nullptr ? std::nullopt
                                          : core::canonical(q.rules, co2->signal, co2->sample.value, co2->sample.unit);
            p.shows = intubated(q, t, !v ? Known::unknown : *v >= l.paco2 ? Known::yes : Known::no);
            p.evidence.push_back(v ? evidence_of(co2->signal, co2->sample, Verdict::used) : missing(Signal::paco2));
        }
        out.push_back(std::move(p));
    }
    return out;
}

// Where the run of points that ends with `last` began: shown without a break, and as far as it cannot be excluded.
struct Run {
    std::size_t shown, possible;
};
Run run_to(std::span<Point const> all, std::size_t last, Duration apart) {
    Run r{last, last};
    while (all[last].shows == Known::yes && r.shown > 0 && all[r.shown - 1].shows == Known::yes &&
           all[r.shown].time - all[r.shown - 1].time <= apart)
        --r.shown;
    while (r.possible > 0 && all[r.possible - 1].shows != Known::no) --r.possible;
    return r;
}

// Shorter than a week at `t`; unknown where the tube may be older than what is kept.
Known short_enough(Inquiry& q, EventTime t, std::optional<model::Sample>& start) {
    const auto limit = q.rules.tables.eolia.limits.intubated_below;
    const auto all = q.timeline.range(Signal::resp_device, {std::numeric_limits<std::int64_t>::min()}, t);
    auto s = all.rbegin();
    // A trial without the ventilator, or another ventilator, ends no week with a tube.
    const auto has_tube = [](model::Sample const& x) {
        return x.is_word && (x.word == Word::imv || x.word == Word::home_vent || x.word == Word::trach_collar);
    };
    for (; s != all.rend() && has_tube(*s); ++s) start = *s;
    if (!start) return Known::unknown;
    if (t - start->time >= limit) return Known::no;
    const auto kept = q.rules.retention.keep_whole;
    q.outlives(q.opened, kept);
    if (s != all.rend() && is_unreadable(*s)) return Known::unknown;
    const bool may_be_older = s == all.rend() && q.at - q.opened > kept && t - q.opened >= limit;
    return may_be_older ? Known::unknown : Known::yes;
}

struct Answer {
    Label label = Label::unknown;
    std::optional<std::size_t> last; // of the points: that which decides
    std::size_t first = 0;           // where its run began
    std::optional<model::Sample> tube;
    model::Flags flags;
};

Answer answer_at(Inquiry& q, std::span<Point const> all, std::size_t last, Duration limit) {
    Answer a{Label::no, last, last, {}, {}};
    if (all[last].shows == Known::no) return a;
    const auto run = run_to(all, last, q.rules.tables.eolia.limits.gases_apart);
    const auto lasted = [&](std::size_t from) { return all[last].time - all[from].time > limit; };
    if (!lasted(run.possible)) return a;
    const auto tube = short_enough(q, all[last].time, a.tube);
    if (tube == Known::no) {
        a.flags.add(Flag::intubated_too_long);
        return a;
    }
    const bool shown = lasted(run.shown);
    a.first = shown ? run.shown : run.possible;
    const bool all_show = std::all_of(all.begin() + static_cast<std::ptrdiff_t>(a.first),
                                      all.begin() + static_cast<std::ptrdiff_t>(last) + 1,
                                      [](Point const& p) { return p.shows == Known::yes; });
    if (!shown && all_show) a.flags.add(Flag::gases_too_far_apart);
    if (tube == Known::unknown) a.flags.add(Flag::intubation_unknown);
    a.label = shown && tube == Known::yes ? Label::yes : Label::unknown;
    return a;
}

// The newest gas that says yes; else what is not known; else what the newest gas says.
Answer answer_of(Inquiry& q, std::span<Point const> all, Duration limit) {
    std::optional<Answer> open;
    const auto from = q.now() ? q.at - q.rules.tables.eolia.limits.gases_apart - Duration{1} : q.after;
    for (std::size_t i = all.size(); i-- > 0 && all[i].time > from;) {
        auto a = answer_at(q, all, i, limit);
        if (a.label == Label::yes || q.now()) return a;
        if (!open || (open->label == Label::no && a.label == Label::unknown)) open = std::move(a);
    }
    return open ? *open : Answer{};
}

model::ScorePart told(Inquiry& q, Part name, std::vector<Point> const& all, Answer const& a, Signal asked) {
    auto part = labelled(name, a.label);
    for (const auto flag : a.flags) add_flag(part, flag);
    if (a.last)
        for (const auto flag : all[*a.last].flags) add_flag(part, flag);
    if (!q.explain) return part;
    if (!a.last) {
        part.evidence.push_back(missing_or_stale(q, asked));
        return part;
    }
    part.evidence = all[*a.last].evidence;
    if (a.first != *a.last) part.evidence.push_back(all[a.first].evidence.front());
    if (a.tube) part.evidence.push_back(evidence_of(Signal::resp_device, *a.tube, Verdict::used));
    return part;
}

// Acidosis counts where ventilation was set to prevent it; that is for somebody to see to.
void verify_ventilation(Inquiry& q, EventTime t, model::ScorePart& part) {
    auto const& l = q.rules.tables.eolia.limits;
    const auto age = q.rules.tables.lung.ventilator_within;
    const auto rate = newer_of(measured_at(q, Signal::rr_set, t, age), measured_at(q, Signal::rr_total, t, age));
    const auto plateau = measured_at(q, Signal::pplat, t, age);
    if (!rate || !plateau || rate->value < l.rr_from || plateau->value > l.pplat_most)
        add_flag(part, Flag::ventilation_unverified);
    if (!q.explain) return;
    if (rate) part.evidence.push_back(evidence_of(*rate));
    if (plateau) part.evidence.push_back(evidence_of(*plateau));
}

void on_circuit(Inquiry& q, model::Sample const& circuit, model::ScorePart& part) {
    part = labelled(part.part, Label::on_ecls);
    part.state = model::PartState::not_applicable;
    add_flag(part, Flag::on_ecls);
    if (circuit.until) q.due.at(*circuit.until);
    if (q.explain) part.evidence = {evidence_of(Signal::ecls, circuit, Verdict::used, model::Reason::ecls)};
}

void eolia(Inquiry& q, std::span<model::ScorePart> parts) {
    auto const& l = q.rules.tables.eolia.limits;
    const auto below50 = ratios(q, l.pf50), below80 = ratios(q, l.pf80), acid = acidoses(q);
    const auto acidosis = answer_of(q, acid, l.acidosis_for);
    parts[0] = told(q, Part::pf50, below50, answer_of(q, below50, l.pf50_for), Signal::pao2);
    parts[1] = told(q, Part::pf80, below80, answer_of(q, below80, l.pf80_for), Signal::pao2);
    parts[2] = told(q, Part::acidosis, acid, acidosis, Signal::ph);
    if (acidosis.label == Label::yes) verify_ventilation(q, acid[*acidosis.last].time, parts[2]);
    if (const auto circuit = ecls_at(q, q.at))
        for (auto& p : parts) on_circuit(q, *circuit, p);
}

constexpr std::array parts_shown = {Part::pf50, Part::pf80, Part::acidosis};
constexpr std::array components = {Component{eolia, 0, 3}};

} // namespace

constinit const Definition eolia_definition{model::ScoreId::eolia,     parts_shown, components, nullptr, signals,
                                            edition_of<&Tables::eolia>};

} // namespace vigil::scores
