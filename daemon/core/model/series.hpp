#pragma once
// The readings of one signal of one patient. Samples stand whole while they are recent or few; minutes of a dense
// monitor signal are summed up. Rules read a monitor signal by the minute, so that summing up changes no answer.

#include "core/model/minute_list.hpp"
#include "core/model/sample.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace vigil::model {

inline constexpr std::uint32_t dense_minute = 5; // samples that make a minute part of a stream; fewer may be charting

// What is known of a thinned past is known by spans of this length; a Recall reads whole ones.
constexpr std::int64_t span_ms(SignalKind kind) {
    return (kind == SignalKind::setting ? 30 : kind == SignalKind::infusion ? 10 : 1) * minute_ms;
}

// A running drug, a charted device or a weight: the newest that was told counts, however old it is.
constexpr bool holds(SignalKind kind) {
    return kind == SignalKind::infusion || kind == SignalKind::setting || kind == SignalKind::charted;
}

// How long readings are kept. Monitor signals are kept for `keep_minutes`, everything else whole for `whole(signal)`.
// The last rate of an infusion, the last state of a setting and attestations are never dropped for age.
struct Retention {
    Duration keep_whole = hours(100);
    Duration keep_minutes = hours(26);
    Duration raw_horizon = model::minutes(1); // repeats of a setting are not thinned earlier
    Duration fold_for = model::minutes(2);    // so long after its end a minute can be taken apart again
    // Of a monitor signal or setting that stand whole; beyond it the oldest are thinned. Less than a minute at 1 Hz.
    std::uint32_t raw_samples = 32;
    // Rows of the journal come again: what stood in their span was taken out, and each of them counts. Nothing is
    // thinned before all are in.
    bool read_again = false;
    // They are still awaited: nothing is thinned before they are in.
    bool awaits_rows = false;
    // A creatinine is judged against the lowest of the week before it (KDIGO), and may be three days old itself: both
    // still stand. Of other results so long a past is never read.
    Duration keep_creatinine = hours(240);

    // Sepsis holds for a week from the suspicion of an infection, and is judged by the three days of SOFA before it.
    Duration keep_sepsis = hours(246);

    // Alarms of devices come by the hundred a day, and nothing but what stands is read of them.
    Duration keep_alarms = hours(12);

    Duration whole(Signal signal) const {
        switch (signal) {
        case Signal::crea: return std::max(keep_whole, keep_creatinine);
        case Signal::culture:
        case Signal::antibiotic:
        case Signal::sofa_sum:
        case Signal::sofa_most: return std::max(keep_whole, keep_sepsis);
        case Signal::asystole:
        case Signal::v_fib:
        case Signal::v_tach:
        case Signal::monitor_alarm:
        case Signal::device_alarm: return keep_alarms;
        default: return keep_whole;
        }
    }
};

// Says that a result is none, and brings no value: D, W, and a result that could not be had after all.
constexpr bool takes_back(Status s) { return s == Status::deleted || s == Status::wrong || s == Status::cannot_obtain; }

// What could not be had after all speaks of its own time only, where that is known.
inline bool of_its_time_only(Sample const& s) { return s.status == Status::cannot_obtain && !s.suspect; }

// Under its order it may have taken the place of what stood at another time than its own.
inline bool may_re_time(Sample const& s) {
    const bool speaks = takes_back(s.status) || s.status == Status::corrected || s.status == Status::final_unchanged;
    return s.order != 0 && speaks && !of_its_time_only(s);
}

enum class Inserted : std::uint8_t {
    added,          // new knowledge
    unchanged,      // an equal repeat, or a confirmation of what stands
    replaced,       // a correction took the place of an earlier version
    superseded,     // an older version of something already corrected or retracted: kept out of the rules
    retracted,      // D, W or a result that could not be had removed what stood there
    behind_horizon, // reaches behind what can be answered exactly: the journal must be read again (Recall)
};

// What of a past is not what it was, since somebody asked: whoever remembers what he worked out of it must not go on
// with what rests on it.
struct PastChange {
    EventTime from{std::numeric_limits<std::int64_t>::max()};    // here or later something came, went or was summed up
    EventTime gone_to{std::numeric_limits<std::int64_t>::min()}; // up to here something was forgotten
};

