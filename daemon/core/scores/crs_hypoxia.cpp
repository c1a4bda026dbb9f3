// Hypoxia of CRS, by the device that gives oxygen and its flow (Lee 2019, table 3; scores.md 11.1).

#include "core/scores/crs.hpp"
#include "core/scores/ventilated.hpp"

#include <array>
#include <utility>

namespace vigil::scores {

using model::Comparator;
using model::Duration;
using model::EventTime;
using model::Flag;
using model::Part;
using model::Sample;
using model::Signal;
using model::Verdict;
using model::Word;

namespace {

constexpr std::array machines = {Word::imv, Word::niv, Word::cpap, Word::home_vent};
constexpr std::int32_t most = 4;

bool is_air(Word w) { return w == Word::room_air || w == Word::none; }
bool is_tube(Word w) { return w == Word::imv; }

bool among(std::vector<Word> const& all, Word w) { return std::find(all.begin(), all.end(), w) != all.end(); }

// What an instant is worth.
struct Worth {
    std::int32_t lower = 0, upper = most;
    bool told = false; // else nobody knows
    bool flow_unknown = false;
    bool tube_without_hypoxia = false;
    bool unreadable = false; // nobody knows, of what was told last
    std::vector<model::Evidence> evidence;
    void is(std::int32_t least, std::int32_t at_most) {
        told = true;
        lower = least;
        upper = at_most;
    }
};

std::int32_t points_of_device(CrsTables const& t, Word w) {
    for (auto const& d : t.devices)
        if (d.word == w) return d.points;
    return 0;
}

// From a flow: none, low, high; a bound may leave it open.
std::optional<std::pair<std::int32_t, std::int32_t>> points_of_flow(Inquiry const& q, Sample const& s) {
    auto const& t = q.rules.tables.crs;
    const auto v = s.is_word ? std::nullopt : core::canonical(q.rules, Signal::o2_flow, s.value, s.unit);
    if (!v) return std::nullopt;
    const bool up = s.comparator == Comparator::greater || s.comparator == Comparator::greater_equal,
               down = s.comparator == Comparator::less || s.comparator == Comparator::less_equal;
    const bool high = *v > t.low_flow || (s.comparator == Comparator::greater && *v >= t.low_flow);
    const bool nothing = *v <= model::Decimal{0, 0};
    if (high && !down) return std::pair{t.high_flow_points, t.high_flow_points};
    if (nothing && !up) return std::pair{0, 0};
    const auto least = down || nothing ? 0 : t.low_flow_points;
    return std::pair{least, up || high ? t.high_flow_points : t.low_flow_points};
}

// Why the tube of `t` was put in, as attested of this tube: an older reason is another one's; it may be told a little
// after the tube was charted.
std::optional<Sample> other_reason(Inquiry const& q, EventTime t) {
    const auto told = std::min(q.at, t + q.rules.tables.crs.reason_before);
    const auto why = q.timeline.latest(Signal::intubation_reason, told, {});
    if (!why || !why->is_word || (why->word != Word::airway && why->word != Word::neurological)) return std::nullopt;
    const auto devices = q.timeline.range(Signal::resp_device, why->time + q.rules.tables.crs.reason_before, t);
    const bool another =
        std::any_of(devices.begin(), devices.end(), [](Sample const& s) { return s.is_word && !is_tube(s.word); });
    return another ? std::nullopt : why;
}

void say_tube(Inquiry const& q, EventTime t, Worth& out, std::int32_t points) {
    out.is(points, points);
    const auto why = other_reason(q, t);
    if (!why) return;
    out.is(0, 0);
    out.tube_without_hypoxia = true;
    if (q.explain) out.evidence.push_back(evidence_of(Signal::intubation_reason, *why, Verdict::used));
}

// Charted air that holds, and since when.
std::optional<Sample> air_at(Inquiry const& q, EventTime t) {
    const auto s = q.timeline.latest(Signal::resp_device, t, q.rules.tables.sofa.support_charted);
    if (!s || !s->is_word || !is_air(s->word) || (s->until && *s->until <= t)) return std::nullopt;
    return s;
}

void say_flow(Inquiry const& q, Worth& out, Sample const& flow, std::pair<std::int32_t, std::int32_t> points,
              bool device_known) {
    // Of a device that nobody told it is no more than a flow.
    out.is(points.first, device_known ? points.second : std::max(points.second, points.first > 0 ? most : 0));
    if (q.explain) out.evidence.push_back(evidence_of(Signal::o2_flow, flow, Verdict::used));
}

Worth worth_at(Inquiry const& q, EventTime t) {
    auto const& tables = q.rules.tables.crs;
    Worth out;
    const auto support = support_at(q, t, machines);
    const auto flow = q.timeline.latest(Signal::o2_flow, t, q.rules.tables.sofa.pair_within);
    const auto points = flow ? points_of_flow(q, *flow) : std::nullopt;
    if (support.device && !is_air(*support.device)) {
        out.evidence = support.evidence;
        const auto w = *support.device;
        if (is_tube(w))
            say_tube(q, t, out, points_of_device(tables, w));
        else if (!among(tables.flow_devices, w))
            out.is(points_of_device(tables, w), points_of_device(tables, w));
        else if (points && same_device(q, flow->time, t))
            say_flow(q, out, *flow, *points, true);
        else {
            const auto by_name = points_of_device(tables, w);
            out.is(by_name > 0 ? by_name : tables.low_flow_points, by_name > 0 ? by_name : tables.high_flow_points);
            out.flow_unknown = true;
        }
        return out;
    }
    if (support.positive_pressure == Known::yes) {
        out.evidence = support.evidence;
        if (support.invasive == Known::yes)
            say_tube(q, t, out, tables.pressure_points);
        else
            out.is(tables.pressure_points, tables.pressure_points);
        return out;
    }
    const auto air = air_at(q, t);
    if (flow && is_unreadable(*flow) && (!air || flow->time > air->time)) {
        out.unreadable = true;
        if (q.explain) out.evidence.push_back(evidence_of(Signal::o2_flow, *flow, Verdict::refused));
        return out;
    }
    if (points && points->second > 0 && (!air || flow->time > air->time)) {
        say_flow(q, out, *flow, *points, false);
    } else if (air) {
        out.is(0, 0);
        if (q.explain) out.evidence.push_back(evidence_of(Signal::resp_device, *air, Verdict::used));
    }
    out.unreadable = !out.told && support.charted && is_unreadable(*support.charted);
    if (out.unreadable && q.explain)
        out.evidence.push_back(evidence_of(Signal::resp_device, *support.charted, Verdict::refused));
    return out;
}

// What was there at T0 and has been there since: lower whenever less was charted.
class Before {
public:
    Before(Inquiry const& q, Course const& course)
        : q_{q},
          t0_{course.t0} {
        const auto s = q.timeline.latest(Signal::oxygen_before, q.at, {});
        if (s && s->time >= t0_ && s->is_word && s->word != Word::unknown) {
            attested_ = *s;
            const auto p = at_least(s->word, s->time);
            first_ = {p, p};
            device_ = s->word;
            return;
        }
        const auto w = worth_at(q, t0_);
        first_ = {w.told ? w.lower : 0, w.upper};
        if (const auto d = device_charted(q, t0_); d && w.told) device_ = d->word;
    }
    std::pair<std::int32_t, std::int32_t> points(EventTime t) const {
        auto [lower, upper] = first_;
        if (upper == 0) return first_;
        auto before = device_;
        for (auto const& s : q_.timeline.range(Signal::resp_device, t0_, t)) {
            if (!s.is_word || s.word == before) continue; // the same went on
            before = s.word;
            const auto p = at_least(s.word, s.time);
            lower = std::min(lower, p);
            if (is_unreadable(s)) continue; // it may have been as much as before
            upper = std::min(upper, p);
        }
        return {lower, upper};
    }
    std::optional<Sample> const& attested() const { return attested_; }

private:
    std::int32_t at_least(Word w, EventTime t) const {
        auto const& tables = q_.rules.tables.crs;
        if (is_air(w) || (is_tube(w) && other_reason(q_, t))) return 0;
        const auto p = points_of_device(tables, w);
        return p > 0 ? p : among(tables.flow_devices, w) ? tables.low_flow_points : 0;
    }
    Inquiry const& q_;
    EventTime t0_;
    std::pair<std::int32_t, std::int32_t> first_{0, most};
    std::optional<Word> device_; // at T0
    std::optional<Sample> attested_;
};

std::vector<Holding> holdings(Inquiry const& q) {
    auto out = support_holds(q);
    out.push_back({Signal::o2_flow, q.rules.tables.sofa.pair_within});
    return out;
}

// When what holds at `t` runs out, seen from `later` after it.
void runs_out(Inquiry& q, EventTime t, Duration later) {
    for (auto const& h : holdings(q)) {
        const auto s = q.timeline.latest(h.signal, t, {});
        if (!s) continue;
        q.due.at(s->time + h.age + Duration{1} + later);
        if (s->until) q.due.at(*s->until + later);
    }
}

std::vector<EventTime> instants(Inquiry& q) {
    if (q.now()) {
        runs_out(q, q.at, {});
        return {q.at};
    }
    const EventTime first{q.after.ms + 1};
    if (first > q.at) return {};
    std::vector<EventTime> out;
    auto all = holdings(q);
    all.push_back({Signal::intubation_reason, {}});
    for (auto const& h : all)
        for (auto const& s : q.timeline.range(h.signal, q.after, q.at)) out.push_back(s.time);
    if (q.key.product != model::Product::day) {
        for (auto t : out) {
            q.due.at(t + q.window() - Duration{1}); // then it is the first
            q.leaves(t);
        }
        runs_out(q, first, q.window() - Duration{1});
    }
    out.push_back(first);
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

} // namespace

model::ScorePart crs_hypoxia(Inquiry& q, Course const& course) {
    // What was told of a tube counts from so long before on: the instants before that leave the window on their own.
    for (auto const& why : q.timeline.range(Signal::intubation_reason, course.t0, q.at)) {
        const auto from = why.time - q.rules.tables.crs.reason_before;
        q.leaves(from - model::Duration{1});
        q.leaves(from);
    }
    auto part = unmeasured(Part::hypoxia, most);
    const bool explain = std::exchange(q.explain, false);
    const Before before{q, course};
    bool told = false, excluded = false, unsure = false;
    std::optional<EventTime> unreadable;
    std::int32_t lower = 0, upper = 0;
    std::optional<EventTime> decides;
    model::Flags flags;
    for (auto t : instants(q)) {
        const auto w = worth_at(q, t);
        if (w.unreadable) unreadable = t;
        if (!w.told) continue;
        told = true;
        const auto was = before.points(t);
        const auto least = w.lower > was.second ? w.lower : 0, at_most = w.upper > was.first ? w.upper : 0;
        if (w.flow_unknown && at_most > 0 && w.lower < w.upper) flags.add(Flag::flow_unknown);
        if (w.tube_without_hypoxia) flags.add(Flag::tube_without_hypoxia);
        excluded = excluded || (w.upper > 0 && at_most == 0);
        unsure = unsure || (w.lower > 0 && least == 0 && at_most > 0);
        if (!decides || least >= lower) decides = t;
        lower = std::max(lower, least);
        upper = std::max(upper, at_most);
    }
    q.explain = explain;
    if (told) settle_within(part, lower, upper);
    if (unreadable) {
        part.upper = most; // it may have been anything then
        flags.add(Flag::unreadable);
    }
    for (auto f : flags) add_flag(part, f);
    if (excluded) add_flag(part, Flag::support_before_product);
    if (unsure) add_flag(part, Flag::baseline_unknown);
    if (!q.explain) return part;
    if (decides) part.evidence = worth_at(q, *decides).evidence;
    if (unreadable) {
        const auto unread = worth_at(q, *unreadable).evidence;
        part.evidence.insert(part.evidence.end(), unread.begin(), unread.end());
    }
    if ((excluded || unsure) && before.attested())
        part.evidence.push_back(evidence_of(Signal::oxygen_before, *before.attested(), Verdict::used));
    if (part.evidence.empty()) part.evidence.push_back(missing_or_stale(q, Signal::resp_device));
    return part;
}

} // namespace vigil::scores
