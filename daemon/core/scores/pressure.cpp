#include "core/scores/mean_minutes.hpp"
#include "core/scores/notes.hpp"
#include "core/scores/support.hpp"

#include <cassert>
#include <span>
#include <utility>

namespace vigil::scores {

using model::Decimal;
using model::EventTime;
using model::Minute;
using model::Signal;

namespace {

// So far before the window minutes are read: a low value decides about artefacts within the gap, those about what is a
// pair one gap further, and of what was told and what was derived beside each other it depends on the pair before.
model::Duration reach(model::Duration gap) { return gap + gap + gap; }

// Reads the means of one site in order and tells which may be scored.
class Reader {
public:
    Reader(Inquiry& q, PressureSite const& group, EventTime after, Decimal threshold, Pressures& out)
        : q_{q},
          group_{group},
          after_{after},
          threshold_{threshold},
          gap_{q.rules.tables.sofa.monitor_gap},
          newest_{q.now()},
          out_{out} {}

    // Values below the threshold matter; the others only as neighbours.
    void take(MeanMinute& m) {
        if (m.row != nullptr) return take_row(m);
        if (last_ <= after_) note_first(m.time);
        m.neighbour = m.paired = m.followed = false;
        m.scored.reset();
        if (!m.usable) return;
        m.dropped = !m.derived && is_artefact(m);
        if (m.dropped) return note_artefact(m.time);
        if (beside_told(m)) {
            if (m.derived) return;
            before_->neighbour = false;
            before_ = nullptr;
        }
        m.neighbour = true;
        m.paired = before_ != nullptr && m.time - before_->time <= gap_;
        if (m.paired) {
            before_->followed = true;
            m.scored = higher(before_->value, m.value);
            accept(m, {m.time, m.minute, *m.scored, m.derived});
        } else {
            accept_single();
        }
        before_ = &m;
    }
    // Those whose neighbours are known, all at once.
    void take_settled(MeanMinutes& known) {
        auto& s = known.of_settled;
        for (auto i = known.begin; i < known.settled && last_ <= after_; ++i) note_first(known.list[i].time);
        if (s.last_dropped) note_artefact(*s.last_dropped);
        while (s.begin < s.deciding.size() && s.deciding[s.begin].time <= after_) ++s.begin;
        if (s.begin < s.deciding.size()) decide(s.deciding[s.begin]);
        // Whoever comes next may be paired with the last of them.
        for (auto i = known.settled; i > known.begin; --i) {
            auto& m = known.list[i - 1];
            before_ = m.neighbour ? &m : nullptr;
            if (m.neighbour || known.list[known.settled - 1].time - m.time > gap_) break;
        }
    }
    // From now on it is known what becomes of it.
    void settle(MeanMinute& m, SettledMinutes& s) {
        if (m.usable && m.value < threshold_) s.last_low = m.time;
        if (m.dropped) s.last_dropped = m.time;
        if (!m.scored || yields(m)) return;
        while (s.deciding.size() > s.begin && (newest_ || *m.scored <= s.deciding.back().scored)) s.deciding.pop_back();
        if (s.begin * 2 >= s.deciding.size())
            s.deciding.erase(s.deciding.begin(),
                             s.deciding.begin() + static_cast<std::ptrdiff_t>(std::exchange(s.begin, 0)));
        s.deciding.push_back({m.time, m.minute, *m.scored, m.derived});
    }
    // What was found, once everything was read.
    std::optional<Pressure> finish() {
        accept_single();
        if (!found_) return std::nullopt;
        Pressure p{found_->derived ? group_.systolic : group_.mean,
                   {},
                   found_->scored,
                   found_->derived,
                   below_soft(q_, group_, found_->scored)};
        p.sample.time = found_->time;
        if (!q_.explain) return p;
        const auto start = model::start_of_minute(found_->minute), end = model::start_of_minute(found_->minute + 1);
        q_.timeline.minutes(p.signal, start - model::Duration{1}, std::min(q_.at, end), [&](Minute const& m) {
            if (m.minute == found_->minute && (!found_->derived || derived_mean(q_, group_, m))) p.sample = m.sample();
        });
        return p;
    }

private:
    // What comes first, in the window or as a neighbour before it, may have kept others from being looked at.
    void note_first(EventTime t) {
        if (t <= after_ - reach(gap_)) return;
        last_ = t;
        if (q_.key.product == model::Product::day) return;
        const auto leaves = t + (q_.at - after_);
        for (model::Duration before{}; before <= reach(gap_); before = before + gap_) q_.detail.at(leaves + before);
    }
    bool is_artefact(MeanMinute& m) {
        // Else it neither decides nor hides what does.
        if (!m.near_low && m.lowest >= threshold_ && m.value < Decimal{200, 0}) return false;
        const bool wrong = m.artefact ? *m.artefact : artefact(q_, group_, m.value, m.minute, m.time, m.stream);
        if (m.over) m.artefact = wrong;
        return wrong;
    }
    void note_artefact(EventTime t) { out_.artefact_dropped = out_.artefact_dropped || t > after_ - gap_; }
    // One of both was told, the other derived from a systolic and a diastolic that were charted a moment apart from it:
    // of one measurement what was told is the mean, and the derived one neither decides nor denies it.
    bool beside_told(MeanMinute const& m) const {
        return before_ != nullptr && before_->derived != m.derived && m.time - before_->time <= gap_ && !m.stream &&
               !before_->stream && !before_->paired;
    }
    // With nobody close before or after, it stands for itself.
    void accept_single() {
        if (before_ == nullptr || before_->paired || before_->followed) return;
        if (before_->extreme && before_->stream) return; // but for a monitor's minute so low that it has to last
        before_->scored = before_->value;
        auto& m = *before_;
        if (may_decide(m.value)) accept(m, {m.time, m.minute, m.value, m.derived});
    }
    bool may_decide(Decimal scored) const { return newest_ || !found_ || scored <= found_->scored; }
    void accept(MeanMinute& m, ScoredMinute const& scored) {
        if (scored.time <= after_) return; // seen only as a neighbour
        const bool better = newest_ ? !found_ || scored.time >= found_->time : may_decide(scored.scored);
        if (better && !yields(m)) decide(scored);
    }
    // All its minutes may be scored, and are close to those before and after them.
    void take_row(MeanMinute& m) {
        assert(before_ != nullptr && !newest_ && last_ > after_);
        auto const& o = m.row->outline;
        const auto at = [&](std::uint32_t n, std::uint16_t ms, Decimal scored) {
            const auto minute = std::int64_t{m.row->first} + n;
            accept(m, {model::start_of_minute(minute) + model::Duration{ms}, minute, scored, false});
        };
        before_->followed = true;
        at(0, o.first_ms, higher(before_->value, o.above(o.first_above)));
        at(o.lasting_at, o.lasting_ms, o.above(o.lasting_above));
        m.paired = m.neighbour = true;
        before_ = &m;
    }
    static Decimal higher(Decimal a, Decimal b) { return a < b ? b : a; }
    void decide(ScoredMinute const& m) {
        out_.known = true;
        found_ = m;
    }
    // At minutes of the line that tell no mean of their own.
    bool line_is_derived(EventTime after, EventTime until) {
        const auto last = model::minute_of(until);
        means_in(q_, line, after, std::min(q_.at, model::start_of_minute(last + 1)), std::nullopt, beside_);
        return std::any_of(beside_.begin(), beside_.end(), [&](MeanMinute const& m) {
            return m.usable && m.derived && m.minute <= last && (m.stream || m.time <= until);
        });
    }
    // The cuff gives way to a valid line within five minutes.
    bool yields(MeanMinute& v) {
        if (group_.mean != Signal::nibp_map) return false;
        if (v.yields) return *v.yields;
        const auto reach = q_.rules.tables.sofa.cuff_yields;
        bool found = false;
        // A stream's minute counts as a whole if it begins within reach: the same before and after it is summed up.
        const auto until = v.time + reach;
        const auto last = model::minute_of(until);
        q_.timeline.minutes(line.mean, v.time - reach - model::Duration{1},
                            std::min(q_.at, model::start_of_minute(last + 1)), [&](Minute const& m) {
                                if (m.minute > last || (m.total == 1 && m.time > until)) return;
                                const auto value = in_canonical(q_, line.mean, m.value, m.unit);
                                if (!found && m.valid > 0 && value &&
                                    !artefact(q_, line, *value, m.minute, m.time, m.total > few))
                                    found = true;
                            });
        if (!found) found = line_is_derived(v.time - reach - model::Duration{1}, until);
        if (v.time + reach + model::minutes(1) <= q_.at) v.yields = found;
        return found;
    }