// What a minute of a monitor signal comes to: its median valid sample (the lower one of two) stands for it.
struct Minute {
    EventTime time; // of the median sample
    Decimal value, lowest, highest;
    Unit unit = Unit::none;
    std::int64_t minute = 0;
    std::uint32_t valid = 0; // samples that are not suspect
    std::uint32_t total = 0;
    bool open = false;             // still running at the end of what was asked for
    bool streaming = false;        // open, and the minute before it was dense: judged when it is over
    Sample const* whole = nullptr; // the median sample, or of a minute that is summed up
    ReadingRef ref;                // what is known of it
    ChannelId channel;
    Method method = Method::unspecified;
    EventTime end() const { return start_of_minute(minute + 1); }
    // "Below 60": such a minute is never summed up.
    bool is_bound() const { return whole != nullptr && whole->comparator != Comparator::exactly; }
    Sample sample() const;
};

class Series {
public:
    Series() = default;
    Series(Signal signal, SignalKind kind)
        : signal_{signal},
          kind_{kind} {}

    Inserted insert(Sample const& sample, EventTime now, Retention const& keep);
    // Samples for which `stays` holds are kept although they are older; it is asked of each, oldest first. Answers the
    // newest that went of what could be read.
    using Stays = std::function<bool(Sample const&)>;
    std::optional<EventTime> forget(EventTime now, Retention const& keep, Stays const& stays = {});
    // Takes out whole minutes, hidden versions among them; answers the samples for which `back` holds.
    std::vector<Sample> erase(EventTime from, EventTime to, Stays const& back = {});
    // Once the last row that came again is in.
    void thin_read_again(EventTime now, Retention const& keep);

    std::span<Sample const> range(EventTime after, EventTime to) const;
    std::optional<Sample> latest(EventTime at, Duration max_age) const;
    std::optional<EventTime> next_time(EventTime after) const;
    // A reading in the running minute that no rule looks at before the minute ends: one more of a dense stream, or a
    // setting that says what it said within its half hour.
    bool adds_nothing_yet(Sample const& sample) const;
    template <class Visit>
    void minutes(EventTime after, EventTime to, Visit&& visit) const;
    // Of what is summed up; MinuteList tells which.
    template <class Plain>
    std::span<MinuteBlock const> plain_row(std::int64_t from, std::int64_t to, Plain&& plain) const {
        return records_.plain_row(from, to, plain);
    }
    template <class Plain>
    std::span<MinuteBlock const> whole_row(std::int64_t from, std::int64_t to, Plain&& plain) const {
        return records_.whole_row(from, to, plain);
    }
    std::span<MinuteBlock const> covering(std::int64_t first, std::int64_t last) const {
        return records_.covering(first, last);
    }
    template <class Pred, class Take>
    void move_if(Pred&& pred, Take&& take);
    // complete(Sample&) of each that stands whole: what is not written with it.
    template <class Complete>
    void complete(Complete&& complete) {
        for (auto* list : {&visible_, &hidden_})
            for (auto& s : *list) complete(s);
    }

    Signal signal() const { return signal_; }
    SignalKind kind() const { return kind_; }
    std::span<Sample const> samples() const { return visible_; }
    bool empty() const { return visible_.empty() && records_.empty(); }
    // Of what is after t, something does not stand whole any more.
    bool is_thinned_after(EventTime t) const {
        return (exact_from_ && *exact_from_ > t) || (!records_.empty() && records_.back().end() > t);
    }
    std::size_t bytes() const;
    // Since this was asked last. Not part of what a series is: one that was read from a snapshot has changed in
    // nothing.
    PastChange take_change() { return std::exchange(change_, {}); }

    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.signal_, s.kind_);
        run(s.visible_, v, Sample{});
        run(s.hidden_, v, Sample{});
        v(s.records_, s.folded_, s.channels_, s.touched_, s.exact_from_, s.corrected_);
        if constexpr (!std::is_const_v<S>)
            if (!s.is_sound()) v.refuse();
    }

