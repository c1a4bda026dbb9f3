#include "core/scores/vitals.hpp"

#include "core/scores/settled.hpp"

#include <deque>
#include <limits>

namespace vigil::scores {

using model::Duration;
using model::EventTime;
using model::Minute;
using model::Reason;
using model::Signal;
using model::Verdict;

namespace {

using Told = VitalReading;

struct Refused {
    Reason why = Reason::none;
    Signal signal{};
    Minute minute;
};

// A reading with the one that agrees with it.
struct Rated {
    Signal signal{};
    Told const* told = nullptr;
    Told const* beside = nullptr;
    PointRange points;
    std::optional<model::Flag> flag{};
};

class Reader {
public:
    // `always`: the one scale that applies at every instant, where it is known.
    Reader(Inquiry& q, std::span<Source const> sources, ScalesAt const& scales, RangeTable const* always)
        : q_{q},
          sources_{sources},
          scales_{scales},
          always_{always},
          gap_{q.rules.tables.sofa.monitor_gap} {}

    Finding find() {
        if (q_.now())
            newest();
        else
            worst_of_window();
        Finding out;
        std::sort(refused_.begin(), refused_.end(), [](Refused const& a, Refused const& b) { return a.why < b.why; });
        for (auto const& r : refused_) out.refused.push_back(r.why);
        fill(out);
        return out;
    }

private:
    Duration age_of(Signal s) const { return std::max(q_.max_age(s), gap_); }

    void refuse(Source const& from, Minute const& m, Reason why, EventTime after) {
        if (m.time > after) found_refused_.push_back({why, from.signal, m});
    }
    // The newest of each reason is told.
    void note_refused(Refused const& found) {
        const auto known =
            std::find_if(refused_.begin(), refused_.end(), [&](Refused const& r) { return r.why == found.why; });
        if (known == refused_.end())
            refused_.push_back(found);
        else if (known->minute.time <= found.minute.time)
            *known = found;
    }

    bool outside_soft(Source const& from, Minute const& m) const {
        auto const& e = core::entry(q_.rules, from.signal);
        const auto v = core::canonical(q_.rules, from.signal, m.value, m.unit);
        return v && ((e.soft_low && *v < *e.soft_low) || (e.soft_high && *v > *e.soft_high));
    }

    void take(Source const& from, Minute const& m, EventTime after, std::vector<Told>& out) {
        if (m.open) q_.due.at(m.end());
        if (m.streaming || (q_.whole_minutes && m.end() > q_.at)) return;
        Told t{m, m.valid == 0};
        if (t.extreme ? !outside_soft(from, m) : m.valid * 2 < m.total)
            return refuse(from, m, Reason::questionable, after);
        if (from.as) {
            const auto worked_out = from.as(m);
            if (!worked_out) return;
            t.minute = *worked_out;
            t.source = m;
        }
        const auto p = points_of(from.signal, t, nullptr);
        if (!p) return refuse(from, m, Reason::unknown_unit, after);
        if (from.refuses && (q_.now() || !from.scoring_only || p->upper > 0))
            if (const auto why = from.refuses(m); why != Reason::none) return refuse(from, m, why, after);
        out.push_back(t);
    }

    // The minutes that may count in (after - back, to], oldest first; what is refused in (after, to] is noted. Of a row
    // (below) only those that may decide, and those next to them.
    std::vector<Told> read(Source const& from, EventTime after, Duration back) {
        std::vector<Told> out;
        auto& rows = rows_.emplace_back();
        auto& skipped = skipped_.emplace_back();
        auto read_to = after - back;
        for (;;) {
            Reason why = Reason::none;
            const auto row = next_row(from, std::max(model::minute_of(read_to), model::minute_of(after)) + 1, why);
            const auto end = row.empty() ? model::minute_of(q_.at) + 1 : std::int64_t{row.front().first};
            q_.timeline.minutes(from.signal, read_to, row.empty() ? q_.at : model::start_of_minute(end),
                                [&](Minute const& m) {
                                    if (m.minute < end) take(from, m, after, out);
                                });
            if (row.empty()) return out;
            take_row(from, row, why, after, out);
            const auto behind = model::start_of_minute(std::int64_t{row.back().last} + 1);
            skipped.push_back({model::start_of_minute(row.front().first), behind});
            if (why == Reason::none) rows.push_back(skipped.back());
            read_to = behind - Duration{1};
        }
    }

