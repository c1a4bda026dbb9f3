#include "core/scores/urine.hpp"

#include <limits>

namespace vigil::scores {

using model::Duration;
using model::EventTime;
using model::Sample;
using model::Signal;

namespace {

EventTime end_of(Sample const& s) { return s.until ? *s.until : s.time; }

// In thousandths of a millilitre; empty when it cannot be said.
std::optional<std::int64_t> volume_of(Inquiry const& q, Sample const& s) {
    constexpr std::int64_t thousandths[] = {1000, 100, 10, 1};
    if (s.unit == model::Unit::mL && s.value.scale <= 3)
        return s.value.mantissa * thousandths[s.value.scale]; // intake bounds the volume
    const auto ml = core::canonical(q.rules, Signal::uo, s.value, s.unit);
    const auto rounded = ml ? model::round_half_up(*ml, 3) : std::nullopt;
    return rounded ? std::optional{rounded->mantissa} : std::nullopt;
}

// Collected over a day: the total of what may be charted singly as well.
bool is_total(Inquiry const& q, Sample const& s) {
    return s.until && *s.until - s.time >= q.rules.tables.sofa.urine_min;
}

// An interval counts from its end on, and is not read any more from `oldest` on, however long it is.
void ends_or_leaves(Inquiry& q, Sample const& s, EventTime oldest) {
    if (!s.until) return;
    q.due.at(*s.until);
    q.detail.at(s.time + (q.at - oldest));
}

void add_totals(Inquiry& q, EventTime after, std::vector<Urine>& out) {
    auto const& t = q.rules.tables.sofa;
    const EventTime oldest = after - t.urine_max - Duration{1};
    for (auto signal : {Signal::uo, Signal::uo_day})
        for (auto const& s : q.timeline.range(signal, oldest, q.at)) {
            ends_or_leaves(q, s, oldest);
            if (s.is_word || (signal == Signal::uo && !is_total(q, s))) continue;
            const bool at_least = s.comparator == model::Comparator::greater ||
                                  s.comparator == model::Comparator::greater_equal; // says nothing of too little
            const auto volume = at_least ? std::nullopt : volume_of(q, s);
            if (!volume || end_of(s) <= after || end_of(s) > q.at) continue;
            const auto covered = s.until && *s.until > s.time ? *s.until - s.time : t.window;
            const bool enough = covered >= t.urine_min && covered <= t.urine_max;
            out.push_back({signal, end_of(s), covered, *volume, &s, &s, enough});
        }
    // By their end; of one instant the worst last.
    const auto sooner = [](Urine const& a, Urine const& b) { return a.at != b.at ? a.at < b.at : b.below(a); };
    if (!std::is_sorted(out.begin(), out.end(), sooner)) std::stable_sort(out.begin(), out.end(), sooner);
}

// Every interval from `after` to q.at, by its end. Volumes charted at one instant share theirs.
void read_charts(Inquiry& q, EventTime after, Duration longest, std::vector<UrineChart>& out) {
    out.clear();
    const EventTime oldest = after - longest * 2 - Duration{1};
    const auto samples = q.timeline.range(Signal::uo, oldest, q.at);
    out.reserve(samples.size());
    bool intervals = false;
    for (auto const& s : samples) {
        ends_or_leaves(q, s, oldest);
        intervals = intervals || s.until.has_value();
        if (!s.is_word && end_of(s) <= q.at && !is_total(q, s)) out.push_back({&s, s.time, end_of(s), true, 0, 0, {}});
    }
    // An interval shares time with what was charted before it, however little of that is read any more.
    if (intervals) q.due.at(samples.front().time + (q.at - oldest));
    const auto sooner = [](UrineChart const& a, UrineChart const& b) { return a.to < b.to; };
    if (!std::is_sorted(out.begin(), out.end(), sooner)) std::stable_sort(out.begin(), out.end(), sooner);
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
}

// Of a bound (`>40`) nobody knows how much it was: it covers nothing.
std::optional<std::int64_t> charted_volume(Inquiry const& q, UrineChart const& c) {
    return c.known && c.sample->comparator == model::Comparator::exactly ? volume_of(q, *c.sample) : std::nullopt;
}

// Running sums; time that two intervals share counts once.
void add_up(Inquiry const& q, std::vector<UrineChart>& all) {
    std::int64_t volume = 0, covered = 0;
    EventTime covered_to{std::numeric_limits<std::int64_t>::min()};
    for (auto& c : all) {
        const auto v = charted_volume(q, c);
        if (v) {
            volume += *v;
            const auto from = std::max(c.from, covered_to);
            if (c.to > from) covered += (c.to - from).ms;
            covered_to = std::max(covered_to, c.to);
        }
        c.volume = volume;
        c.covered = covered;
    }
}

// What hours that end with a charting are made of.
void note_hours(Inquiry const& q, std::vector<UrineChart>& all) {
    std::int64_t volume = 0;
    std::int32_t more = 0, begun = 0;
    EventTime since{}, covered_to{std::numeric_limits<std::int64_t>::min()};
    for (auto& c : all) {
        const auto v = charted_volume(q, c);
        if (v) {
            volume += *v;
            if (*v != 0) ++more;
        }
        if (!v)
            since = c.to; // nobody knows
        else if (c.from > covered_to)
            since = c.from;
        covered_to = v ? std::max(covered_to, c.to) : c.to;
        if (c.sample->until) ++begun;
        c.volume = volume;
        c.since = since;
        c.more = more;
        c.begun = begun;
    }
}

} // namespace

std::optional<model::Ratio> Urine::ml_per_day(Duration day) const {
    if (covered.ms <= 0) return std::nullopt;
    return model::Ratio{model::Int128{volume} * day.ms, model::Int128{covered.ms} * 1000};
}

bool Urine::below(Urine const& other) const {
    return model::Int128{volume} * other.covered.ms < model::Int128{other.volume} * covered.ms;
}

std::span<Urine const> urine_days(Inquiry& q, EventTime after, UrineDays& room) {
    auto const& t = q.rules.tables.sofa;
    auto& [all, out] = room;
    read_charts(q, after - t.window, t.urine_interval, all);
    add_up(q, all);
    out.clear();
    std::size_t first = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        while (all[first].to <= all[i].to - t.window) ++first;
        if (all[i].to <= after || (i + 1 < all.size() && all[i + 1].to == all[i].to)) continue;
        Urine u;
        u.at = all[i].to;
        u.last = all[i].sample;
        u.first = all[first].sample;
        u.volume = all[i].volume - (first > 0 ? all[first - 1].volume : 0);
        u.covered = {all[i].covered - (first > 0 ? all[first - 1].covered : 0)};
        u.enough = u.covered >= t.urine_min && u.covered <= t.urine_max;
        out.push_back(u);
    }
    add_totals(q, after, out);
    return out;
}

