#include "core/scores/notes.hpp"
#include "core/scores/settled.hpp"

#include <limits>

namespace vigil::scores {

using model::EventTime;
using model::Minute;
using model::Ratio;
using model::Signal;

namespace {

constexpr model::Decimal perfused{3, 1}; // perfusion index 0.3 % (scores.md 13.4)
constexpr std::uint32_t dense = 5;       // readings in a quarter hour that make it a monitor's stream

struct Quarter {
    std::int64_t number = 0;
    std::vector<Minute> minutes;
    std::uint32_t valid = 0, total = 0;
    EventTime start() const { return {number * quarter_ms}; }
    EventTime end() const { return {(number + 1) * quarter_ms}; }
};

Minute const& median_of(std::vector<Minute>& minutes) {
    auto const middle = minutes.begin() + static_cast<std::ptrdiff_t>((minutes.size() - 1) / 2);
    std::sort(minutes.begin(), minutes.end(), [](Minute const& a, Minute const& b) {
        if (a.unit != b.unit) return a.unit < b.unit;
        if (const auto c = a.value <=> b.value; c != 0) return c < 0;
        return a.time < b.time;
    });
    return *middle;
}

bool poorly_perfused(Inquiry const& q, EventTime t) {
    const auto pi = q.timeline.latest(Signal::pi, t, model::minutes(5));
    return pi && pi->unit == model::Unit::percent && pi->value < perfused;
}

bool same_oxygen(Inquiry const& q, EventTime from, EventTime to, Inspired const& end, Estimates estimates) {
    if (!same_device(q, from, to)) return false;
    const auto start = inspired_at(q, from, estimates);
    return !start.percent || (end.percent && *start.percent == *end.percent);
}

// P/F that a saturation stands for: the table's PaO2 in tenths of a per cent, over the oxygen.
std::optional<Ratio> imputed(Imputation const& table, Ratio const& percent, Ratio const& oxygen, bool& bound) {
    const auto tenths = model::round_half_up(percent, 1);
    if (!tenths || table.pao2.empty()) return std::nullopt;
    const auto wanted = model::round_half_up(model::ratio(*tenths), 1)->mantissa;
    const auto last = table.first + static_cast<std::int64_t>(table.pao2.size()) - 1;
    if (wanted < table.first) return std::nullopt;
    bound = wanted > table.last_exact;
    // Above the last exact entry the curve is too flat to read a value from; it gives a floor: 97 % for all that is
    // higher.
    const auto index = static_cast<std::size_t>((!bound           ? wanted
                                                 : wanted >= last ? last
                                                                  : std::int64_t{table.last_exact}) -
                                                table.first);
    const auto scaled = model::scaled(model::ratio(table.pao2[index]), model::Decimal{100, 0}, model::Decimal{1, 0});
    return scaled ? model::quotient(*scaled, oxygen) : std::nullopt;
}

bool is_unread(Inspired const& oxygen) {
    return oxygen.why_not == model::Reason::unreadable || oxygen.why_not == model::Reason::comparator;
}

// What every score makes of it alike. Its oxygen is not known where it cannot be read from the first reading to the
// last: a sensor that is calibrated is so for a minute.
std::optional<Saturation> median_told(Inquiry const& q, Quarter& quarter, Estimates estimates) {
    if (quarter.minutes.empty() || quarter.valid * 2 < quarter.total) return std::nullopt;
    const auto first = quarter.minutes.front().time;
    auto const& m = median_of(quarter.minutes);
    // Of a stream more than one minute.
    if (m.valid == 0 && m.total > 1 && quarter.minutes.size() < 2) return std::nullopt;
    EventTime last = first;
    for (auto const& x : quarter.minutes) last = std::max(last, x.time);
    if (poorly_perfused(q, m.time)) return std::nullopt;
    Saturation s;
    s.sample = m.sample();
    const auto percent = core::canonical(q.rules, Signal::spo2, m.value, m.unit);
    if (!percent || s.sample.comparator != model::Comparator::exactly) return std::nullopt;
    s.percent = *percent;
    s.inspired = inspired_at(q, last, estimates);
    s.last = last;
    s.unread = is_unread(s.inspired) && (first == last || is_unread(inspired_at(q, first, estimates)));
    if (s.unread) return s;
    if (!s.inspired.percent || (first < last && !same_oxygen(q, first, last, s.inspired, estimates)))
        return std::nullopt;
    s.pf = imputed(q.rules.tables.sofa.imputation, s.percent, *s.inspired.percent, s.bound);
    return s;
}

std::optional<Saturation> rated(Inquiry const& q, std::optional<Saturation> s, Rating const& rating) {
    if (!s || s->unread || rating.rate == nullptr) return s;
    s->support = support_at(q, s->last, rating.support);
    rating.rate(q, *s);
    return s;
}

std::optional<Saturation> judge(Inquiry const& q, Quarter& quarter, Rating const& rating) {
    return rated(q, median_told(q, quarter, rating.estimates), rating);
}

// A soft limit keeps a single minute of a monitor from being believed, not a saturation that stays so low: the median
// of the quarter hour says whether it does.
bool is_extreme(Inquiry const& q, Minute const& m) {
    auto const& limit = core::entry(q.rules, Signal::spo2).soft_low;
    const auto percent = core::canonical(q.rules, Signal::spo2, m.value, m.unit);
    return m.valid == 0 && limit && percent && *percent < *limit;
}

void add(Inquiry const& q, Quarter& quarter, Minute const& m) {
    const bool extreme = is_extreme(q, m);
    quarter.valid += extreme ? m.total : m.valid;
    quarter.total += m.total;
    if (m.valid > 0 || extreme) quarter.minutes.push_back(m);
}

constexpr EventTime start_of(std::int64_t number) { return {number * quarter_ms}; }

// Goes through the readings of a stretch by the quarter hour.
class Walk {
public:
    Walk(Inquiry& q, Rating const& rating, std::optional<QuarterHour> const& seen)
        : q_{q},
          rating_{rating},
          seen_{seen} {}