    std::optional<RangeSpan> range_of_all(Source const& from, model::MinuteBlock const& b) const {
        auto const& o = b.outline;
        Minute least, greatest;
        least.unit = greatest.unit = o.unit;
        least.value = o.above(o.least_above);
        greatest.value = o.value(o.highest);
        const auto low = ranges_of(*always_, from.signal, least, q_.rules),
                   high = ranges_of(*always_, from.signal, greatest, q_.rules);
        return low && high ? std::optional{hull(*low, *high)} : std::nullopt;
    }
    // A better source speaks for each of them, or for none.
    bool yields_alike(std::size_t source, model::MinuteBlock const& b) const {
        const auto reach = q_.rules.tables.sofa.cuff_yields;
        const auto begin = model::start_of_minute(b.first), end = model::start_of_minute(std::int64_t{b.last} + 1);
        for (std::size_t k = 0; k < source; ++k) {
            for (auto const& r : rows_[k]) {
                if (r.from <= begin && end <= r.to) return true;
                if (r.from <= end + reach && begin - reach <= r.to) return false;
            }
            for (auto const& t : lists_[k])
                if (begin - reach <= t.time() && t.time() <= end + reach) return false;
        }
        return true;
    }
    // The first whole blocks of minutes from `from` on that lie in one range, each of them, and may be used, all or for
    // one reason none: then every minute has one beside it in its block that says the same, and the furthest from
    // normal, the newest of those, is what may decide. `why`: the reason.
    std::span<model::MinuteBlock const> next_row(Source const& s, std::int64_t from, Reason& why) {
        if (always_ == nullptr || s.as || gap_ < model::minutes(2)) return {};
        std::optional<Reason> common;
        const auto source = rows_.size() - 1;
        return q_.timeline.whole_row(s.signal, from, model::minute_of(q_.at), [&](model::MinuteBlock const& b) {
            if (!b.outline.even || b.count < 2) return false;
            const auto range = range_of_all(s, b);
            if (!range) return false;
            const auto points = points_in(*always_, *range);
            const bool of_all = q_.now() || !s.scoring_only, asked = s.refuses && (of_all || points.upper > 0);
            auto here = std::optional{Reason::none};
            if (asked) here = s.refuses_all ? s.refuses_all(b.first, b.last) : std::nullopt;
            if (!here || (common && *common != *here)) return false;
            if (*here != Reason::none && !of_all && points.lower == 0) return false; // some of them may be used
            if (*here == Reason::none && (range->first != range->last || !yields_alike(source, b))) return false;
            common = why = *here;
            return true;
        });
    }
    // The minute of a row that may decide: of those with the most points the furthest from normal, the newest of
    // equals.
    std::int64_t furthest_of(Source const& from, std::span<model::MinuteBlock const> row) const {
        std::optional<Rated> best;
        Told told[2];
        for (auto const& b : row) {
            auto const& o = b.outline;
            const auto range = *range_of_all(from, b);
            const bool low = side_that_counts(*always_, side_of(*always_, range)) == Side::low;
            auto& t = told[best && best->told == &told[0] ? 1 : 0];
            t.minute.unit = o.unit;
            t.minute.value = low ? o.above(o.least_above) : o.value(o.highest);
            t.minute.minute = std::int64_t{b.first} + (low ? o.least_at : o.highest_at);
            t.minute.time = model::start_of_minute(t.minute.minute);
            const Rated r{from.signal, &t, nullptr, points_in(*always_, range), {}};
            if (!best || worse(r, *best)) best = r;
        }
        return best->told->minute.minute;
    }
    void take_row(Source const& from, std::span<model::MinuteBlock const> row, Reason why, EventTime after,
                  std::vector<Told>& out) {
        const auto first = std::int64_t{row.front().first}, last = std::int64_t{row.back().last};
        auto next = first;
        const auto read_around = [&](std::int64_t begin, std::int64_t end) {
            begin = std::max(begin, next);
            end = std::min(end, last);
            if (begin > end) return;
            next = end + 1;
            q_.timeline.minutes(from.signal, model::start_of_minute(begin) - Duration{1},
                                model::start_of_minute(end + 1), [&](Minute const& m) {
                                    if (begin <= m.minute && m.minute <= end) take(from, m, after, out);
                                });
        };
        if (why == Reason::none) {
            read_around(first, first);
            const auto furthest = furthest_of(from, row);
            read_around(furthest - 1, furthest + 1);
        }
        read_around(why == Reason::none ? last - 1 : last, last);
    }

