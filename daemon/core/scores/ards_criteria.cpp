#include "core/scores/ards_criteria.hpp"

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

// Oxygenation must first have been met within a week of the insult. What is older than what is kept cannot be asked.
Known timing_met(Inquiry& q, Sample const& insult, EventTime met, Onset const& onset) {
    if (insult.word != Word::known) return Known::no;
    const EventTime last = insult.time + onset.within;
    if (met < insult.time) return Known::no;
    if (met <= last) return Known::yes;
    if (onset.met != nullptr && onset.met(q, insult.time - model::Duration{1}, last)) return Known::yes;
    if (onset.forgets) return q.opened <= last ? Known::unknown : Known::no;
    const bool forgotten = q.at - q.rules.retention.keep_whole > last && q.opened <= last;
    if (q.opened <= last) q.due.at(last + q.rules.retention.keep_whole + model::Duration{1});
    return forgotten ? Known::unknown : Known::no;
}

Attestations attestations(Inquiry& q, EventTime met, Onset const& onset) {
    Attestations a;
    const auto ask_for = [&](Signal signal, Flag not_met, auto holds) {
        const auto s = attested(q, signal);
        a.evidence.push_back(s ? evidence_of(signal, *s, Verdict::used) : missing(signal, Reason::none));
        a.say(!s ? Known::unknown : holds(*s), not_met);
    };
    ask_for(Signal::ards_imaging, Flag::imaging_not_met,
            [](Sample const& s) { return s.word == Word::bilateral ? Known::yes : Known::no; });
    ask_for(Signal::ards_origin, Flag::origin_not_met,
            [](Sample const& s) { return s.word == Word::not_cardiac ? Known::yes : Known::no; });
    ask_for(Signal::ards_onset, Flag::timing_not_met, [&](Sample const& s) { return timing_met(q, s, met, onset); });
    return a;
}

} // namespace

model::ScorePart labelled(Part name, Label label) {
    model::ScorePart p;
    p.part = name;
    p.label = label;
    p.state = label == Label::unknown ? PartState::not_measured : PartState::valued;
    return p;
}

model::ScorePart class_of(Inquiry& q, std::optional<Met> const& met, Onset const& onset) {
    if (!met || met->oxygenation == Label::unknown) return labelled(Part::ards, Label::unknown);
    if (met->severity == 0) return labelled(Part::ards, met->name);
    const auto a = attestations(q, met->time, onset);
    const auto no = met->name == Label::yes ? Label::no : Label::none;
    auto part = labelled(Part::ards, a.all == Known::yes ? met->name : a.all == Known::no ? no : Label::unknown);
    part.evidence = a.evidence;
    for (auto f : a.flags) add_flag(part, f);
    return part;
}

void list_unjudged(Inquiry& q, model::ScorePart const& unjudged, model::Duration stands, model::ScorePart& part) {
    for (auto f : unjudged.flags) add_flag(part, f);
    for (auto const& e : unjudged.evidence) {
        if (q.key.product != model::Product::day) q.due.at(*e.time + stands + model::Duration{1});
        if (q.explain) part.evidence.push_back(e);
    }
}

Known pressure_met(Inquiry const& q, EventTime t, model::Decimal least, std::vector<Evidence>& evidence) {
    const auto age = q.rules.tables.sofa.ventilator_fresh;
    for (auto signal : {Signal::peep_set, Signal::peep}) {
        const auto s = q.timeline.latest(signal, t, age);
        if (s && (is_unreadable(*s) || s->comparator != model::Comparator::exactly)) {
            // What was set last is another pressure than the one from before it.
            const bool bound = !s->is_word;
            evidence.push_back(
                evidence_of(signal, *s, Verdict::refused, bound ? Reason::comparator : Reason::unreadable));
            return Known::unknown;
        }
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
        evidence.push_back(e);
        return *v >= least ? Known::yes : Known::no;
    }
    evidence.push_back(missing(Signal::peep_set, Reason::stale));
    return Known::unknown;
}

std::optional<Corrected> corrected_for_altitude(Inquiry const& q, EventTime t, model::Ratio const& pf) {
    auto const& berlin = q.rules.tables.berlin;
    const auto pb = q.timeline.latest(Signal::barometric_pressure, t, {});
    if (!pb) return std::nullopt;
    const auto pressure = core::canonical(q.rules, Signal::barometric_pressure, pb->value, pb->unit);
    if (!pressure || *pressure >= berlin.altitude_below) return std::nullopt;
    const auto lack = model::quotient(model::ratio(berlin.sea_level), *pressure);
    const auto corrected = lack ? model::quotient(pf, *lack) : std::nullopt;
    if (!corrected) return std::nullopt;
    return Corrected{*corrected, evidence_of(Signal::barometric_pressure, *pb, Verdict::used)};
}

std::optional<LastCircuit> last_circuit(Inquiry& q) {
    std::optional<LastCircuit> c;
    for (auto const& s : q.timeline.range(Signal::ecls, {std::numeric_limits<std::int64_t>::min()}, q.at)) {
        if (!s.is_word) continue;
        const bool ends = s.word == Word::ended || s.word == Word::none;
        if (ends) {
            if (c && !c->ended) c->ended = s.time;
        } else if (!c || c->ended) {
            c = LastCircuit{s, {}};
        }
        if (!ends && s.until) q.due.at(*s.until);
        if (!ends && s.until && *s.until <= q.at)
            c->ended = *s.until;
        else if (!ends)
            c->ended.reset();
    }
    return c;
}

void freeze(Inquiry& q, LastCircuit const& c, model::Duration frozen_for, std::optional<FrozenClass> const& before,
            model::ScorePart& ards, model::ScorePart& oxygenation) {
    const bool reference_ends = c.ended && q.at - *c.ended >= frozen_for;
    if (!c.ended) {
        ards = labelled(Part::ards, Label::on_ecls);
        add_flag(ards, Flag::on_ecls);
        add_flag(oxygenation, Flag::on_ecls);
        ards.evidence.push_back(evidence_of(Signal::ecls, c.sample, Verdict::used, Reason::ecls));
    } else {
        q.due.at(*c.ended + frozen_for);
        if (reference_ends) return;
    }
    if (!before) return;
    add_flag(ards, Flag::frozen_class);
    // How bad it was when it was frozen, whatever could be attested then.
    ards.lower = ards.upper = before->severity;
    ards.evidence.push_back(before->by);
    ards.evidence.insert(ards.evidence.end(), before->attested.begin(), before->attested.end());
}

} // namespace vigil::scores
