#include "core/scores/infusion.hpp"

#include "core/scores/pumps.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace vigil::scores {

using model::Duration;
using model::EventTime;
using model::Sample;
using model::stops;

namespace {

constexpr std::size_t more_than_charting = 12; // readings in a row

// Of the rates of one pump, or of nobody knows how many: each holds until the next is told.
template <class Visit>
void holds_in_turn(Inquiry const& q, std::span<Sample const> samples, Visit&& visit) {
    for (std::size_t i = 0; i < samples.size(); ++i) {
        if (stops(samples[i])) continue;
        if (i + 1 < samples.size()) {
            visit(Hold{&samples[i], samples[i + 1].time, false, {}, {}});
            continue;
        }
        std::array<Sample const*, more_than_charting> said{};
        const auto n = std::min(said.size(), samples.size());
        for (std::size_t k = 0; k < n; ++k) said[k] = &samples[samples.size() - n + k];
        visit(Hold{&samples[i], q.at, true, silence(q.rules.tables.sofa, {said.data(), n}), {}});
    }
}

std::vector<Segment> segments_of(Inquiry& q, std::span<Sample const> samples) {
    if (several_pumps(samples)) return course_of(q, voices_of(q, samples));
    std::vector<Segment> out;
    out.reserve(samples.size());
    holds_in_turn(q, samples, [&](Hold const& h) {
        if (is_unreadable(*h.rate)) return;
        auto next = segment_of(q, h);
        if (!out.empty() && out.back().to == next.from && same_rate(*out.back().rate, *next.rate)) {
            next.rate = out.back().rate;
            next.from = out.back().from;
            out.back() = std::move(next);
        } else {
            out.push_back(std::move(next));
        }
    });
    return out;
}

std::span<Sample const> rates(Inquiry const& q, model::Signal drug) {
    return q.timeline.range(drug, {std::numeric_limits<std::int64_t>::min()}, q.at);
}

// Oldest first.
template <class Visit>
void each_hold(Inquiry const& q, model::Signal drug, Visit&& visit) {
    const auto samples = rates(q, drug);
    if (!several_pumps(samples)) return holds_in_turn(q, samples, visit);
    auto holds = holds_of(voices_of(q, samples));
    std::stable_sort(holds.begin(), holds.end(),
                     [](Hold const& a, Hold const& b) { return a.rate->time < b.rate->time; });
    for (auto const& h : holds) visit(h);
}

// What is given at one time, where all of it is told in one unit.
std::optional<model::Ratio> given(Segment const& s) {
    if (s.rate->is_word) return std::nullopt;
    std::optional sum{model::ratio(s.rate->value)};
    for (auto const& [other, silent] : s.also) {
        if (!sum || other->is_word || other->unit != s.rate->unit || other->salt != s.rate->salt) return std::nullopt;
        sum = model::sum(*sum, model::ratio(other->value));
    }
    return sum;
}

bool is_lower(Segment const& a, Segment const& b) {
    if (a.rate->is_word || b.rate->is_word || a.rate->unit != b.rate->unit || a.rate->salt != b.rate->salt)
        return false;
    if (a.also.empty() && b.also.empty()) return a.rate->value < b.rate->value;
    const auto x = given(a), y = given(b);
    return x && y && *x < *y;
}

} // namespace

bool same_rate(Sample const& a, Sample const& b) {
    return a.is_word == b.is_word && a.word == b.word && a.value == b.value && a.comparator == b.comparator &&
           a.unit == b.unit && a.salt == b.salt;
}

// A pump that reports at least every ten minutes is a feed; otherwise somebody charts. Rates that are changed soon
// after each other are charted as well: what tells a pump is that it says the same again and again, or that it never
// leaves off.
Duration silence(SofaTables const& t, std::span<Sample const* const> said) {
    for (auto i = said.size(); i >= 3; --i) {
        auto const &s = *said[i - 1], &before = *said[i - 2], &first = *said[i - 3];
        if (s.time - first.time > t.feed_silent) break;
        const bool repeated = same_rate(s, before) && same_rate(before, first);
        if (repeated || said.size() - i + 3 >= more_than_charting) return t.feed_silent;
    }
    return t.charting_silent;
}

Segment segment_of(Inquiry& q, Hold const& h) {
    auto const& t = q.rules.tables.sofa;
    const auto told = h.rate->time;
    if (!h.open) return {h.rate, {}, told, std::min(h.until, told + t.dose_lost), false, false};
    q.outlives(told, h.limit);
    q.outlives(told, t.dose_lost);
    // What was heard last is known to have held until then; the drug is carried as running for a while longer, not for
    // ever.
    const auto age = q.at - told;
    return {h.rate, {}, told, std::min(q.at, told + h.limit), age <= t.dose_lost, age > h.limit};
}

std::vector<ToldRate> told_of(Inquiry const& q, model::Signal drug) {
    std::vector<ToldRate> out;
    each_hold(q, drug, [&out](Hold const& h) { out.push_back({h.rate, h.until}); });
    return out;
}

std::vector<Unheard> unheard_of(Inquiry& q, model::Signal drug) {
    auto const& t = q.rules.tables.sofa;
    std::vector<Unheard> out;
    each_hold(q, drug, [&](Hold const& h) {
        const auto told = h.rate->time;
        const bool unreadable = is_unreadable(*h.rate);
        Unheard u{h.rate, unreadable ? told : told + t.dose_lost, told + t.stop_unheard,
                  h.open && q.at - told <= t.stop_unheard};
        if (!h.open) u.to = std::min(u.to, h.until);
        // What cannot be read is in doubt from its own instant on.
        if (u.from >= u.to || (unreadable ? u.from > q.at : u.from >= q.at)) return;
        if (u.lasts) q.outlives(told, t.stop_unheard);
        out.push_back(u);
    });
    return out;
}

std::vector<Run> runs_of(Inquiry& q, model::Signal drug, Duration gap) {
    std::vector<Run> runs;
    auto segments = segments_of(q, rates(q, drug));
    std::size_t done = 0;
    for (auto& s : segments) {
        if (runs.empty() || s.from - runs.back().to > gap) {
            runs.push_back({s.from, s.to, false, false, {}});
            runs.back().segments.reserve(segments.size() - done);
        }
        auto& run = runs.back();
        run.to = s.to;
        run.running = s.running;
        run.silent = is_silent(s);
        run.segments.push_back(std::move(s));
        ++done;
    }
    return runs;
}

bool is_silent(Segment const& s) {
    return s.silent || std::any_of(s.also.begin(), s.also.end(), [](OtherPump const& b) { return b.silent; });
}

bool in_question(Inquiry const& q, Segment const& s) { return s.running || (!q.now() && s.to > q.after); }

bool is_spike(Run const& run, std::size_t i, Duration bolus) {
    auto const& s = run.segments[i];
    if (s.to - s.from >= bolus || s.rate->is_word || run.segments.size() == 1) return false;
    return (i == 0 || is_lower(run.segments[i - 1], s)) &&
           (i + 1 == run.segments.size() || is_lower(run.segments[i + 1], s));
}

bool runs_at(std::vector<Run> const& runs, EventTime t) {
    for (auto const& r : runs)
        for (auto const& s : r.segments)
            if (s.from <= t && (t < s.to || s.running)) return true;
    return false;
}

} // namespace vigil::scores