    Inquiry& q_;
    PressureSite const& group_;
    EventTime after_;
    Decimal threshold_;
    model::Duration gap_;
    bool newest_; // is asked for, not the lowest
    Pressures& out_;
    std::vector<MeanMinute> beside_; // of the line, beside a cuff
    MeanMinute* before_ = nullptr;
    std::optional<ScoredMinute> found_;
    EventTime last_{std::numeric_limits<std::int64_t>::min()};
};

void drop_what_lies_before(MeanMinutes& known) {
    known.settled = std::max(known.settled, known.begin);
    if (known.begin < 64 || known.begin * 2 < known.list.size()) return;
    known.list.erase(known.list.begin(), known.list.begin() + static_cast<std::ptrdiff_t>(known.begin));
    known.settled -= std::exchange(known.begin, 0);
}

// Brings the site's minutes up to q.at; answers those that are not remembered.
void read_means(Inquiry& q, PressureSite const& g, EventTime from, std::optional<Rows> const& rows,
                MeanMinutes& known) {
    const auto first = model::minute_of(from);
    const EventTime second = model::start_of_minute(first + 1);
    while (known.begin < known.list.size() && known.list[known.begin].minute < first) ++known.begin;
    const auto kept = known.list.begin() + static_cast<std::ptrdiff_t>(known.begin);
    // The list would hold it if there were anything.
    const bool nothing =
        known.begins_after < first && second <= known.known_to && (kept == known.list.end() || kept->minute > first);
    known.first.clear();
    if (!nothing) {
        means_in(q, g, from, std::min(q.at, second), std::nullopt, known.fresh);
        for (auto const& m : known.fresh)
            if (m.minute == first) known.first.push_back(m);
    }
    if (kept != known.list.end() && kept->minute == first) ++known.begin;
    drop_what_lies_before(known);
    means_in(q, g, std::max(second, known.known_to) - model::Duration{1}, q.at, rows, known.fresh);
    auto open = std::find_if(known.fresh.begin(), known.fresh.end(), [](MeanMinute const& m) { return !m.over; });
    known.open.assign(open, known.fresh.end());
    known.fresh.erase(open, known.fresh.end());
    if (known.list.empty())
        known.list.swap(known.fresh);
    else
        known.list.insert(known.list.end(), known.fresh.begin(), known.fresh.end());
    known.known_to = model::start_of_minute(model::minute_of(q.at));
    known.begins_after = first;
}

// Marks what is low or may be paired with it: of two minutes in a row the higher is scored, so that an artefact beside
// a low value would hide it. Of those that are settled it is known.
void mark_near_low(MeanMinutes& known, Decimal threshold, model::Duration gap) {
    const auto low = [&](MeanMinute const& m) { return m.usable && m.value < threshold; };
    EventTime marked_to{std::numeric_limits<std::int64_t>::min()};
    const std::array lists{&known.first, &known.list, &known.open};
    const std::array begins{std::size_t{0}, known.settled, std::size_t{0}};
    const auto mark_before = [&](std::size_t list, std::size_t end, EventTime when) {
        for (;; end = lists[--list]->size()) {
            for (; end > begins[list]; --end) {
                auto& m = (*lists[list])[end - 1];
                if (when - m.time > gap) return;
                m.near_low = true;
            }
            if (list == 0) return;
        }
    };
    for (std::size_t list = 0; list < lists.size(); ++list) {
        // Between the first minute and these lie the settled ones.
        if (list == 1 && known.of_settled.last_low) marked_to = std::max(marked_to, *known.of_settled.last_low + gap);
        for (std::size_t i = begins[list]; i < lists[list]->size(); ++i) {
            auto& m = (*lists[list])[i];
            m.near_low = m.time <= marked_to;
            if (!low(m)) continue;
            m.near_low = true;
            marked_to = m.time + gap;
            mark_before(list, i, m.time);
        }
    }
}

std::optional<Pressure> found_at(Inquiry& q, PressureSite const& g, EventTime after, Decimal threshold,
                                 MeanMinutes& known, Pressures& out) {
    auto const& t = q.rules.tables.sofa;
    // Rows are for who asks once for the lowest of a day. A cuff may have to give way at each of its minutes.
    std::optional<Rows> rows;
    if (!q.keeps && !q.now() && &g == &line && t.monitor_gap >= model::minutes(2)) // so far two minutes in a row may be
        rows = {after, threshold, t.monitor_gap};
    read_means(q, g, after - reach(t.monitor_gap), rows, known);
    mark_near_low(known, threshold, t.monitor_gap);
    Reader reader{q, g, after, threshold, out};
    for (auto& m : known.first) reader.take(m);
    reader.take_settled(known);
    for (auto& m : std::span{known.list}.subspan(known.settled)) reader.take(m);
    for (auto& m : known.open) reader.take(m);
    auto found = reader.finish();
    if (!q.keeps) return found;
    // The neighbours' neighbours are over, and so is a line that a cuff gives way to.
    const auto over = known.known_to - std::max(t.monitor_gap + t.monitor_gap, t.cuff_yields) - model::minutes(2);
    while (known.settled < known.list.size() && known.list[known.settled].time < over)
        reader.settle(known.list[known.settled++], known.of_settled);
    return found;
}

Pressures look_at(Inquiry& q, PressureSite const& g, Decimal threshold, MeanMinutes& known) {
    Pressures out;
    const auto age = q.max_age(g.mean);
    const auto after = q.now() && age.ms > 0 ? q.at - age - model::Duration{1} : q.after;
    out.lowest = found_at(q, g, after, threshold, known, out);
    if (!out.lowest) return out;
    if (q.now())
        q.outlives(out.lowest->sample.time, age);
    else
        q.leaves(out.lowest->sample.time);
    return out;
}

} // namespace

Pressures mean_pressures(Inquiry& q, Decimal threshold) {
    auto* const all = q.shared != nullptr && q.shared->threshold.value_or(threshold) == threshold ? q.shared : nullptr;
    std::unique_ptr<SiteMinutes> own;
    if (all != nullptr)
        all->threshold = threshold;
    else if (q.notes == nullptr)
        own = std::make_unique<SiteMinutes>();
    Pressures out;
    const auto add = [&](Pressures const& site) {
        out.artefact_dropped = out.artefact_dropped || site.artefact_dropped;
        out.known = out.known || site.known;
        if (!site.lowest) return;
        auto const& found = *site.lowest;
        const bool better =
            !out.lowest || (q.now() ? found.sample.time > out.lowest->sample.time : found.value < out.lowest->value);
        if (better) out.lowest = found;
    };
    for (auto const* g : {&line, &cuff}) {
        const std::size_t place = g == &line ? 0 : 1;
        if (all == nullptr) {
            add(look_at(q, *g, threshold, (own ? *own : q.notes->pressures)[place]));
            continue;
        }
        auto& site = all->sites[place];
        add(shared(q, site.pressures, [&](Inquiry& inner) { return look_at(inner, *g, threshold, site.minutes); }));
    }
    return out;
}

} // namespace vigil::scores