std::span<Urine const> urine_totals(Inquiry& q, EventTime after, UrineDays& room) {
    room.days.clear();
    add_totals(q, after, room.days);
    return room.days;
}

std::span<UrineChart const> urine_charts(Inquiry& q, EventTime after, Duration longest, UrineDays& room) {
    read_charts(q, after, longest, room.charts);
    note_hours(q, room.charts);
    return room.charts;
}

std::optional<UrineVolume> urine_over(std::span<UrineChart const> charts, Duration over) {
    const auto begin = charts.back().to - over;
    if (charts.back().since > begin) return std::nullopt;
    const auto first = std::upper_bound(charts.begin(), charts.end(), begin,
                                        [](EventTime t, UrineChart const& c) { return t < c.to; });
    // Those that may have begun before: of one instant unless some have beginnings of their own.
    auto whole = first;
    const auto begun = first == charts.begin() ? 0 : (first - 1)->begun;
    while (whole != charts.end() && (whole->to == first->to || charts.back().begun != begun)) ++whole;
    UrineVolume out;
    out.first = first->sample;
    out.last = charts.back().sample;
    out.nothing = charts.back().more == (first == charts.begin() ? 0 : (first - 1)->more);
    // What lies in the hours as a whole, in whole thousandths; shares of what began before them.
    auto thousandths = charts.back().volume - (whole - 1)->volume;
    std::optional<model::Ratio> shares;
    for (auto c = first; c != whole; ++c) {
        const auto volume = c->volume - (c == charts.begin() ? 0 : (c - 1)->volume);
        const auto counted = c->to - std::max(c->from, begin), length = c->to - c->from;
        if (length.ms == 0 || counted == length) {
            thousandths += volume;
            continue;
        }
        const model::Ratio share{model::Int128{volume} * counted.ms, model::Int128{length.ms} * 1000};
        shares = shares ? model::sum(*shares, share) : share;
        if (!shares) return std::nullopt;
    }
    out.ml = {thousandths, 1000};
    if (!shares) return out;
    const auto total = model::sum(out.ml, *shares);
    if (!total) return std::nullopt;
    out.ml = *total;
    return out;
}

std::optional<model::Ratio> limit_of(UrineRate const& rate, std::optional<model::Decimal> kg, Duration over) {
    if (!kg || rate.none) return std::nullopt;
    const auto per_hour = model::scaled(model::ratio(*kg), rate.below, model::Decimal{1, 0});
    return per_hour ? model::scaled(*per_hour, model::Decimal{over.ms, 0}, model::Decimal{3'600'000, 0}) : std::nullopt;
}

} // namespace vigil::scores