    // Together with another reading: what both are at least.
    std::optional<PointRange> points_by(RangeTable const& table, Signal signal, Told const& a, Told const* b) const {
        const auto x = ranges_of(table, signal, a.minute, q_.rules);
        if (!x || b == nullptr) return x ? std::optional{points_in(table, *x)} : std::nullopt;
        const auto y = ranges_of(table, signal, b->minute, q_.rules);
        if (!y) return std::nullopt;
        const auto least = points_in(table, hull(*x, *y)).lower;
        const bool exact = x->first == x->last && y->first == y->last;
        return PointRange{least, exact ? least : std::min(points_in(table, *x).upper, points_in(table, *y).upper)};
    }
    std::optional<PointRange> points_of(Signal signal, Told const& a, Told const* b) const {
        const auto scales = scales_(a.time());
        auto p = points_by(*scales.one, signal, a, b);
        if (!p || scales.other == scales.one) return p;
        const auto other = points_by(*scales.other, signal, a, b);
        if (!other) return std::nullopt;
        return PointRange{std::min(p->lower, other->lower), std::max(p->upper, other->upper)};
    }

    // The readings next to the one at `i` that have a say about it.
    std::pair<Told const*, Told const*> neighbours(Signal signal, std::vector<Told> const& all, std::size_t i) const {
        auto const& t = all[i];
        const auto reach = t.extreme ? std::max(gap_, q_.max_age(signal)) : gap_;
        const auto has_say = [&](Told const& other) { return t.extreme || !other.extreme; };
        Told const *before = nullptr, *after = nullptr;
        for (auto k = i; k-- > 0 && t.time() - all[k].time() <= reach && before == nullptr;)
            if (has_say(all[k])) before = &all[k];
        for (auto k = i + 1; k < all.size() && all[k].time() - t.time() <= reach && after == nullptr; ++k)
            if (has_say(all[k])) after = &all[k];
        return {before, after};
    }

    std::optional<Rated> rate(Signal signal, std::vector<Told> const& all, std::size_t i) const {
        auto const& t = all[i];
        const auto [before, after] = neighbours(signal, all, i);
        std::optional<Rated> best;
        for (auto const* n : {before, after}) {
            if (n == nullptr) continue;
            const auto p = points_of(signal, t, n);
            if (p && (!best || p->lower > best->points.lower)) best = Rated{signal, &t, n, *p};
        }
        if (best) return t.extreme && best->points.lower == 0 ? std::nullopt : best;
        if (t.extreme) return std::nullopt;
        const auto p = points_of(signal, t, nullptr);
        return p ? std::optional{Rated{signal, &t, nullptr, *p}} : std::nullopt;
    }

    // Of what is normal itself, where the table has more points.
    static Side side_that_counts(RangeTable const& table, Side s) {
        if (s != Side::normal) return s;
        return table.ranges.front().points >= table.ranges.back().points ? Side::low : Side::high;
    }
    // Further from normal.
    bool further(Rated const& a, Rated const& b) const {
        auto const& table = *scales_(a.told->time()).one;
        const auto side = [&](Rated const& r) {
            const auto where = ranges_of(table, r.signal, r.told->minute, q_.rules);
            return side_that_counts(table, where ? side_of(table, *where) : Side::normal);
        };
        const auto sa = side(a), sb = side(b);
        if (sa != sb) return sa == Side::high;
        auto const &x = a.told->minute, &y = b.told->minute;
        const auto order = compare(a.signal, x, b.signal, y);
        return sa == Side::high ? order > 0 : order < 0;
    }
    std::strong_ordering compare(Signal sx, Minute const& x, Signal sy, Minute const& y) const {
        if (x.unit == y.unit) return x.value <=> y.value;
        const auto vx = core::canonical(q_.rules, sx, x.value, x.unit),
                   vy = core::canonical(q_.rules, sy, y.value, y.unit);
        return vx && vy ? *vx <=> *vy : std::strong_ordering::equal;
    }
    bool worse(Rated const& a, Rated const& b) const {
        if (a.points.lower != b.points.lower) return a.points.lower > b.points.lower;
        const bool sure = is_certain(a.points), other = is_certain(b.points);
        if (sure != other) return sure;
        if (further(a, b)) return true;
        return !further(b, a) && a.told->time() >= b.told->time();
    }

