#include "core/scores/urine.hpp"

#include <algorithm>
#include <iterator>

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

void add_totals(Inquiry& q, EventTime after, UrineDays& room) {
    auto const& t = q.rules.tables.sofa;
    auto& out = room.days;
    const EventTime oldest = after - t.urine_max - Duration{1};
    // Of what was charted without a beginning of its own none is a total.
    const bool none_charted = room.plain && room.read_to == q.at && room.kept_from <= oldest;
    for (auto signal : {Signal::uo, Signal::uo_day}) {
        if (signal == Signal::uo && none_charted) continue;
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
    }
    // By their end; of one instant the worst last.
    const auto sooner = [](Urine const& a, Urine const& b) { return a.at != b.at ? a.at < b.at : b.below(a); };
    if (!std::is_sorted(out.begin(), out.end(), sooner)) std::stable_sort(out.begin(), out.end(), sooner);
}

// Of a bound (`>40`) nobody knows how much it was: it covers nothing.
std::optional<std::int64_t> charted_volume(Inquiry const& q, UrineChart const& c) {
    return c.known && c.sample.comparator == model::Comparator::exactly ? volume_of(q, c.sample) : std::nullopt;
}

// The next of the charts by their end. Volumes charted at one instant share the time they cover; time that two
// intervals share counts once.
void append(Inquiry const& q, Sample const& s, Duration longest, UrineDays& room) {
    auto& sums = room.sums;
    UrineChart c{s, s.time, end_of(s), true, 0, 0, {}};
    if (!room.charts.empty() && room.charts.back().to != c.to) sums.before = room.charts.back().to;
    if (!s.until) {
        // The first volume of all covers a time nobody knows: neither it nor its time counts. Over a longer silence
        // nobody knows what was lost: it covers nothing, and the day is not covered.
        c.known = sums.before.has_value() && c.to - *sums.before <= longest;
        c.from = c.known ? *sums.before : c.to;
    }
    if (const auto v = charted_volume(q, c)) {
        sums.volume += *v;
        const auto from = std::max(c.from, sums.covered_to);
        if (c.to > from) sums.covered += (c.to - from).ms;
        sums.covered_to = std::max(sums.covered_to, c.to);
        if (*v != 0) ++sums.more;
        if (c.from > sums.told_to) sums.since = c.from;
        sums.told_to = std::max(sums.told_to, c.to);
    } else {
        sums.since = sums.told_to = c.to;
    }
    if (s.until) ++sums.begun;
    c.volume = sums.volume;
    c.covered = sums.covered;
    c.since = sums.since;
    c.more = sums.more;
    c.begun = sums.begun;
    room.charts.push_back(c);
}

bool counts(Inquiry const& q, Sample const& s) { return !s.is_word && end_of(s) <= q.at && !is_total(q, s); }

void read_anew(Inquiry& q, EventTime oldest, Duration longest, UrineDays& room) {
    room.clear();
    room.plain = true;
    room.kept_from = oldest;
    const auto samples = q.timeline.range(Signal::uo, oldest, q.at);
    room.charts.reserve(samples.size());
    for (auto const& s : samples) {
        ends_or_leaves(q, s, oldest);
        room.plain = room.plain && !s.until;
    }
    if (room.plain) {
        for (auto const& s : samples)
            if (counts(q, s)) append(q, s, longest, room);
        return;
    }
    // An interval shares time with what was charted before it, however little of that is read any more.
    q.due.at(samples.front().time + (q.at - oldest));
    std::vector<Sample const*> by_end;
    for (auto const& s : samples)
        if (counts(q, s)) by_end.push_back(&s);
    std::stable_sort(by_end.begin(), by_end.end(),
                     [](Sample const* a, Sample const* b) { return end_of(*a) < end_of(*b); });
    for (auto const* s : by_end) append(q, *s, longest, room);
}

// Every interval from `after` to q.at.
void read_charts(Inquiry& q, EventTime after, Duration longest, UrineDays& room) {
    const EventTime oldest = after - longest * 2 - Duration{1};
    bool goes_on = q.keeps && room.plain && room.kept_from <= oldest && room.read_to <= q.at;
    if (goes_on) {
        const auto samples = q.timeline.range(Signal::uo, std::max(oldest, room.read_to), q.at);
        goes_on = std::none_of(samples.begin(), samples.end(), [](Sample const& s) { return s.until.has_value(); });
        if (goes_on)
            for (auto const& s : samples)
                if (counts(q, s)) append(q, s, longest, room);
    }
    if (!goes_on) read_anew(q, oldest, longest, room);
    room.read_to = q.at;
    auto& charts = room.charts;
    const auto first =
        std::partition_point(charts.begin(), charts.end(), [&](UrineChart const& c) { return c.to <= oldest; });
    if (!room.plain || (first - charts.begin()) * 2 < std::ssize(charts)) return;
    charts.erase(charts.begin(), first);
    room.kept_from = oldest;
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
    read_charts(q, after - t.window, t.urine_interval, room);
    auto& all = room.charts;
    auto& out = room.days;
    out.clear();
    std::size_t first = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        while (all[first].to <= all[i].to - t.window) ++first;
        if (all[i].to <= after || (i + 1 < all.size() && all[i + 1].to == all[i].to)) continue;
        Urine u;
        u.at = all[i].to;
        u.last = &all[i].sample;
        u.first = &all[first].sample;
        u.volume = all[i].volume - (first > 0 ? all[first - 1].volume : 0);
        u.covered = {all[i].covered - (first > 0 ? all[first - 1].covered : 0)};
        u.enough = u.covered >= t.urine_min && u.covered <= t.urine_max;
        out.push_back(u);
    }
    add_totals(q, after, room);
    return out;
}

std::span<Urine const> urine_totals(Inquiry& q, EventTime after, UrineDays& room) {
    room.days.clear();
    add_totals(q, after, room);
    return room.days;
}

std::span<UrineChart const> urine_charts(Inquiry& q, EventTime after, Duration longest, UrineDays& room) {
    read_charts(q, after, longest, room);
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
    out.first = &first->sample;
    out.last = &charts.back().sample;
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

model::Evidence first_counted(model::Signal signal, model::Sample const& first, model::Duration over,
                              model::Verdict verdict, model::Reason reason) {
    auto e = evidence_of(signal, first, verdict, reason);
    const auto hour = model::hours(1).ms;
    if (over.ms % hour != 0) return e;
    e.compared = model::Decimal{over.ms / hour, 0};
    e.compared_unit = model::Unit::h;
    return e;
}

} // namespace vigil::scores
