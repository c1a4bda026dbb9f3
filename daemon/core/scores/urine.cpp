#include "core/scores/urine.hpp"

#include <limits>

namespace vigil::scores {

using model::Duration;
using model::EventTime;
using model::Sample;
using model::Signal;

namespace {

EventTime end_of(Sample const& s) { return s.until ? *s.until : s.time; }

struct Chart {
    Sample const* sample;
    EventTime from, to;
};

// Every interval up to q.at, by its end. Volumes charted at one instant share theirs.
std::vector<Chart> charts(Inquiry const& q, Duration longest) {
    std::vector<Chart> out;
    const auto samples = q.timeline.range(Signal::uo, q.after - longest * 2 - Duration{1}, q.at);
    for (auto const& s : samples)
        if (!s.is_word && end_of(s) <= q.at) out.push_back({&s, s.time, end_of(s)});
    std::stable_sort(out.begin(), out.end(), [](Chart const& a, Chart const& b) { return a.to < b.to; });
    // Whether the bladder was empty at admission nobody knows; the first volume covers the time since, at most the
    // longest interval.
    std::optional<EventTime> before;
    if (q.timeline.range(Signal::uo, {std::numeric_limits<std::int64_t>::min()}, q.after - longest * 2 - Duration{1})
            .empty())
        before = q.opened;
    for (std::size_t i = 0; i < out.size(); ++i) {
        auto& c = out[i];
        if (!c.sample->until) {
            const EventTime earliest = c.to - longest;
            c.from = before && *before <= c.to ? std::max(*before, earliest) : before ? c.to : earliest;
        }
        if (i + 1 == out.size() || out[i + 1].to != c.to) before = c.to;
    }
    return out;
}

} // namespace

Urine urine_of(Inquiry& q) {
    auto const& t = q.rules.tables.sofa;
    Urine u;
    EventTime covered_to{std::numeric_limits<std::int64_t>::min()};
    Sample const *first = nullptr, *last = nullptr;
    for (auto const& c : charts(q, t.urine_interval)) {
        if (c.to <= q.after) continue;
        q.leaves(c.to);
        const auto ml = core::canonical(q.rules, Signal::uo, c.sample->value, c.sample->unit);
        const auto volume = ml ? model::sum(u.volume, *ml) : std::nullopt;
        if (!volume) continue;
        u.volume = *volume;
        const auto from = std::max(c.from, covered_to);
        if (c.to > from) u.covered = u.covered + (c.to - from);
        covered_to = std::max(covered_to, c.to);
        if (first == nullptr) first = c.sample;
        last = c.sample;
    }
    if (last != nullptr) u.evidence.push_back(evidence_of(Signal::uo, *last, model::Verdict::used));
    if (last != first) u.evidence.push_back(evidence_of(Signal::uo, *first, model::Verdict::used));
    if (u.covered < t.urine_min || u.covered > t.urine_max) return u;
    const auto daily = model::scaled(u.volume, model::Decimal{t.window.ms, 0}, model::Decimal{u.covered.ms, 0});
    if (daily) u.ml_per_day = *daily;
    return u;
}

} // namespace vigil::scores
