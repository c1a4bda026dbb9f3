#include "core/scores/support.hpp"

namespace vigil::scores {

using model::EventTime;
using model::Sample;
using model::Signal;
using model::Word;

namespace {

constexpr model::Duration rrt_charting = model::hours(24);

bool ended(Word w) { return w == Word::ended || w == Word::none; }

bool with_tube(Word w) { return w == Word::imv || w == Word::home_vent; }
bool with_mask_pressure(Word w) { return w == Word::niv || w == Word::cpap; }
bool ventilated(Word w) { return with_tube(w) || with_mask_pressure(w); }

bool has_run_out(Sample const& s, EventTime t) { return s.until && *s.until <= t; }

std::optional<Sample> circuit_at(Inquiry const& q, Signal signal, EventTime t) {
    const auto s = q.timeline.latest(signal, t, {});
    if (!s || !s->is_word || is_unreadable(*s) || ended(s->word) || has_run_out(*s, t)) return std::nullopt;
    return s;
}

struct Ventilator {
    bool tells = false;    // a setting or a mode that is not standby: what is charted is still connected to it
    bool complete = false; // all settings and such a mode: it ventilates, whatever is charted
    bool mask = false;
    bool controlled = false;
    EventTime since; // the oldest of those
    std::vector<model::Evidence> evidence;
};

Ventilator ventilator_at(Inquiry const& q, EventTime t) {
    const auto age = q.rules.tables.sofa.ventilator_fresh;
    Ventilator v;
    auto mode = q.timeline.latest(Signal::vent_mode, t, age);
    if (mode && is_unreadable(*mode)) mode.reset();
    if (mode && mode->is_word && mode->word == Word::standby) return v;
    v.since = t;
    v.complete = mode.has_value(); // a mode other than standby must be known
    const auto take = [&](Signal signal, std::optional<Sample> const& s) {
        const bool told = s && !is_unreadable(*s);
        v.tells = v.tells || told;
        v.complete = v.complete && told;
        if (!told) return;
        v.since = std::min(v.since, s->time);
        if (q.explain) v.evidence.push_back(evidence_of(signal, *s, model::Verdict::used));
    };
    for (auto s : {Signal::peep_set, Signal::rr_set, Signal::vt_set}) take(s, q.timeline.latest(s, t, age));
    take(Signal::vent_mode, mode);
    if (!mode || !mode->is_word) return v;
    v.mask = mode->word == Word::cpap || mode->word == Word::niv;
    v.controlled = mode->word == Word::controlled;
    return v;
}

// What the ventilator tells since a device without it was charted: through a tracheostomy it ventilates (scores.md
// 3.2); in a controlled mode nobody knows what the patient breathes through.
enum class Since : std::uint8_t { nothing, doubt, tracheostomy };
Since connected_since(Sample const& charted, Ventilator const& machine) {
    if (!machine.complete || machine.since <= charted.time) return Since::nothing;
    if (charted.word == Word::trach_collar) return Since::tracheostomy;
    return machine.controlled ? Since::doubt : Since::nothing;
}

} // namespace

std::optional<Sample> device_charted(Inquiry const& q, EventTime t) {
    auto s = q.timeline.latest(Signal::resp_device, t, {});
    if (!s || !s->is_word || s->word == Word::none || has_run_out(*s, t)) return std::nullopt;
    return s;
}

bool same_device(Inquiry const& q, EventTime from, EventTime to) {
    const auto here = device_charted(q, to);
    if (!here) return true;
    const auto there = device_charted(q, from);
    if (there && there->word != here->word) return false;
    for (auto const& s : q.timeline.range(Signal::resp_device, from, to))
        if (s.is_word && s.word != here->word && !is_unreadable(s)) return false;
    return true;
}

Support support_at(Inquiry const& q, EventTime t, std::span<Word const> counts) {
    Support out;
    out.charted = device_charted(q, t);
    const bool unreadable = out.charted && is_unreadable(*out.charted);
    const bool known = out.charted && !unreadable;
    const bool recent = known && t - out.charted->time <= q.rules.tables.sofa.support_charted;
    Ventilator machine;
    const bool apart = known && !ventilated(out.charted->word);
    if (!recent || apart) machine = ventilator_at(q, t);
    const auto since = recent && apart ? connected_since(*out.charted, machine) : Since::nothing;
    const bool holds = recent ? since != Since::tracheostomy : known && machine.tells && !apart;
    if (holds) {
        const auto w = out.charted->word;
        const auto other = since == Since::doubt ? Known::unknown : Known::no;
        out.device = w;
        out.positive_pressure = std::find(counts.begin(), counts.end(), w) != counts.end() ? Known::yes : other;
        out.invasive = with_tube(w) ? Known::yes : other;
        if (q.explain) out.evidence.push_back(evidence_of(Signal::resp_device, *out.charted, model::Verdict::used));
        if (recent && since == Since::nothing) machine.evidence.clear();
    } else if (machine.complete) {
        out.positive_pressure = Known::yes;
        out.invasive = machine.mask && since == Since::nothing ? Known::no : Known::yes;
    } else {
        machine.evidence.clear();
        if (q.explain)
            out.evidence.push_back(out.charted ? evidence_of(Signal::resp_device, *out.charted, model::Verdict::stale,
                                                             model::Reason::stale)
                                               : missing(Signal::resp_device, model::Reason::unknown_support));
    }
    out.evidence.insert(out.evidence.end(), machine.evidence.begin(), machine.evidence.end());
    return out;
}

std::optional<Sample> ecls_at(Inquiry const& q, EventTime t) { return circuit_at(q, Signal::ecls, t); }
std::optional<Sample> mcs_at(Inquiry const& q, EventTime t) { return circuit_at(q, Signal::mcs, t); }

std::optional<Sample> rrt_at(Inquiry const& q, EventTime t) {
    const auto s = circuit_at(q, Signal::rrt, t);
    if (!s || s->word == Word::nonrenal) return std::nullopt;
    return s->until || t - s->time <= rrt_charting ? s : std::nullopt;
}

std::optional<Sample> rrt_within(Inquiry const& q, EventTime after, EventTime to) {
    const auto samples = q.timeline.range(Signal::rrt, after, to);
    for (auto s = samples.rbegin(); s != samples.rend(); ++s)
        if (s->is_word && !is_unreadable(*s) && !ended(s->word) && s->word != Word::nonrenal) return *s;
    return rrt_at(q, {after.ms + 1});
}

bool pulse_rules_off(Inquiry const& q, EventTime t) {
    if (ecls_at(q, t)) return true;
    const auto m = mcs_at(q, t);
    return m && (m->word == Word::lvad || m->word == Word::bivad || m->word == Word::impella);
}

} // namespace vigil::scores
