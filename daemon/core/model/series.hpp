#pragma once
// The readings of one signal of one patient. Samples stand whole while they are recent or few; minutes of a dense
// monitor signal are summed up. Rules read a monitor signal by the minute, so that summing up changes no answer.

#include "core/model/sample.hpp"

#include <algorithm>
#include <functional>
#include <span>
#include <utility>
#include <vector>

namespace vigil::model {

inline constexpr std::int64_t minute_ms = 60'000;
inline constexpr std::uint32_t dense_minute = 5; // samples that make a minute part of a stream; fewer may be charting
constexpr std::int64_t minute_of(EventTime t) { return t.ms / minute_ms - (t.ms % minute_ms < 0 ? 1 : 0); }
constexpr EventTime start_of_minute(std::int64_t minute) { return {minute * minute_ms}; }

// How long readings are kept. Monitor signals are kept for `keep_minutes`, everything else whole for `keep_whole`. The
// last rate of an infusion, the last state of a setting and attestations are never dropped for age.
struct Retention {
    Duration keep_whole = hours(100);
    Duration keep_minutes = hours(26);
    Duration raw_horizon = model::minutes(1); // a minute is never summed up earlier
    // Of a monitor signal or setting that stand whole; beyond it the oldest are thinned. Two minutes at 1 Hz.
    std::uint32_t raw_samples = 96;
};

// A minute summed up: 28 bytes instead of up to sixty samples.
struct MinuteRecord {
    std::uint32_t minute = 0;  // since 1970; enough until the year 10136
    std::int32_t median = 0;   // mantissa at `scale`
    std::uint32_t seq_low = 0; // of the median sample's ref
    std::uint16_t seq_high = 0;
    std::uint16_t below = 0, above = 0; // from the median to the extremes, at most 65,535
    std::uint16_t offset_ms = 0;        // of the median sample
    std::uint16_t channel = 0;          // index into the series' channels
    std::uint8_t valid = 0, total = 0;  // at most 255
    std::uint8_t index = 0, scale = 0;
    Unit unit{};
    Method method{};
    std::uint64_t seq() const { return (std::uint64_t{seq_high} << 32U) | seq_low; }
    void set_seq(std::uint64_t seq) {
        seq_low = static_cast<std::uint32_t>(seq);
        seq_high = static_cast<std::uint16_t>(seq >> 32U);
    }

    // Which stream it is of.
    static auto stream(auto& r) { return std::tie(r.channel, r.index, r.scale, r.unit, r.method); }

    // In a run: the next minute, as many frames on, of the same stream.
    static MinuteRecord expected(MinuteRecord const& last, MinuteRecord const& before) {
        MinuteRecord r = last;
        r.minute = last.minute + 1;
        r.set_seq(plus(last.seq(), difference(last.seq(), before.seq())));
        return r;
    }
    template <class S, class V>
    static void written(S& r, MinuteRecord const& e, V& v) {
        std::uint8_t mask = 0;
        std::uint64_t seq = r.seq();
        if constexpr (std::is_const_v<S>)
            mask = bits(r.minute != e.minute, r.median != e.median, seq != e.seq(),
                        r.below != e.below || r.above != e.above, r.offset_ms != e.offset_ms,
                        r.valid != e.valid || r.total != e.total, stream(r) != stream(e));
        Changes<S, V> c{v, mask};
        c.number(0, r.minute, e.minute);
        c.number(1, r.median, e.median);
        c.number(2, seq, e.seq());
        c.group(3, std::tie(r.below, r.above), std::tie(e.below, e.above));
        c.group(4, std::tie(r.offset_ms), std::tie(e.offset_ms));
        c.group(5, std::tie(r.valid, r.total), std::tie(e.valid, e.total));
        c.group(6, stream(r), stream(e));
        if constexpr (!std::is_const_v<S>) r.set_seq(seq);
    }
};
static_assert(sizeof(MinuteRecord) == 28);

enum class Inserted : std::uint8_t {
    added,          // new knowledge
    unchanged,      // an equal repeat, or a confirmation of what stands
    replaced,       // a correction took the place of an earlier version
    superseded,     // an older version of something already corrected or retracted: kept out of the rules
    retracted,      // D or W removed what stood there
    behind_horizon, // reaches behind what can be answered exactly: the journal must be read again (Recall)
};

// What a minute of a monitor signal comes to: its median valid sample (the lower one of two) stands for it.
struct Minute {
    EventTime time; // of the median sample
    Decimal value, lowest, highest;
    Unit unit = Unit::none;
    std::int64_t minute = 0;
    std::uint32_t valid = 0; // samples that are not suspect
    std::uint32_t total = 0;
    bool open = false;                    // still running at the end of what was asked for
    bool streaming = false;               // open, and the minute before it was dense: judged when it is over
    MinuteRecord const* record = nullptr; // one of these two
    Sample const* whole = nullptr;
    ChannelId channel; // of a record
    EventTime end() const { return start_of_minute(minute + 1); }
    Sample sample() const;
};

class Series {
public:
    Series() = default;
    Series(Signal signal, SignalKind kind)
        : signal_{signal},
          kind_{kind} {}

