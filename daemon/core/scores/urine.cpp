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
    bool known = true; // since when is known
};

// Every interval from `after` to q.at, by its end. Volumes charted at one instant share theirs.
std::vector<Chart> charts(Inquiry const& q, EventTime after, Duration longest) {
    std::vector<Chart> out;
    const EventTime oldest = after - longest * 2 - Duration{1};
    for (auto const& s : q.timeline.range(Signal::uo, oldest, q.at))
        if (!s.is_word && end_of(s) <= q.at) out.push_back({&s, s.time, end_of(s), true});
    std::stable_sort(out.begin(), out.end(), [](Chart const& a, Chart const& b) { return a.to < b.to; });
    // The first volume of all covers a time nobody knows: neither it nor its time counts.
    std::optional<EventTime> before;
    for (std::size_t i = 0; i < out.size(); ++i) {
        auto& c = out[i];
        if (!c.sample->until) {
            // Over a longer silence nobody knows what was lost: it covers nothing, and the day is not covered.
            c.known = before.has_value() && c.to - *before <= longest;
            c.from = c.known ? *before : c.to;
        }
        if (i + 1 == out.size() || out[i + 1].to != c.to) before = c.to;
    }
    return out;
}

// The day that ends with charts[last].
Urine day_of(Inquiry const& q, std::vector<Chart> const& all, std::size_t last) {
    auto const& t = q.rules.tables.sofa;
    Urine u;
    u.at = all[last].to;
    u.last = all[last].sample;
    EventTime covered_to{std::numeric_limits<std::int64_t>::min()};
    for (std::size_t i = 0; i <= last; ++i) {
        auto const& c = all[i];
        if (c.to <= u.at - t.window || !c.known) continue;
        const auto ml = core::canonical(q.rules, Signal::uo, c.sample->value, c.sample->unit);
        const auto volume = ml ? model::sum(u.volume, *ml) : std::nullopt;
        if (!volume) continue;
        u.volume = *volume;
        const auto from = std::max(c.from, covered_to);
        if (c.to > from) u.covered = u.covered + (c.to - from);
        covered_to = std::max(covered_to, c.to);
        if (u.first == nullptr) u.first = c.sample;
    }
    if (u.first == nullptr) u.first = u.last;
    if (u.covered >= t.urine_min && u.covered <= t.urine_max)
        u.ml_per_day = model::scaled(u.volume, model::Decimal{t.window.ms, 0}, model::Decimal{u.covered.ms, 0});
    return u;
}

} // namespace

std::vector<Urine> urine_days(Inquiry const& q, EventTime after) {
    auto const& t = q.rules.tables.sofa;
    const auto all = charts(q, after - t.window, t.urine_interval);
    std::vector<Urine> out;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all[i].to > after && (i + 1 == all.size() || all[i + 1].to != all[i].to)) out.push_back(day_of(q, all, i));
    return out;
}

} // namespace vigil::scores
