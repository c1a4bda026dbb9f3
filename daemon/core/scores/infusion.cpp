#include "core/scores/infusion.hpp"

#include <limits>

namespace vigil::scores {

using model::Duration;
using model::EventTime;
using model::Sample;
using model::stops;

namespace {

bool same_rate(Sample const& a, Sample const& b) {
    return a.is_word == b.is_word && a.word == b.word && a.value == b.value && a.unit == b.unit && a.salt == b.salt;
}

constexpr std::size_t more_than_charting = 12; // readings in a row

// A pump that reports at least every ten minutes is a feed; otherwise somebody charts. Rates that are changed soon
// after each other are charted as well: what tells a pump is that it says the same again and again, or that it never
// leaves off.
Duration silence(Inquiry const& q, std::span<Sample const> samples, std::size_t last) {
    auto const& t = q.rules.tables.sofa;
    for (std::size_t i = last; i >= 2; --i) {
        if (samples[i].time - samples[i - 2].time > t.feed_silent) break;
        const bool repeated = same_rate(samples[i], samples[i - 1]) && same_rate(samples[i - 1], samples[i - 2]);
        if (repeated || last - i + 3 >= more_than_charting) return t.feed_silent;
    }
    return t.charting_silent;
}

std::vector<Segment> segments_of(Inquiry& q, std::span<Sample const> samples) {
    std::vector<Segment> out;
    out.reserve(samples.size());
    for (std::size_t i = 0; i < samples.size(); ++i) {
        auto const& s = samples[i];
        if (stops(s)) continue;
        const bool last = i + 1 == samples.size();
        const auto to = last ? q.at : std::min(samples[i + 1].time, s.time + q.rules.tables.sofa.dose_lost);
        if (!out.empty() && out.back().to == s.time && same_rate(*out.back().rate, s))
            out.back().to = to;
        else
            out.push_back({&s, s.time, to, false, false, s.time});
        out.back().heard = s.time;
        if (!last) continue;
        const auto limit = silence(q, samples, i);
        auto& running = out.back();
        running.silent = q.at - s.time > limit;
        // What was heard last is known to have held until then; the drug is carried as running for a while longer, not
        // for ever.
        running.to = std::min(q.at, s.time + limit);
        running.running = q.at - s.time <= q.rules.tables.sofa.dose_lost;
        q.outlives(s.time, limit);
        q.outlives(s.time, q.rules.tables.sofa.dose_lost);
    }
    return out;
}

std::span<Sample const> rates(Inquiry const& q, model::Signal drug) {
    return q.timeline.range(drug, {std::numeric_limits<std::int64_t>::min()}, q.at);
}

} // namespace

std::vector<Unheard> unheard_of(Inquiry& q, model::Signal drug) {
    auto const& t = q.rules.tables.sofa;
    std::vector<Unheard> out;
    const auto samples = rates(q, drug);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        auto const& s = samples[i];
        const bool last = i + 1 == samples.size();
        Unheard u{&s, s.time + t.dose_lost, s.time + t.stop_unheard, last && q.at - s.time <= t.stop_unheard};
        if (!last) u.to = std::min(u.to, samples[i + 1].time);
        if (stops(s) || u.from >= std::min(u.to, q.at)) continue;
        if (u.lasts) q.outlives(s.time, t.stop_unheard);
        out.push_back(u);
    }
    return out;
}

std::vector<Run> runs_of(Inquiry& q, model::Signal drug, Duration gap) {
    std::vector<Run> runs;
    const auto segments = segments_of(q, rates(q, drug));
    std::size_t done = 0;
    for (auto const& s : segments) {
        if (runs.empty() || s.from - runs.back().to > gap) {
            runs.push_back({s.from, s.to, false, false, s.heard, {}});
            runs.back().segments.reserve(segments.size() - done);
        }
        auto& run = runs.back();
        run.to = s.to;
        run.running = s.running;
        run.silent = s.silent;
        run.heard = s.heard;
        run.segments.push_back(s);
        ++done;
    }
    return runs;
}

bool in_question(Inquiry const& q, Segment const& s) { return s.running || (!q.now() && s.to > q.after); }

bool is_spike(Run const& run, std::size_t i, Duration bolus) {
    auto const& s = run.segments[i];
    if (s.to - s.from >= bolus || s.rate->is_word || run.segments.size() == 1) return false;
    const auto lower = [&](Segment const& n) {
        return !n.rate->is_word && n.rate->unit == s.rate->unit && n.rate->salt == s.rate->salt &&
               n.rate->value < s.rate->value;
    };
    return (i == 0 || lower(run.segments[i - 1])) && (i + 1 == run.segments.size() || lower(run.segments[i + 1]));
}

bool runs_at(std::vector<Run> const& runs, EventTime t) {
    for (auto const& r : runs)
        for (auto const& s : r.segments)
            if (s.from <= t && (t < s.to || s.running)) return true;
    return false;
}

} // namespace vigil::scores
