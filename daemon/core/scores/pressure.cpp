#include "core/scores/notes.hpp"
#include "core/scores/support.hpp"

#include <span>
#include <utility>

namespace vigil::scores {

using model::Decimal;
using model::EventTime;
using model::Minute;
using model::Signal;

namespace {

constexpr std::uint32_t few = model::dense_minute - 1; // readings a minute that may still be charting

struct Group {
    Signal mean, systolic, diastolic;
};
constexpr Group line{Signal::map, Signal::sbp, Signal::dbp};
constexpr Group cuff{Signal::nibp_map, Signal::nibp_sbp, Signal::nibp_dbp};

std::optional<Decimal> in_mmhg(Inquiry const& q, Signal signal, Decimal value, model::Unit unit) {
    if (unit == model::Unit::mmHg) return value;
    const auto v = core::canonical(q.rules, signal, value, unit);
    return v ? model::round_half_up(*v, 3) : std::nullopt;
}

std::optional<Minute> at_minute(Inquiry const& q, Signal signal, std::int64_t minute) {
    std::optional<Minute> found;
    const EventTime start = model::start_of_minute(minute);
    const EventTime end = model::start_of_minute(minute + 1);
    q.timeline.minutes(signal, start - model::Duration{1},
                       std::min(q.at, start + model::Duration{model::minute_ms - 1}), [&](Minute const& m) {
                           if (m.minute == minute && m.valid > 0) found = m;
                       });
    if (found) return found;
    // A minute that is summed up is over only at its end.
    if (end > q.at) return found;
    q.timeline.minutes(signal, start - model::Duration{1}, end, [&](Minute const& m) {
        if (m.minute == minute && m.valid > 0) found = m;
    });
    return found;
}

// What cannot be a mean pressure: not between diastolic and systolic; no pulse; a flush; in a stream also a pulse
// below 20.
bool artefact(Inquiry const& q, Group const& g, Decimal mean, std::int64_t minute, EventTime time, bool stream) {
    const auto s = at_minute(q, g.systolic, minute), d = at_minute(q, g.diastolic, minute);
    if (!s || !d) return false;
    const auto systolic = in_mmhg(q, g.systolic, s->value, s->unit),
               diastolic = in_mmhg(q, g.diastolic, d->value, d->unit);
    if (!systolic || !diastolic) return false;
    const auto pulse =
        model::sum(model::ratio(*systolic), model::ratio(Decimal{-diastolic->mantissa, diastolic->scale}));
    if (!pulse) return false;
    const bool narrow = *pulse < Decimal{20, 0} && (mean > Decimal{200, 0} || stream);
    const bool wrong = narrow || *pulse < Decimal{5, 0} || mean > *systolic || mean < *diastolic;
    return wrong && !pulse_rules_off(q, time);
}

// (systolic + 2 * diastolic) / 3 of one minute.
std::optional<Minute> derived_mean(Inquiry const& q, Group const& g, Minute const& systolic) {
    const auto d = at_minute(q, g.diastolic, systolic.minute);
    if (!d || systolic.valid == 0) return std::nullopt;
    const auto s = in_mmhg(q, g.systolic, systolic.value, systolic.unit),
               dia = in_mmhg(q, g.diastolic, d->value, d->unit);
    const auto twice = dia ? model::scaled(model::ratio(*dia), Decimal{2, 0}, Decimal{1, 0}) : std::nullopt;
    const auto total = s && twice ? model::sum(model::ratio(*s), *twice) : std::nullopt;
    const auto third = total ? model::scaled(*total, Decimal{1, 0}, Decimal{3, 0}) : std::nullopt;
    const auto mean = third ? model::round_half_up(*third, 3) : std::nullopt;
    if (!mean || (*s <= *dia && !pulse_rules_off(q, systolic.time))) return std::nullopt;
    auto m = systolic;
    m.value = m.lowest = *mean;
    m.unit = model::Unit::mmHg;
    return m;
}

// What the site's minute comes to.
MeanMinute mean_of(Inquiry& q, Group const& g, Minute const& m, bool derived) {
    MeanMinute out;
    out.time = m.time;
    out.minute = m.minute;
    out.derived = derived;
    out.stream = m.total > few;
    out.over = m.end() <= q.at;
    if (m.valid == 0 || m.valid * 2 < m.total) return out;
    if (m.streaming) {
        q.due.at(m.end());
        return out;
    }
    const auto value = in_mmhg(q, g.mean, m.value, m.unit);
    if (!value) return out;
    out.value = *value;
    out.lowest = m.lowest;
    out.usable = true;
    return out;
}

// Reads the means of one site in order and tells which may be scored.
class Reader {
public:
    Reader(Inquiry& q, Group const& group, EventTime after, Decimal threshold, Pressures& out)
        : q_{q},
          group_{group},
          after_{after},
          threshold_{threshold},
          gap_{q.rules.tables.sofa.monitor_gap},
          newest_{q.now()},
          out_{out} {}

