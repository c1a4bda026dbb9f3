// Air or oxygen (NEWS2; scores.md 6.5): the worst of the window, for the product `now` what holds at the instant asked
// for.

#include "core/scores/news2.hpp"
#include "core/scores/oxygen.hpp"

#include <array>
#include <utility>

namespace vigil::scores {

using model::Comparator;
using model::EventTime;
using model::Sample;
using model::Signal;
using model::Verdict;
using model::Word;

namespace {

constexpr std::array machines = {Word::imv, Word::niv, Word::cpap, Word::home_vent};

bool at_least(Comparator c) { return c == Comparator::greater || c == Comparator::greater_equal; }
bool at_most(Comparator c) { return c == Comparator::less || c == Comparator::less_equal; }

struct Told {
    Signal signal{};
    Sample sample;
};

std::optional<Told> flow_at(Inquiry const& q, EventTime t) {
    const auto s = q.timeline.latest(Signal::o2_flow, t, q.rules.tables.sofa.pair_within);
    return s ? std::optional{Told{Signal::o2_flow, *s}} : std::nullopt;
}
bool flows(Sample const& s) {
    if (s.value.mantissa <= 0) return s.comparator == Comparator::greater;
    return !at_most(s.comparator);
}

std::optional<Told> fraction_at(Inquiry const& q, EventTime t) {
    const auto told = fraction_told(q, t, q.rules.tables.sofa.pair_within);
    return told ? std::optional{Told{told->signal, told->sample}} : std::nullopt;
}
// More than air, or no more; a bound may leave it open.
Known richer(Inquiry const& q, Told const& f) {
    const auto v = core::canonical(q.rules, f.signal, f.sample.value, f.sample.unit);
    if (!v) return Known::unknown;
    auto const& air = q.rules.tables.news2.air;
    const auto c = f.sample.comparator;
    if (!at_most(c) && (*v > air || (c == Comparator::greater && *v >= air))) return Known::yes;
    return !at_least(c) && *v <= air ? Known::no : Known::unknown;
}

bool is_air(Word w) { return w == Word::room_air || w == Word::none; }

// Oxygen was told after it, be it so long ago that nobody knows any more how much.
bool oxygen_since(Inquiry const& q, Sample const& air, EventTime t) {
    const auto flow = q.timeline.latest(Signal::o2_flow, t, {});
    if (flow && flow->time > air.time && (is_unreadable(*flow) || flows(*flow))) return true;
    for (auto signal : {Signal::fio2, Signal::fio2_set, Signal::fio2_unreadable}) {
        const auto s = q.timeline.latest(signal, t, {});
        if (s && s->time > air.time && (is_unreadable(*s) || richer(q, {signal, *s}) == Known::yes)) return true;
    }
    return false;
}

// Charted air that still holds.
std::optional<Told> air_at(Inquiry const& q, EventTime t) {
    const auto s = q.timeline.latest(Signal::resp_device, t, q.rules.tables.sofa.support_charted);
    if (!s || !s->is_word || !is_air(s->word) || (s->until && *s->until <= t)) return std::nullopt;
    if (oxygen_since(q, *s, t)) return std::nullopt;
    return Told{Signal::resp_device, *s};
}

std::vector<Holding> holds(Inquiry const& q) {
    auto out = support_holds(q);
    const auto within = q.rules.tables.sofa.pair_within;
    for (auto s : {Signal::o2_flow, Signal::fio2, Signal::fio2_set, Signal::fio2_unreadable})
        out.push_back({s, within});
    return out;
}

// The newest word on oxygen or device that nobody can read, of the window or (`now`) of what holds.
std::optional<Told> unreadable_in(Inquiry& q) {
    std::optional<Told> newest;
    for (auto const& h : holds(q)) {
        const auto after = q.now() ? q.at - h.age - model::Duration{1} : q.after;
        for (auto const& s : q.timeline.range(h.signal, after, q.at)) {
            if (!is_unreadable(s)) continue;
            if (q.now())
                q.outlives(s.time, h.age);
            else
                q.leaves(s.time);
            if (!newest || s.time >= newest->sample.time) newest = Told{h.signal, s};
        }
    }
    return newest;
}

bool on_oxygen(Inquiry& q, EventTime t) { return supplied_at(q, t).oxygen == Known::yes; }
bool on_air(Inquiry& q, EventTime t) { return supplied_at(q, t).oxygen == Known::no; }

} // namespace

Supplied supplied_at(Inquiry& q, EventTime t) {
    Supplied out;
    const auto say = [&](Known k, Told const& by) {
        out.oxygen = k;
        if (q.explain) out.evidence.push_back(evidence_of(by.signal, by.sample, Verdict::used));
    };
    const auto support = support_at(q, t, machines);
    const bool device = support.device && !is_air(*support.device);
    if (device || support.positive_pressure == Known::yes) {
        out.oxygen = Known::yes;
        out.evidence = support.evidence;
        return out;
    }
    const auto air = air_at(q, t), flow = flow_at(q, t), fraction = fraction_at(q, t);
    // What was charted last says it.
    const auto since_air = [&](Told const& s) { return !air || s.sample.time >= air->sample.time; };
    const auto rich = fraction ? richer(q, *fraction) : Known::unknown;
    if (flow && flows(flow->sample) && since_air(*flow))
        say(Known::yes, *flow);
    else if (rich == Known::yes && since_air(*fraction))
        say(Known::yes, *fraction);
    else if (air)
        say(Known::no, *air);
    else if (rich == Known::no)
        say(Known::no, *fraction);
    return out;
}

model::ScorePart news2_oxygen(Inquiry& q) {
    auto const& t = q.rules.tables.news2;
    auto part = unmeasured(model::Part::oxygen, t.oxygen_points);
    const auto signals = holds(q);
    const bool explain = std::exchange(q.explain, false);
    auto when = newest_instant(q, signals, on_oxygen);
    if (when)
        settle(part, t.oxygen_points);
    else if ((when = newest_instant(q, signals, on_air)))
        settle(part, 0);
    const auto tube = newest_instant(q, support_holds(q), has_tube);
    q.explain = explain;
    if (tube) add_flag(part, model::Flag::not_validated);
    // It may have been oxygen then.
    const auto unread = part.points == t.oxygen_points ? std::nullopt : unreadable_in(q);
    const bool open = unread && (!q.now() || !part.points);
    if (open) {
        part.upper = t.oxygen_points;
        add_flag(part, model::Flag::unreadable);
    }
    if (!q.explain) return part;
    if (when) part.evidence = supplied_at(q, *when).evidence;
    if (open) {
        const auto signal = unread->signal == Signal::fio2_unreadable ? Signal::fio2 : unread->signal;
        part.evidence.push_back(evidence_of(signal, unread->sample, Verdict::refused));
    } else if (!when) {
        part.evidence.push_back(missing_or_stale(q, Signal::resp_device));
    }
    return part;
}

} // namespace vigil::scores
