#include "core/scores/ards.hpp"

#include "core/scores/ards_criteria.hpp"
#include "core/scores/bands.hpp"
#include "core/scores/oxygen.hpp"

#include <array>

namespace vigil::scores {

using model::EventTime;
using model::Evidence;
using model::Flag;
using model::Label;
using model::Part;
using model::Reason;
using model::Signal;
using model::Verdict;

namespace {

constexpr std::array signals = {
    Signal::pao2,         Signal::po2_untyped,
    Signal::arterial_gas, Signal::paco2,
    Signal::pco2_untyped, Signal::sao2,
    Signal::spo2,         Signal::fio2,
    Signal::fio2_set,     Signal::fio2_unreadable,
    Signal::o2_flow,      Signal::resp_device,
    Signal::vent_mode,    Signal::peep,
    Signal::peep_set,     Signal::rr_set,
    Signal::vt_set,       Signal::barometric_pressure,
    Signal::pf_device,    Signal::ecls,
    Signal::ards_imaging, Signal::ards_origin,
    Signal::ards_onset,
};

struct Judged {
    Pair pair;
    Label label = Label::unknown;   // none, meets_*, unknown
    std::int32_t severity = 0;      // 0..3
    std::optional<model::Ratio> pf; // corrected for altitude
    std::vector<Evidence> evidence; // pressure
    model::Flags flags;
};

constexpr Label meets[] = {Label::none, Label::meets_mild, Label::meets_moderate, Label::meets_severe};
constexpr Label classes[] = {Label::none, Label::mild, Label::moderate, Label::severe};

void correct_for_altitude(Inquiry const& q, Judged& j) {
    const auto corrected = corrected_for_altitude(q, j.pair.gas.sample.time, *j.pf);
    if (!corrected) return;
    j.pf = corrected->pf;
    j.flags.add(Flag::altitude_corrected);
    j.evidence.push_back(corrected->by);
}

void classify(Inquiry const& q, Judged& j) {
    auto const& t = q.rules.tables.berlin;
    auto const& policy = t.policies[q.key.policy < t.policies.size() ? q.key.policy : 0U];
    const auto severity = points_at(t.pf, *j.pf);
    if (severity == 0) {
        j.label = Label::none;
        return;
    }
    const auto& support = j.pair.support;
    if (support.positive_pressure == Known::unknown) {
        j.flags.add(Flag::support_unknown);
        return;
    }
    const auto pressure = support.positive_pressure == Known::no
                              ? Known::no
                              : pressure_met(q, j.pair.gas.sample.time, t.peep_min, j.evidence);
    if (pressure == Known::unknown) return;
    if (pressure == Known::no) {
        j.label = Label::none;
        j.flags.add(Flag::pressure_not_met);
        return;
    }
    j.severity = severity;
    if (support.invasive == Known::no) {
        j.flags.add(Flag::noninvasive);
        if (severity > 1) j.flags.add(Flag::pf_in_moderate_or_severe_range);
        if (policy.niv_cap_mild) j.severity = 1;
    }
    j.label = meets[j.severity];
}

// One that cannot be judged is listed in `refused`.
std::optional<Judged> judge(Inquiry const& q, Gas const& gas, model::ScorePart* refused = nullptr) {
    Judged j;
    j.pair = pair_with_oxygen(q, gas, pressure_devices);
    if (!j.pair.pf) {
        if (refused != nullptr) append_unjudged(*refused, j.pair);
        return std::nullopt;
    }
    j.pf = j.pair.pf;
    correct_for_altitude(q, j);
    classify(q, j);
    return j;
}

// Of a day the worst. What nobody can tell may have been worse than none.
bool replaces(Judged const& j, Judged const& best) {
    if (j.severity != best.severity) return j.severity > best.severity;
    return best.label == Label::none && j.label == Label::unknown;
}

// The gas that decides: the newest that can be judged; for the product `day` the worst.
std::optional<Judged> deciding(Inquiry const& q, EventTime after, EventTime to, bool worst, bool on_circuit,
                               model::ScorePart* refused = nullptr) {
    std::optional<Judged> best;
    const auto all = gases(q, after, to);
    for (auto g = all.rbegin(); g != all.rend(); ++g) {
        if (!on_circuit && ecls_at(q, g->sample.time)) continue;
        auto j = judge(q, *g, refused);
        if (!j) continue;
        if (!worst) return j;
        if (!best || replaces(*j, *best)) best = std::move(j);
    }
    return best;
}

void append(model::ScorePart& part, Judged const& j) {
    append_evidence(part, j.pair);
    if (j.pf) part.evidence.front().compared = model::round_half_up(*j.pf, 1);
    part.evidence.insert(part.evidence.end(), j.evidence.begin(), j.evidence.end());
    for (auto f : j.flags) add_flag(part, f);
}

bool met_between(Inquiry& q, EventTime after, EventTime to) {
    for (auto const& g : gases(q, after, to)) {
        const auto j = judge(q, g);
        if (j && j->severity > 0) return true;
    }
    return false;
}

model::ScorePart class_of(Inquiry& q, std::optional<Judged> const& j) {
    const Onset onset{q.rules.tables.berlin.onset_within, met_between};
    if (!j) return class_of(q, std::optional<Met>{}, onset);
    return class_of(q, Met{j->pair.gas.sample.time, j->label, classes[j->severity], j->severity}, onset);
}

// The last gas before the circuit.
std::optional<FrozenClass> frozen_at(Inquiry& q, LastCircuit const& c) {
    const auto before = deciding(q, c.sample.time - q.rules.tables.berlin.gas_max_age, c.sample.time, false, false);
    const auto frozen = class_of(q, before);
    if (!before) return std::nullopt;
    auto e = evidence_of(before->pair.gas.signal, before->pair.gas.sample, Verdict::used, Reason::ecls);
    e.compared = model::round_half_up(*before->pf, 1);
    e.compared_unit = model::Unit::mmHg;
    return FrozenClass{before->severity, e, frozen.evidence};
}

// The class and the oxygenation it rests on.
void berlin(Inquiry& q, std::span<model::ScorePart> parts) {
    auto const& t = q.rules.tables.berlin;
    const bool day = q.key.product == model::Product::day;
    const EventTime after = day ? q.after : q.at - t.gas_max_age - model::Duration{1};
    const auto circuit = last_circuit(q);
    model::ScorePart refused;
    const auto decided = deciding(q, after, q.at, day, circuit && !circuit->ended, &refused);
    auto oxygenation = labelled(Part::oxygenation, decided ? decided->label : Label::unknown);
    if (decided) {
        append(oxygenation, *decided);
        if (!day) q.outlives(decided->pair.gas.sample.time, t.gas_max_age);
    }
    list_unjudged(q, refused, t.gas_max_age, oxygenation);
    if (q.unexplained(oxygenation)) oxygenation.evidence.push_back(missing_or_stale(q, Signal::pao2));
    auto ards = class_of(q, decided);
    if (circuit) freeze(q, *circuit, t.frozen_for, frozen_at(q, *circuit), ards, oxygenation);
    if (ards.evidence.empty()) ards.evidence = oxygenation.evidence;
    parts[0] = std::move(ards);
    parts[1] = std::move(oxygenation);
}

constexpr std::array parts_shown = {Part::ards, Part::oxygenation};
constexpr std::array components = {Component{berlin, 0, 2}};

} // namespace

constinit const Definition ards_definition{model::ScoreId::ards_berlin, parts_shown, components, nullptr, signals,
                                           edition_of<&Tables::berlin>};

} // namespace vigil::scores