    // Values below the threshold matter; the others only as neighbours.
    void take(MeanMinute& m) {
        if (last_ <= after_) note_first(m.time);
        m.neighbour = m.paired = m.followed = false;
        m.scored.reset();
        if (!m.usable) return;
        m.dropped = !m.derived && is_artefact(m);
        if (m.dropped) return note_artefact(m.time);
        m.neighbour = true;
        m.paired = before_ != nullptr && m.time - before_->time <= gap_;
        if (m.paired) {
            before_->followed = true;
            m.scored = before_->value < m.value ? m.value : before_->value;
            accept(m, *m.scored);
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
        Pressure p{found_->derived ? group_.systolic : group_.mean, {}, found_->scored, found_->derived};
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
        if (t <= after_ - gap_) return;
        last_ = t;
        if (q_.key.product == model::Product::day) return;
        const auto leaves = t + (q_.at - after_);
        q_.detail.at(t <= after_ ? leaves + gap_ : leaves);
    }
    bool is_artefact(MeanMinute& m) {
        // Else it neither decides nor hides what does.
        if (!m.near_low && m.lowest >= threshold_ && m.value < Decimal{200, 0}) return false;
        const bool wrong = m.artefact ? *m.artefact : artefact(q_, group_, m.value, m.minute, m.time, m.stream);
        if (m.over) m.artefact = wrong;
        return wrong;
    }
    void note_artefact(EventTime t) { out_.artefact_dropped = out_.artefact_dropped || t > after_ - gap_; }
    // With nobody close before or after, it stands for itself.
    void accept_single() {
        if (before_ == nullptr || before_->paired || before_->followed) return;
        before_->scored = before_->value;
        if (may_decide(before_->value)) accept(*before_, before_->value);
    }
    bool may_decide(Decimal scored) const { return newest_ || !found_ || scored <= found_->scored; }
    void accept(MeanMinute& m, Decimal scored) {
        if (m.time <= after_) return; // seen only as a neighbour
        const bool better = newest_ ? !found_ || m.time >= found_->time : may_decide(scored);
        if (better && !yields(m)) decide({m.time, m.minute, scored, m.derived});
    }
    void decide(ScoredMinute const& m) {
        out_.known = true;
        found_ = m;
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
        q_.timeline.minutes(Signal::map, v.time - reach - model::Duration{1},
                            std::min(q_.at, model::start_of_minute(last + 1)), [&](Minute const& m) {
                                if (m.minute > last || (m.total == 1 && m.time > until)) return;
                                const auto value = in_mmhg(q_, Signal::map, m.value, m.unit);
                                if (!found && m.valid > 0 && value &&
                                    !artefact(q_, line, *value, m.minute, m.time, m.total > few))
                                    found = true;
                            });
        if (v.time + reach + model::minutes(1) <= q_.at) v.yields = found;
        return found;
    }

    Inquiry& q_;
    Group const& group_;
    EventTime after_;
    Decimal threshold_;
    model::Duration gap_;
    bool newest_; // is asked for, not the lowest
    Pressures& out_;
    MeanMinute* before_ = nullptr;
    std::optional<ScoredMinute> found_;
    EventTime last_{std::numeric_limits<std::int64_t>::min()};
};

// The site's minutes with data in (after, to], oldest first. Systolic and diastolic stand in at minutes without a mean
// of their own, in one order with the means; so the newer (`now`) or lower of both is not lost.
void means_in(Inquiry& q, Group const& g, EventTime after, EventTime to, std::vector<MeanMinute>& out) {
    out.clear();
    const auto first = model::minute_of(after);
    bool first_has_mean = false; // also when it lies before `after`
    q.timeline.minutes(g.mean, model::start_of_minute(first) - model::Duration{1}, to, [&](Minute const& m) {
        first_has_mean = first_has_mean || m.minute == first;
        if (m.time > after) out.push_back(mean_of(q, g, m, false));
    });
    // Of a stream every minute has one: nothing is to be looked for there.
    auto covered = first_has_mean ? first : first - 1;
    for (auto const& m : out) {
        if (m.minute > covered + 1) break;
        covered = m.minute;
    }
    const auto own = static_cast<std::ptrdiff_t>(out.size());
    std::ptrdiff_t i = 0;
    const auto uncovered = model::start_of_minute(covered + 1) - model::Duration{1};
    q.timeline.minutes(g.systolic, std::max(after, uncovered), to, [&](Minute const& m) {
        const auto at = [&out](std::ptrdiff_t n) { return out[static_cast<std::size_t>(n)].minute; };
        while (i < own && at(i) < m.minute) ++i;
        if ((i < own && at(i) == m.minute) || (first_has_mean && m.minute == first)) return;
        if (const auto stands_in = derived_mean(q, g, m)) out.push_back(mean_of(q, g, *stands_in, true));
    });
    if (own < static_cast<std::ptrdiff_t>(out.size()))
        std::inplace_merge(out.begin(), out.begin() + own, out.end(),
                           [](MeanMinute const& a, MeanMinute const& b) { return a.minute < b.minute; });
}

void drop_what_lies_before(MeanMinutes& known) {
    known.settled = std::max(known.settled, known.begin);
    if (known.begin < 64 || known.begin * 2 < known.list.size()) return;
    known.list.erase(known.list.begin(), known.list.begin() + static_cast<std::ptrdiff_t>(known.begin));
    known.settled -= std::exchange(known.begin, 0);
}

// Brings the site's minutes up to q.at; answers those that are not remembered.
void read_means(Inquiry& q, Group const& g, EventTime from, MeanMinutes& known) {
    const auto first = model::minute_of(from);
    const EventTime second = model::start_of_minute(first + 1);
    while (known.begin < known.list.size() && known.list[known.begin].minute < first) ++known.begin;
    const auto kept = known.list.begin() + static_cast<std::ptrdiff_t>(known.begin);
    // The list would hold it if there were anything.
    const bool nothing =
        known.begins_after < first && second <= known.known_to && (kept == known.list.end() || kept->minute > first);
    known.first.clear();
    if (!nothing) {
        means_in(q, g, from, std::min(q.at, second), known.fresh);
        for (auto const& m : known.fresh)
            if (m.minute == first) known.first.push_back(m);
    }
    if (kept != known.list.end() && kept->minute == first) ++known.begin;
    drop_what_lies_before(known);
    means_in(q, g, std::max(second, known.known_to) - model::Duration{1}, q.at, known.fresh);
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
    if (known.of_settled.last_low) marked_to = *known.of_settled.last_low + gap;
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
    for (std::size_t list = 0; list < lists.size(); ++list)
        for (std::size_t i = begins[list]; i < lists[list]->size(); ++i) {
            auto& m = (*lists[list])[i];
            m.near_low = m.time <= marked_to;
            if (!low(m)) continue;
            m.near_low = true;
            marked_to = m.time + gap;
            mark_before(list, i, m.time);
        }
}

std::optional<Pressure> site(Inquiry& q, Group const& g, EventTime after, Decimal threshold, MeanMinutes& known,
                             Pressures& out) {
    auto const& t = q.rules.tables.sofa;
    // A low value decides about artefacts within the gap, those about what is a pair one gap further.
    read_means(q, g, after - t.monitor_gap - t.monitor_gap, known);
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

} // namespace

Pressures mean_pressures(Inquiry& q, Decimal threshold) {
    Pressures out;
    std::optional<SiteMinutes> own;
    auto& minutes = q.notes != nullptr ? q.notes->pressures : own.emplace();
    for (auto const* g : {&line, &cuff}) {
        const auto age = q.max_age(g->mean);
        const auto after = q.now() && age.ms > 0 ? q.at - age - model::Duration{1} : q.after;
        const auto found = site(q, *g, after, threshold, minutes[g == &line ? 0 : 1], out);
        if (!found) continue;
        if (q.now())
            q.outlives(found->sample.time, age);
        else
            q.leaves(found->sample.time);
        const bool better =
            !out.lowest || (q.now() ? found->sample.time > out.lowest->sample.time : found->value < out.lowest->value);
        if (better) out.lowest = found;
    }
    return out;
}

} // namespace vigil::scores