    // take(QuarterHour&&, bool over) for each with readings in (after, to); minutes that begin at `to` are left out.
    template <class Take>
    void over(EventTime after, EventTime to, Take&& take) {
        q_.timeline.minutes(Signal::spo2, after, std::min(to, q_.at), [&](Minute const& m) {
            if (m.time >= to) return;
            const auto number = m.time.ms / quarter_ms;
            if (open_.total > 0 && number != open_.number) close(take);
            if (open_.total == 0) first_ = m.time;
            last_ = m.time;
            open_.number = number;
            if (m.open) q_.due.at(m.end());
            if (!m.streaming) add(q_, open_, m);
        });
        if (open_.total > 0) close(take);
    }
    // A quarter hour that is known already.
    void pass(QuarterHour const& h) {
        before_ = h.number;
        total_before_ = h.total;
    }

private:
    template <class Take>
    void close(Take& take) {
        QuarterHour h{open_.number, first_, last_, open_.total, false, {}};
        // A stream's quarter hour is judged when it is over; a charted value counts at once.
        const bool stream = open_.total >= dense || (before_ == open_.number - 1 && total_before_ >= dense);
        const bool is_over = open_.end() <= q_.at;
        if (!is_over && stream) {
            q_.due.at(open_.end());
        } else {
            h.was_judged = true;
            // Nothing came to it since it was judged.
            const bool same = seen_ && seen_->was_judged && seen_->number == h.number && seen_->total == h.total &&
                              seen_->first == h.first && seen_->last == h.last;
            h.judged = same ? seen_->judged : judge(q_, open_, rating_);
        }
        pass(h);
        open_ = Quarter{};
        take(std::move(h), is_over);
    }