    void consider(Rated const& r) {
        if (!worst_ || worse(r, *worst_)) worst_ = r;
        const bool higher = !most_ || r.points.upper > most_->points.upper;
        if (higher || (r.points.upper == most_->points.upper && r.told->time() >= most_->told->time())) most_ = r;
    }

    // What nobody has followed up yet may be true.
    void leave_open(Signal signal, std::vector<Told> const& all, std::size_t i) {
        if (neighbours(signal, all, i).second != nullptr) return;
        const auto p = points_of(signal, all[i], nullptr);
        if (p && (!open_ || p->upper >= open_->points.upper)) open_ = Rated{signal, &all[i], nullptr, *p};
    }

    // A reading that may be used came from a better source within reach of `t`.
    bool yields(std::size_t source, EventTime t) const {
        const auto reach = q_.rules.tables.sofa.cuff_yields;
        for (std::size_t k = 0; k < source; ++k) {
            auto const& better = lists_[k];
            const auto from =
                std::partition_point(better.begin(), better.end(), [&](Told const& x) { return x.time() < t - reach; });
            for (auto x = from; x != better.end() && x->time() <= t + reach; ++x)
                if (!x->extreme) return true;
            for (auto const& r : rows_[k]) // of all of its minutes, not only of those in the list
                if (r.from <= t && t < r.to) return true;
        }
        return false;
    }

    void worst_of_window() {
        auto* const settled = settled_part();
        const auto known = settled != nullptr ? settled->known_to : q_.after;
        read_all(known);
        if (settled != nullptr) restore(*settled);
        const auto to = settled != nullptr ? settles_to(known) : known;
        judge(known, to);
        if (to > known) {
            keep(*settled, to);
            restore(*settled);
        }
        judge(to, q_.at);
        for (auto const& r : refused_) q_.leaves(r.minute.time);
        if (open_) q_.leaves(open_->told->time());
        if (!worst_) return;
        q_.leaves(worst_->told->time());
        q_.leaves(most_->told->time());
    }

    // What counts is after `after`. Only what lies outside the soft limits looks far for a neighbour.
    void read_all(EventTime after) {
        auto back = std::max(gap_, q_.rules.tables.sofa.cuff_yields);
        for (auto const& s : sources_) lists_.push_back(read(s, after, back));
        const auto is_extreme = [after](Told const& t) { return t.extreme && t.time() > after; };
        if (std::none_of(lists_.begin(), lists_.end(),
                         [&](auto const& l) { return std::any_of(l.begin(), l.end(), is_extreme); }))
            return;
        for (auto const& s : sources_) back = std::max(back, q_.max_age(s.signal));
        lists_.clear();
        rows_.clear();
        skipped_.clear();
        found_refused_.clear();
        for (auto const& s : sources_) lists_.push_back(read(s, after, back));
    }

    // What is in (after, to].
    void judge(EventTime after, EventTime to) {
        const auto within = [=](EventTime t) { return t > after && t <= to; };
        for (auto const& r : found_refused_)
            if (within(r.minute.time)) note_refused(r);
        for (std::size_t k = 0; k < sources_.size(); ++k)
            for (std::size_t i = 0; i < lists_[k].size(); ++i) {
                auto const& t = lists_[k][i];
                if (!within(t.time()) || yields(k, t.time())) continue;
                if (auto r = rate(sources_[k].signal, lists_[k], i)) {
                    r->flag = sources_[k].flag;
                    consider(*r);
                    continue;
                }
                note_refused({Reason::soft_range, sources_[k].signal, t.minute});
                leave_open(sources_[k].signal, lists_[k], i);
            }
    }

    // What is known of the window already, from `known_to` back; null: nothing is to be kept. Of other scales than one
    // the order in which readings are considered may matter.
    SettledVital* settled_part() const {
        auto* const settled = settled_for(q_);
        if (settled == nullptr || always_ == nullptr || std::max(gap_, q_.rules.tables.sofa.cuff_yields) > looks_ahead)
            return nullptr;
        auto& kept = settled->vitals[{q_.key, always_->part, always_->signal}];
        const auto left = [&](std::optional<KeptVital> const& r) {
            return r && r->told.minute.minute.time <= q_.after;
        };
        if (!kept.judged_by(*always_) || !kept.is_within(q_) || left(kept.worst) || left(kept.most)) {
            kept = {};
            kept.table = *always_;
            kept.begin(q_);
        }
        return &kept;
    }

