#include "core/scores/ards.hpp"

#include "core/scores/bands.hpp"
#include "core/scores/oxygen.hpp"

#include <array>
#include <limits>

namespace vigil::scores {

using model::EventTime;
using model::Evidence;
using model::Flag;
using model::Label;
using model::Part;
using model::PartState;
using model::Reason;
using model::Sample;
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
    Signal::fio2,
    Signal::fio2_set,
    Signal::o2_flow,
    Signal::resp_device,
    Signal::vent_mode,
    Signal::peep,
    Signal::peep_set,
    Signal::rr_set,
    Signal::vt_set,
    Signal::barometric_pressure,
    Signal::ecls,
    Signal::ards_imaging,
    Signal::ards_origin,
    Signal::ards_onset,
};

// Positive pressure that Berlin knows; high flow is none.
constexpr std::array pressure_devices = {Word::imv, Word::niv, Word::cpap, Word::home_vent};

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

// P/F * barometric pressure / 760 above 1,000 m.
void correct_for_altitude(Inquiry const& q, Judged& j) {
    auto const& t = q.rules.tables.berlin;
    const auto pb = q.timeline.latest(Signal::barometric_pressure, j.pair.gas.sample.time, {});
    if (!pb || !j.pf) return;
    const auto pressure = core::canonical(q.rules, Signal::barometric_pressure, pb->value, pb->unit);
    if (!pressure || *pressure >= t.altitude_below) return;
    const auto lack = model::quotient(model::ratio(t.sea_level), *pressure);
    const auto corrected = lack ? model::quotient(*j.pf, *lack) : std::nullopt;
    if (!corrected) return;
    j.pf = corrected;
    j.flags.add(Flag::altitude_corrected);
    j.evidence.push_back(evidence_of(Signal::barometric_pressure, *pb, Verdict::used));
}