    Inquiry& q_;
    Rating const& rating_;
    std::optional<QuarterHour> const& seen_;
    Quarter open_;
    EventTime first_, last_;
    std::int64_t before_ = std::numeric_limits<std::int64_t>::min(); // the quarter hour before
    std::uint32_t total_before_ = 0;                                 // its readings
};

void walk_through(Inquiry& q, Rating const& rating, QuarterHours& out) {
    auto& known = q.notes != nullptr ? q.notes->quarters : out.own;
    auto& list = known.list;
    Walk walk{q, rating, known.open};
    const auto begin = start_of(q.after.ms / quarter_ms + 1);
    list.erase(list.begin(),
               std::find_if(list.begin(), list.end(), [&](QuarterHour const& h) { return h.last > q.after; }));
    // The first may be cut by the window, and is another one with every reading that leaves it.
    const bool cut = !list.empty() && list.front().first <= q.after;
    if (cut || known.known_to < begin)
        walk.over(q.after, begin,
                  [&](QuarterHour&& h, bool is_over) { (is_over ? out.cut : out.open) = std::move(h); });
    for (std::size_t i = cut ? 1 : 0; i < list.size(); ++i) walk.pass(list[i]);
    walk.over(std::max(begin, known.known_to) - model::Duration{1}, {std::numeric_limits<std::int64_t>::max()},
              [&](QuarterHour&& h, bool is_over) {
                  if (is_over)
                      list.push_back(std::move(h));
                  else
                      out.open = std::move(h);
              });
    if (known.known_to < begin && out.cut) list.insert(list.begin(), *out.cut);
    known.open = out.open;
    known.known_to = std::max(known.known_to, start_of(q.at.ms / quarter_ms));
    out.whole = std::span{list}.subspan(out.cut && !list.empty() && list.front().number == out.cut->number ? 1 : 0);
    out.each_seen([&](Saturation const& s) { q.leaves(s.sample.time); });
    const auto* first = out.cut ? &*out.cut : !out.whole.empty() ? &out.whole.front() : out.open ? &*out.open : nullptr;
    // Without its first reading the median is another.
    if (first != nullptr) q.leaves(first->first);
}

// Walked through once for all scores that ask at this instant; each rates it for itself.
std::vector<QuarterHour> walked(Inquiry& q, Estimates estimates) {
    auto* const past = settled_for(q);
    SettledQuarters own;
    auto& known = past != nullptr ? past->quarters[{q.key.product, estimates}] : own;
    const auto begin = start_of(q.after.ms / quarter_ms + 1);
    if (!known.is_within(q)) {
        known = {};
        known.begin(q);
    }
    known.list.erase(known.list.begin(), std::find_if(known.list.begin(), known.list.end(), [&](QuarterHour const& h) {
                         return start_of(h.number) >= begin;
                     }));
    const Rating unrated{{}, nullptr, estimates};
    const std::optional<QuarterHour> none_seen;
    std::vector<QuarterHour> out;
    const auto take = [&out](QuarterHour&& h, bool) { out.push_back(std::move(h)); };
    Walk walk{q, unrated, none_seen};
    walk.over(q.after, begin, take);
    for (auto const& h : known.list) walk.pass(h);
    out.insert(out.end(), known.list.begin(), known.list.end());
    const auto from = std::max(begin, known.known_to), to = start_of((q.at - settles_after).ms / quarter_ms);
    walk.over(from - model::Duration{1}, {std::numeric_limits<std::int64_t>::max()}, take);
    for (auto const& h : out)
        if (h.judged) q.leaves(h.judged->sample.time);
    if (!out.empty()) q.leaves(out.front().first); // without its first reading the median is another
    if (past == nullptr || to <= from) return out;
    for (auto const& h : out)
        if (start_of(h.number) >= from && start_of(h.number) < to) known.list.push_back(h);
    known.settle(q, to);
    return out;
}

} // namespace

void quarter_hours(Inquiry& q, Rating const& rating, QuarterHours& out) {
    if (q.shared == nullptr || q.keeps) return walk_through(q, rating, out);
    auto const& all = shared(q, q.shared->quarters[static_cast<std::size_t>(rating.estimates)],
                             [&](Inquiry& inner) { return walked(inner, rating.estimates); });
    if (rating.rate == nullptr) {
        out.whole = all; // as long as what is shared stands
        return;
    }
    out.own.list = all;
    for (auto& h : out.own.list) h.judged = rated(q, std::move(h.judged), rating);
    out.whole = out.own.list;
}

std::optional<Saturation> newest_unread(QuarterHours const& all) {
    std::optional<Saturation> newest;
    all.each_seen([&](Saturation const& s) {
        if (s.unread) newest = s;
    });
    return newest;
}

void append_unread(Inquiry const& q, model::ScorePart& part, Saturation const& s) {
    const auto why = s.inspired.why_not;
    add_flag(part, why == model::Reason::comparator ? model::Flag::comparator_bound : model::Flag::unreadable);
    part.upper = 4;
    if (!q.explain) return;
    part.evidence.push_back(evidence_of(Signal::spo2, s.sample, model::Verdict::refused, why));
    part.evidence.insert(part.evidence.end(), s.inspired.evidence.begin(), s.inspired.evidence.end());
}

std::optional<Saturation> last_quarter_hour(Inquiry& q, Rating const& rating, std::optional<Saturation>* unread) {
    Quarter quarter;
    const auto age = q.max_age(Signal::spo2);
    EventTime newest{std::numeric_limits<std::int64_t>::min()};
    q.timeline.minutes(Signal::spo2, {q.at.ms - quarter_ms}, q.at, [&](Minute const& m) {
        q.due.at(m.time + model::Duration{quarter_ms});
        if (m.open && m.total > 1) q.due.at(m.end());
        if (m.streaming) return q.due.at(m.end());
        newest = m.time;
        add(q, quarter, m);
    });
    if (quarter.total == 0 || (age.ms > 0 && q.at - newest > age)) return std::nullopt;
    q.outlives(newest, age);
    auto s = judge(q, quarter, rating);
    if (s)
        for (auto const& e : s->inspired.evidence)
            if (e.time)
                q.outlives(*e.time, e.signal == Signal::resp_device ? q.rules.tables.sofa.support_charted
                                                                    : q.rules.tables.sofa.pair_within);
    if (!s || !s->unread) return s;
    if (unread != nullptr) *unread = std::move(s);
    return std::nullopt;
}

} // namespace vigil::scores