    // Up to when what has been read is settled: nothing later than `looks_ahead` behind it has a say about it, and no
    // row goes on there.
    EventTime settles_to(EventTime known) const {
        auto to = q_.at - settles_after;
        if (to < known + model::minutes(5)) return known;
        const auto unsettled = [&](std::size_t k, std::size_t i) {
            auto const& t = lists_[k][i];
            if (!t.extreme || t.time() <= known || t.time() > to) return false;
            auto const* const next = neighbours(sources_[k].signal, lists_[k], i).second;
            return next == nullptr || next->minute.end() > to + looks_ahead; // all of its minute is known
        };
        for (bool again = true; again;) {
            again = false;
            const auto before = [&](EventTime t) {
                to = t - Duration{1};
                again = true;
            };
            for (auto const& rows : skipped_)
                for (auto const& r : rows)
                    if (r.from <= to && to < r.to) before(r.from);
            for (std::size_t k = 0; k < lists_.size(); ++k)
                for (std::size_t i = 0; i < lists_[k].size(); ++i)
                    if (unsettled(k, i)) before(lists_[k][i].time());
        }
        return std::max(known, to);
    }

    static KeptVital kept_of(Rated const& r) {
        return {r.signal, KeptReading{*r.told},
                r.beside != nullptr ? std::optional{KeptReading{*r.beside}} : std::nullopt, r.points, r.flag};
    }
    void keep(SettledVital& kept, EventTime to) const {
        auto worst = worst_ ? std::optional{kept_of(*worst_)} : std::nullopt;
        auto most = worst_ && most_->told != worst_->told ? std::optional{kept_of(*most_)} : std::nullopt;
        std::vector<RefusedVital> refused;
        for (auto const& r : refused_) refused.push_back({r.why, r.signal, KeptMinute{r.minute}});
        kept.worst = std::move(worst);
        kept.most = std::move(most);
        kept.refused = std::move(refused);
        kept.settle(q_, to);
    }
    void restore(SettledVital const& kept) {
        const auto told = [this](KeptReading const& r) { return &restored_.emplace_back(r.get()); };
        const auto rated = [&](KeptVital const& r) {
            return Rated{r.signal, told(r.told), r.beside ? told(*r.beside) : nullptr, r.points, r.flag};
        };
        worst_.reset();
        most_.reset();
        if (kept.worst) worst_ = most_ = rated(*kept.worst);
        if (kept.most) most_ = rated(*kept.most);
        refused_.clear();
        for (auto const& r : kept.refused)
            if (r.minute.minute.time > q_.after) refused_.push_back({r.why, r.signal, r.minute.get()});
    }

    void newest() {
        lists_.reserve(sources_.size());
        for (auto const& s : sources_) {
            const auto age = age_of(s.signal);
            const auto after = q_.at - age - Duration{1};
            auto const& all = lists_.emplace_back(read(s, after, age));
            for (auto i = all.size(); i-- > 0 && all[i].time() > after && !worst_;) {
                if (auto r = rate(s.signal, all, i)) {
                    r->flag = s.flag;
                    consider(*r);
                    continue;
                }
                refuse(s, all[i].minute, Reason::soft_range, after);
                leave_open(s.signal, all, i);
            }
            if (worst_) break;
        }
        for (auto const& r : found_refused_) note_refused(r);
        for (auto const& r : refused_) q_.outlives(r.minute.time, age_of(r.signal));
        if (open_) q_.outlives(open_->told->time(), age_of(open_->signal));
        if (worst_) q_.outlives(worst_->told->time(), age_of(worst_->signal));
    }

    model::Evidence shown(Signal signal, Told const& t, EventTime judged) const {
        const auto sample = t.minute.sample();
        auto const& table = *scales_(judged).one;
        auto e = evidence_of(signal, t.source ? t.source->sample() : sample, Verdict::used);
        e.compared = compared_in(table, signal, sample, q_.rules);
        e.compared_unit = table.unit;
        return e;
    }

    // What there was before; a stream's first minute, which is not over, is not it.
    void explain_missing(Finding& out) const {
        for (auto const& s : sources_) {
            auto e = missing_or_stale(q_, s.signal);
            const auto since = q_.now() ? q_.at - age_of(s.signal) - Duration{1} : q_.after;
            if (e.verdict == Verdict::missing) continue;
            e.verdict = Verdict::stale;
            e.reason = Reason::stale;
            if (*e.time <= since)
                out.evidence.push_back(e);
            else
                q_.due.at(*e.time + (q_.at - since)); // then it is what there was before
        }
        if (out.evidence.empty()) out.evidence.push_back(missing(scales_(q_.at).one->signal));
    }