    Inserted insert(Sample const& sample, EventTime now, Retention const& keep);
    // Samples for which `stays` holds are kept although they are older; it is asked of each, oldest first.
    using Stays = std::function<bool(Sample const&)>;
    void forget(EventTime now, Retention const& keep, Stays const& stays = {});
    void erase(EventTime from, EventTime to);

    std::span<Sample const> range(EventTime after, EventTime to) const;
    std::optional<Sample> latest(EventTime at, Duration max_age) const;
    std::optional<EventTime> next_time(EventTime after) const;
    // A reading in the running minute that no rule looks at before the minute ends: one more of a dense stream, or a
    // setting that says what it said within its half hour.
    bool adds_nothing_yet(Sample const& sample) const;
    template <class Visit>
    void minutes(EventTime after, EventTime to, Visit&& visit) const;
    template <class Pred, class Take>
    void move_if(Pred&& pred, Take&& take);

    Signal signal() const { return signal_; }
    SignalKind kind() const { return kind_; }
    std::span<Sample const> samples() const { return visible_; }
    bool empty() const { return visible_.empty() && records_.empty(); }
    std::size_t bytes() const;

    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.signal_, s.kind_);
        run(s.visible_, v, Sample{});
        run(s.hidden_, v, Sample{});
        run(s.records_, v, MinuteRecord{});
        v(s.channels_, s.touched_, s.exact_from_, s.corrected_);
    }

private:
    bool by_minute() const { return kind_ == SignalKind::monitor; }
    std::optional<Inserted> among_thinned(Sample const& sample) const;
    Inserted insert_marker(Sample const& mark);
    Inserted insert_value(Sample const& given);
    bool hide_below(Sample const& newer);
    static void take_out(std::vector<Sample>& list, Sample const& s);
    void thin(EventTime now, Retention const& keep);
    void sum_up_before(EventTime limit, Retention const& keep);
    void thin_repeats(EventTime limit);
    Minute expand(MinuteRecord const& r) const;
    std::optional<Sample> latest_whole(EventTime at) const;
    std::optional<Sample> latest_minute(EventTime at) const;
    bool to_the_instant(std::size_t samples) const { return signal_ == Signal::fio2 && samples < dense_minute; }
    Sample const& set_within(std::int64_t minute, EventTime at) const;
    static Minute minute_of_samples(std::span<Sample const> samples); // of one minute, at least one
    std::optional<MinuteRecord> record_of(Minute const& m);           // empty: cannot be summed up without loss

    Signal signal_{};
    SignalKind kind_{};
    bool corrected_ = false;            // a C, D, W or U was seen: keys are looked for at other times too
    std::vector<Sample> visible_;       // by content order
    std::vector<Sample> hidden_;        // superseded versions, retractions, confirmations
    std::vector<MinuteRecord> records_; // by minute; no minute has both a record and visible samples
    std::vector<ChannelId> channels_;   // that records_ point into
    std::int64_t touched_ = 0;          // the minute inserted into last: a backlog fills it, so it is not summed up yet
    EventTime exact_from_{};            // settings before this are thinned
};

template <class Visit>
void Series::minutes(EventTime after, EventTime to, Visit&& visit) const {
    const auto first = minute_of(after) - 1; // the minute before tells whether the first one is part of a stream
    auto r = std::partition_point(records_.begin(), records_.end(),
                                  [&](MinuteRecord const& x) { return std::int64_t{x.minute} < first; });
    const auto raw = range({first * minute_ms - 1}, to);
    auto s = raw.begin();
    std::int64_t stream = first - 1; // the last dense minute
    while (r != records_.end() || s != raw.end()) {
        Minute m;
        if (r != records_.end() && (s == raw.end() || std::int64_t{r->minute} < minute_of(s->time))) {
            m = expand(*r++);
            if ((m.total == 1 ? m.time : m.end()) > to) return;
        } else {
            const auto minute = minute_of(s->time);
            auto last = s;
            while (last != raw.end() && minute_of(last->time) == minute) ++last;
            m = minute_of_samples({s, last});
            m.open = m.end() > to;
            m.streaming = m.open && (m.total >= dense_minute || stream == minute - 1);
            s = last;
        }
        if (m.total >= dense_minute) stream = m.minute;
        if (m.time > after) visit(std::as_const(m)); // the minute is where its median sample is
    }
}

template <class Pred, class Take>
void Series::move_if(Pred&& pred, Take&& take) {
    for (auto* list : {&visible_, &hidden_}) {
        const auto gone = std::stable_partition(list->begin(), list->end(), [&](Sample const& x) { return !pred(x); });
        std::for_each(gone, list->end(), take);
        list->erase(gone, list->end());
    }
}

} // namespace vigil::model