private:
    bool by_minute() const { return kind_ == SignalKind::monitor; }
    // Minutes that can be taken apart stand whole again.
    void unfold() {
        while (!folded_.empty()) take_apart(folded_.back().minute);
    }
    void note_change(EventTime from) { change_.from = std::min(change_.from, from); }
    void note_change() { note_change({std::numeric_limits<std::int64_t>::min()}); } // anywhere
    std::optional<Inserted> among_thinned(Sample const& sample) const;
    Inserted insert_marker(Sample const& mark);
    Inserted insert_value(Sample const& given);
    bool hide_below(Sample const& newer);
    bool outranks(Sample const& newer, Sample const& older) const;
    bool speaks_of_its_time(Sample const& s) const;
    bool is_spoken_of(Sample const& s) const;
    bool is_outranked(Sample const& s) const;
    bool judge_anew(std::uint64_t order);
    static bool take_out(std::vector<Sample>& list, Sample const& s);
    bool is_sound() const;
    void thin(EventTime now, Retention const& keep);
    void keep_ends(Sample const& of, Retention const& keep);
    void sum_up(EventTime now, Retention const& keep);
    bool take_apart(std::int64_t minute);
    void thin_repeats(std::optional<EventTime> begin, EventTime limit);
    Minute expand(MinuteRecord const& r) const;
    std::optional<Sample> latest_whole(EventTime at) const;
    std::optional<Sample> latest_minute(EventTime at) const;
    std::optional<MinuteRecord> newest_told(EventTime at) const;
    bool to_the_instant(std::size_t samples) const { return signal_ == Signal::fio2 && samples < dense_minute; }
    Sample const& set_within(std::int64_t minute, EventTime at) const;
    static Minute minute_of_samples(std::span<Sample const> samples); // of one minute, at least one
    std::optional<MinuteRecord> record_of(Minute const& m);           // empty: cannot be summed up without loss

    Signal signal_{};
    SignalKind kind_{};
    bool corrected_ = false;      // a C, D, W or U was seen: keys are looked for at other times too
    std::vector<Sample> visible_; // by content order
    std::vector<Sample> hidden_;  // superseded versions, retractions, confirmations
    // The samples of a minute that was summed up a moment ago, as a run: what comes late takes it apart again.
    struct Folded {
        std::int64_t minute = 0;
        std::string samples;
        template <class S, class V>
        static void fields(S& s, V&& v) {
            v(s.minute, s.samples);
        }
    };
    std::vector<Folded> folded_;      // each has a record
    MinuteList records_;              // no minute has both a record and visible samples
    std::vector<ChannelId> channels_; // that records_ point into
    std::int64_t touched_ = 0;        // the minute inserted into last: a backlog fills it, so it is not summed up yet
    std::optional<EventTime> exact_from_; // settings and rates before this are thinned
    PastChange change_;
};

template <class Visit>
void Series::minutes(EventTime after, EventTime to, Visit&& visit) const {
    const auto first = minute_of(after) - 1; // the minute before tells whether the first one is part of a stream
    const auto raw = range({first * minute_ms - 1}, to);
    auto s = raw.begin();
    std::int64_t stream = first - 1; // the last dense minute
    const auto tell = [&](Minute const& m) {
        if (m.total >= dense_minute) stream = m.minute;
        if (m.time > after) visit(m); // the minute is where its median sample is
    };
    const auto tell_raw = [&] {
        const auto minute = minute_of(s->time);
        const auto end = start_of_minute(minute + 1);
        auto last = s + 1;
        while (last != raw.end() && last->time < end) ++last;
        auto m = minute_of_samples({s, last});
        m.open = end > to;
        m.streaming = m.open && (m.total >= dense_minute || stream == minute - 1);
        s = last;
        tell(m);
    };
    if (!records_.empty() && std::int64_t{records_.back().minute} >= first)
        for (MinuteList::Reader records{records_, first, minute_of(to)}; records.get() != nullptr; records.next()) {
            auto const& r = *records.get();
            while (s != raw.end() && s->time < start_of_minute(r.minute)) tell_raw();
            const auto m = expand(r);
            if ((m.total == 1 ? m.time : m.end()) > to) return;
            tell(m);
        }
    while (s != raw.end()) tell_raw();
}

template <class Pred, class Take>
void Series::move_if(Pred&& pred, Take&& take) {
    unfold();
    note_change();
    for (auto* list : {&visible_, &hidden_}) {
        const auto gone = std::stable_partition(list->begin(), list->end(), [&](Sample const& x) { return !pred(x); });
        std::for_each(gone, list->end(), take);
        list->erase(gone, list->end());
    }
}

} // namespace vigil::model