    void explain(Finding& out) const {
        if (!worst_) {
            if (refused_.empty()) explain_missing(out);
        } else {
            auto const& r = *worst_;
            // Of the two the milder one was scored.
            Rated one = r, two = r;
            if (r.beside != nullptr) two.told = r.beside;
            const auto a = points_of(r.signal, *one.told, nullptr), b = points_of(r.signal, *two.told, nullptr);
            const bool swap =
                r.beside != nullptr && a && b && (a->lower != b->lower ? a->lower > b->lower : further(one, two));
            if (swap) std::swap(one, two);
            out.evidence.push_back(shown(r.signal, *one.told, r.told->time()));
            if (r.beside != nullptr) out.evidence.push_back(shown(r.signal, *two.told, r.told->time()));
            if (most_ && most_->points.upper > r.points.upper && most_->told != r.told)
                out.evidence.push_back(
                    evidence_of(most_->signal, most_->told->minute.sample(), Verdict::refused, Reason::comparator));
            if (!is_certain(r.points)) {
                out.evidence.front().verdict = Verdict::refused;
                out.evidence.front().reason = Reason::comparator;
            }
        }
        for (auto const& f : refused_)
            out.evidence.push_back(evidence_of(f.signal, f.minute.sample(), Verdict::refused, f.why));
    }

    void fill(Finding& out) const {
        if (!worst_) {
            const auto scales = scales_(q_.at);
            out.points = {0, std::max(most_points(*scales.one), most_points(*scales.other))};
        } else {
            auto const& r = *worst_;
            out.told = true;
            out.decides = is_certain(r.points);
            out.points = {r.points.lower, std::max(r.points.upper, most_->points.upper)};
            out.time = r.told->time();
            auto const& table = *scales_(r.told->time()).one;
            const auto sample = r.told->minute.sample();
            if (const auto where = ranges_of(table, r.signal, sample, q_.rules)) out.side = side_of(table, *where);
            if (sample.comparator != model::Comparator::exactly) out.flags.add(model::Flag::comparator_bound);
            if (r.flag) out.flags.add(*r.flag);
            if (r.told->extreme || (r.beside != nullptr && r.beside->extreme))
                out.flags.add(model::Flag::extreme_verify);
        }
        if (open_ && open_->points.upper > out.points.lower) {
            out.points.upper = std::max(out.points.upper, open_->points.upper);
            out.flags.add(model::Flag::extreme_verify);
        }
        if (q_.explain) explain(out);
    }

    Inquiry& q_;
    std::span<Source const> sources_;
    ScalesAt const& scales_;
    RangeTable const* always_;
    Duration gap_;
    struct Row {
        EventTime from, to; // every minute of it has a reading
    };
    std::vector<std::vector<Told>> lists_;  // of each source
    std::vector<std::vector<Row>> rows_;    // the same
    std::vector<std::vector<Row>> skipped_; // with those that may not be used: not every minute of them is in the lists
    std::vector<Refused> found_refused_;    // as they were come upon
    std::vector<Refused> refused_;          // the newest of each reason
    std::deque<Told> restored_;             // from what was settled
    std::optional<Rated> worst_, most_;     // by the least and the most they can be
    std::optional<Rated> open_;             // outside the soft limits, and nothing has followed it
};

} // namespace

KeptMinute::KeptMinute(Minute const& m)
    : minute{m},
      sample{m.whole != nullptr ? std::optional{*m.whole} : std::nullopt} {
    minute.whole = nullptr;
}

Minute KeptMinute::get() const {
    auto m = minute;
    m.whole = sample ? &*sample : nullptr;
    return m;
}

KeptReading::KeptReading(VitalReading const& r)
    : minute{r.minute},
      extreme{r.extreme},
      source{r.source ? std::optional{KeptMinute{*r.source}} : std::nullopt} {}

VitalReading KeptReading::get() const {
    return {minute.get(), extreme, source ? std::optional{source->get()} : std::nullopt};
}

Finding vital_sign(Inquiry& q, std::span<Source const> sources, ScalesAt const& scales) {
    return Reader{q, sources, scales, nullptr}.find();
}

Finding vital_sign(Inquiry& q, std::span<Source const> sources, RangeTable const& table) {
    const ScalesAt scales = [&table](EventTime) { return Scales{&table, &table}; };
    return Reader{q, sources, scales, &table}.find();
}

} // namespace vigil::scores