// Set PEEP decides; measured alone is rounded to a whole; total PEEP never stands in.
Known pressure_met(Inquiry const& q, EventTime t, Judged& j) {
    const auto age = q.rules.tables.sofa.ventilator_fresh;
    for (auto signal : {Signal::peep_set, Signal::peep}) {
        const auto s = q.timeline.latest(signal, t, age);
        if (!s || s->is_word || !same_device(q, s->time, t)) continue;
        auto v = core::canonical(q.rules, signal, s->value, s->unit);
        if (v && signal == Signal::peep) {
            const auto rounded = model::round_half_up(*v, 0);
            v = rounded ? std::optional{model::ratio(*rounded)} : std::nullopt;
        }
        if (!v) continue;
        auto e = evidence_of(signal, *s, Verdict::used);
        e.compared = model::round_half_up(*v, 1);
        e.compared_unit = model::Unit::cmH2O;
        j.evidence.push_back(e);
        return *v >= q.rules.tables.berlin.peep_min ? Known::yes : Known::no;
    }
    j.evidence.push_back(missing(Signal::peep_set, Reason::stale));
    return Known::unknown;
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
    const auto pressure =
        support.positive_pressure == Known::no ? Known::no : pressure_met(q, j.pair.gas.sample.time, j);
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

std::optional<Judged> judge(Inquiry const& q, Gas const& gas) {
    Judged j;
    j.pair = pair_with_oxygen(q, gas, pressure_devices);
    if (!j.pair.pf) return std::nullopt;
    j.pf = j.pair.pf;
    correct_for_altitude(q, j);
    classify(q, j);
    return j;
}

// The gas that decides: the newest that can be judged; for the product `day` the worst.
std::optional<Judged> deciding(Inquiry const& q, EventTime after, EventTime to, bool worst, bool on_circuit) {
    std::optional<Judged> best;
    const auto all = gases(q, after, to);
    for (auto g = all.rbegin(); g != all.rend(); ++g) {
        if (!on_circuit && ecls_at(q, g->sample.time)) continue;
        auto j = judge(q, *g);
        if (!j) continue;
        if (!worst) return j;
        if (!best || j->severity > best->severity || (best->label == Label::unknown && j->label == Label::none))
            best = std::move(j);
    }
    return best;
}

void append(model::ScorePart& part, Judged const& j) {
    append_evidence(part, j.pair);
    if (j.pf) part.evidence.front().compared = model::round_half_up(*j.pf, 1);
    part.evidence.insert(part.evidence.end(), j.evidence.begin(), j.evidence.end());
    for (auto f : j.flags) add_flag(part, f);
}

model::ScorePart labelled(Part name, Label label) {
    model::ScorePart p;
    p.part = name;
    p.label = label;
    p.state = label == Label::unknown ? PartState::not_measured : PartState::valued;
    return p;
}

std::optional<Sample> attested(Inquiry& q, Signal signal) {
    const auto s = q.timeline.latest(signal, q.at, {});
    if (!s || !s->is_word || s->word == Word::unknown || (s->until && *s->until <= q.at)) return std::nullopt;
    if (s->until) q.due.at(*s->until);
    return s;
}

struct Attestations {
    Known all = Known::yes;
    std::vector<Evidence> evidence;
    model::Flags flags;

    void say(Known k, Flag not_met) {
        if (k == Known::no) {
            all = Known::no;
            flags.add(not_met);
        } else if (k == Known::unknown && all == Known::yes) {
            all = Known::unknown;
        }
    }
};

// Oxygenation must first have been met within a week of the insult. Gases older than what is kept cannot be asked.
Known timing_met(Inquiry& q, Sample const& onset, EventTime gas) {
    if (onset.word != Word::known) return Known::no;
    const EventTime last = onset.time + q.rules.tables.berlin.onset_within;
    if (gas < onset.time) return Known::no;
    if (gas <= last) return Known::yes;
    for (auto const& g : gases(q, onset.time - model::Duration{1}, last)) {
        const auto j = judge(q, g);
        if (j && j->severity > 0) return Known::yes;
    }
    const bool forgotten = q.at - q.rules.retention.keep_whole > last && q.opened <= last;
    if (q.opened <= last) q.due.at(last + q.rules.retention.keep_whole + model::Duration{1});
    return forgotten ? Known::unknown : Known::no;
}

Attestations attestations(Inquiry& q, EventTime gas) {
    Attestations a;
    const auto ask_for = [&](Signal signal, Flag not_met, auto met) {
        const auto s = attested(q, signal);
        a.evidence.push_back(s ? evidence_of(signal, *s, Verdict::used) : missing(signal, Reason::none));
        a.say(!s ? Known::unknown : met(*s), not_met);
    };
    ask_for(Signal::ards_imaging, Flag::imaging_not_met,
            [](Sample const& s) { return s.word == Word::bilateral ? Known::yes : Known::no; });
    ask_for(Signal::ards_origin, Flag::origin_not_met,
            [](Sample const& s) { return s.word == Word::not_cardiac ? Known::yes : Known::no; });
    ask_for(Signal::ards_onset, Flag::timing_not_met, [&](Sample const& s) { return timing_met(q, s, gas); });
    return a;
}

model::ScorePart class_of(Inquiry& q, std::optional<Judged> const& j) {
    if (!j || j->label == Label::unknown) return labelled(Part::ards, Label::unknown);
    if (j->severity == 0) return labelled(Part::ards, Label::none);
    const auto a = attestations(q, j->pair.gas.sample.time);
    auto part = labelled(Part::ards, a.all == Known::yes  ? classes[j->severity]
                                     : a.all == Known::no ? Label::none
                                                          : Label::unknown);
    part.evidence = a.evidence;
    for (auto f : a.flags) add_flag(part, f);
    return part;
}

// When the last circuit began, and when it ended if it has (scores.md 5.9).
struct Circuit {
    Sample sample;
    std::optional<EventTime> ended;
};
std::optional<Circuit> last_circuit(Inquiry& q) {
    std::optional<Circuit> c;
    for (auto const& s : q.timeline.range(Signal::ecls, {std::numeric_limits<std::int64_t>::min()}, q.at)) {
        if (!s.is_word) continue;
        const bool ends = s.word == Word::ended || s.word == Word::none;
        if (ends) {
            if (c && !c->ended) c->ended = s.time;
        } else if (!c || c->ended) {
            c = Circuit{s, {}};
        }
        if (!ends && s.until) q.due.at(*s.until);
        if (!ends && s.until && *s.until <= q.at)
            c->ended = *s.until;
        else if (!ends)
            c->ended.reset();
    }
    return c;
}

// On a circuit the class is frozen at the last gas before it; the first gas after it classifies again.
void freeze(Inquiry& q, Circuit const& c, model::ScorePart& ards, model::ScorePart& oxygenation) {
    const auto before = deciding(q, c.sample.time - q.rules.tables.berlin.gas_max_age, c.sample.time, false, false);
    const auto frozen = class_of(q, before);
    const bool reference_ends = c.ended && q.at - *c.ended >= q.rules.tables.berlin.frozen_for;
    if (!c.ended) {
        ards = labelled(Part::ards, Label::on_ecls);
        add_flag(ards, Flag::on_ecls);
        add_flag(oxygenation, Flag::on_ecls);
        ards.evidence.push_back(evidence_of(Signal::ecls, c.sample, Verdict::used, Reason::ecls));
    } else {
        q.due.at(*c.ended + q.rules.tables.berlin.frozen_for);
        if (reference_ends) return;
    }
    if (!before) return;
    add_flag(ards, Flag::frozen_class);
    // How bad it was when it was frozen, whatever could be attested then.
    ards.lower = ards.upper = before->severity;
    auto e = evidence_of(before->pair.gas.signal, before->pair.gas.sample, Verdict::used, Reason::ecls);
    e.compared = model::round_half_up(*before->pf, 1);
    e.compared_unit = model::Unit::mmHg;
    ards.evidence.push_back(e);
    ards.evidence.insert(ards.evidence.end(), frozen.evidence.begin(), frozen.evidence.end());
}

// The class and the oxygenation it rests on.
void berlin(Inquiry& q, std::span<model::ScorePart> parts) {
    auto const& t = q.rules.tables.berlin;
    const bool day = q.key.product == model::Product::day;
    const EventTime after = day ? q.after : q.at - t.gas_max_age - model::Duration{1};
    const auto circuit = last_circuit(q);
    const auto decided = deciding(q, after, q.at, day, circuit && !circuit->ended);
    auto oxygenation = labelled(Part::oxygenation, decided ? decided->label : Label::unknown);
    if (decided) {
        append(oxygenation, *decided);
        if (!day) q.outlives(decided->pair.gas.sample.time, t.gas_max_age);
    } else {
        if (q.explain) oxygenation.evidence.push_back(missing_or_stale(q, Signal::pao2));
    }
    auto ards = class_of(q, decided);
    if (circuit) freeze(q, *circuit, ards, oxygenation);
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
