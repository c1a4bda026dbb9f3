// How a series grows small: minutes of a stream are summed up, repeats thinned, what is old forgotten; and how a minute
// is taken apart again, and a stretch taken out that the journal has.

#include "core/model/canonical.hpp"
#include "core/model/sample_order.hpp"

#include <cassert>
#include <limits>
#include <optional>

namespace vigil::model {

void Series::thin(EventTime now, Retention const& keep) {
    const auto n = visible_.size();
    if (n < std::size_t{keep.raw_samples} + 16 || keep.read_again || keep.awaits_rows) return;
    const bool minute_over = n < 2 || minute_of(visible_[n - 1].time) != minute_of(visible_[n - 2].time);
    if (by_minute() && (minute_over || n % 32 == 0))
        sum_up(now, keep);
    else if ((kind_ == SignalKind::setting || kind_ == SignalKind::infusion) && n % 16 == 0)
        thin_repeats(exact_from_, std::min(now, visible_.back().time) - keep.raw_horizon);
}

namespace {

// A list alone, as part of a series writes it.
struct SampleRun {
    std::vector<Sample> list;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        run(s.list, v, Sample{});
    }
};

} // namespace

// Of an alarm it is read from when on it stands, or stood before it was over, and what was said last; an end that is
// taken back shows what was before it. A monitor repeats itself for as long as it sounds: of what it says in a row the
// first and the last stay, and the rest as long as something may still come in between.
void Series::keep_ends(Sample const& of, Retention const& keep) {
    constexpr unsigned rows_kept = 4; // twice that it stood and that it was over
    const auto is_statement = [](Sample const& s) {
        return !takes_back(s.status) && s.status != Status::final_unchanged;
    };
    std::erase_if(hidden_, [&](Sample const& s) { return same_alarm(s, of) && is_statement(s); });
    std::vector<Sample> about;
    for (auto const& s : visible_)
        if (same_alarm(s, of)) about.push_back(s);
    if (about.size() < 3) return;
    std::sort(about.begin(), about.end(), said_before);
    const auto long_said = about.back().message_time - keep.fold_for;
    std::vector<Sample> gone;
    unsigned row = 1; // from the last one back
    for (auto i = about.size() - 1; i-- > 0;) {
        auto const& s = about[i];
        const bool like_next = stops(s) == stops(about[i + 1]);
        if (!like_next) ++row;
        const bool within = like_next && i > 0 && stops(s) == stops(about[i - 1]);
        if (s.message_time < long_said && (within || row > rows_kept)) gone.push_back(s);
    }
    const auto goes = [&](Sample const& s) {
        return std::any_of(gone.begin(), gone.end(),
                           [&](Sample const& g) { return !said_before(s, g) && !said_before(g, s); });
    };
    if (!gone.empty()) std::erase_if(visible_, [&](Sample const& s) { return same_alarm(s, of) && goes(s); });
}

// What is read from a snapshot is relied upon.
bool Series::is_sound() const {
    if (static_cast<std::size_t>(signal_) >= signal_count) return false;
    const auto earlier = [](Sample const& a, Sample const& b) { return a.time < b.time; };
    if (!std::is_sorted(visible_.begin(), visible_.end(), earlier)) return false;
    return std::all_of(folded_.begin(), folded_.end(), [this](Folded const& f) {
        const auto samples = core::decode<SampleRun>(f.samples);
        return samples && !samples->list.empty() && records_.find(f.minute) &&
               std::all_of(samples->list.begin(), samples->list.end(),
                           [&f](Sample const& s) { return minute_of(s.time) == f.minute; });
    });
}

// Oldest first, until few enough stand whole. The running minute does, and the one that was inserted into last.
void Series::sum_up(EventTime now, Retention const& keep) {
    const auto over = std::min(now, visible_.back().time);
    const auto limit = over - keep.fold_for;
    std::erase_if(folded_, [limit](Folded const& f) { return start_of_minute(f.minute + 1) <= limit; });
    auto left = visible_.size();
    auto kept = visible_.begin();
    for (auto first = visible_.begin(); first != visible_.end();) {
        const auto minute = minute_of(first->time);
        const auto last =
            std::find_if(first, visible_.end(), [&](Sample const& x) { return minute_of(x.time) != minute; });
        const bool exact = to_the_instant(static_cast<std::size_t>(last - first));
        const bool several =
            exact && !std::all_of(first, last, [&](Sample const& x) { return same_meaning(x, *first); });
        const bool recent = start_of_minute(minute + 1) > limit;
        // A result with an order can be spoken of at another time, where this minute would not be looked for.
        const bool findable = std::all_of(first, last, [](Sample const& x) { return x.order == 0; });
        const bool stays = several || left <= keep.raw_samples || minute == touched_ ||
                           start_of_minute(minute + 1) > over || (recent && !findable);
        const auto record = stays ? std::nullopt : record_of(minute_of_samples({first, exact ? first + 1 : last}));
        if (record) {
            records_.insert(*record);
            note_change(start_of_minute(minute));
            if (recent) folded_.push_back({minute, core::encode(SampleRun{{first, last}})});
            left -= static_cast<std::size_t>(last - first);
        } else {
            kept = kept == first ? last : std::move(first, last, kept);
        }
        first = last;
    }
    visible_.erase(kept, visible_.end());
}

void Series::thin_read_again(EventTime now, Retention const& keep) {
    if (visible_.size() <= keep.raw_samples) return;
    if (by_minute())
        sum_up(now, keep);
    else if (kind_ == SignalKind::setting || kind_ == SignalKind::infusion)
        thin_repeats({}, std::min(now, visible_.back().time) - keep.raw_horizon);
}

bool Series::take_apart(std::int64_t minute) {
    const auto f =
        std::find_if(folded_.begin(), folded_.end(), [minute](Folded const& x) { return x.minute == minute; });
    if (f == folded_.end()) return false;
    const auto samples = core::decode<SampleRun>(f->samples);
    assert(samples);
    folded_.erase(f);
    note_change(start_of_minute(minute));
    records_.erase_if(minute, minute + 1, [](MinuteRecord const&) { return true; });
    visible_.insert(lower(visible_, start_of_minute(minute)), samples->list.begin(), samples->list.end());
    return true;
}

constexpr std::size_t most_in_turn = 8;

// From `begin` on: what lies before it was thinned when it was the newest.
void Series::thin_repeats(std::optional<EventTime> begin, EventTime limit) {
    const auto repeats_within = [&](Sample const& a, Sample const& b) {
        return slot_of(kind_, a.time) == slot_of(kind_, b.time) && same_meaning(a, b);
    };
    // Of several pumps that tell of one drug by turns each has a run of its own.
    const auto in_turn = [](Sample const& a, Sample const& b) {
        return a.pump.known() && b.pump.known() && a.pump != b.pump && a.source == b.source;
    };
    // Of a setting the first of a run is read; of a rate and of oxygen also when it was last said.
    const bool keep_last = kind_ == SignalKind::infusion || signal_ == Signal::fio2_set || signal_ == Signal::o2_flow ||
                           signal_ == Signal::fio2_unreadable;
    const auto from = begin ? static_cast<std::size_t>(lower(visible_, *begin) - visible_.cbegin()) : 0;
    auto kept = from, i = from; // what was taken out said the same as what is kept before it
    for (; i + 1 < visible_.size() && visible_[i + 1].time <= limit; ++i) {
        auto const& s = visible_[i];
        auto before = kept, after = i + 1;
        while (before > 0 && kept - before < most_in_turn && in_turn(visible_[before - 1], s)) --before;
        while (after < visible_.size() && after - i <= most_in_turn && in_turn(visible_[after], s)) ++after;
        const bool goes = before > 0 && repeats_within(visible_[before - 1], s) &&
                          (!keep_last || (after < visible_.size() && visible_[after].time <= limit &&
                                          repeats_within(s, visible_[after])));
        if (goes) {
            exact_from_ = std::max(exact_from_.value_or(s.time), s.time + Duration{1});
            note_change(s.time);
        } else if (kept++ != i) {
            visible_[kept - 1] = s;
        }
    }
    visible_.erase(visible_.begin() + static_cast<std::ptrdiff_t>(kept),
                   visible_.begin() + static_cast<std::ptrdiff_t>(i));
}

std::optional<EventTime> Series::forget(EventTime now, Retention const& keep, Stays const& stays) {
    if (kind_ == SignalKind::attested) return std::nullopt;
    const EventTime from = now - (by_minute() ? keep.keep_minutes : keep.whole(signal_));
    std::optional<EventTime> newest;
    if (!visible_.empty() && visible_.front().time < from) {
        auto gone = visible_.begin() + (lower(visible_, from) - visible_.cbegin());
        if (holds(kind_) || kind_ == SignalKind::derived) --gone; // the newest before the horizon stays
        // The admission weight is the first one, for the whole stay; a monitor may say it each minute.
        std::optional<Sample> weight;
        const auto goes = [&](Sample const& s) {
            if (stays && stays(s)) return false;
            if (signal_ == Signal::weight && !(weight && same_meaning(*weight, s))) {
                weight = s;
                return false;
            }
            newest = s.time;
            return true;
        };
        visible_.erase(std::remove_if(visible_.begin(), gone, goes), gone);
    }
    if (!hidden_.empty()) std::erase_if(hidden_, [&](Sample const& s) { return s.time < from; });
    std::erase_if(folded_, [&](Folded const& f) { return f.minute < minute_of(from); });
    records_.erase_if(0, minute_of(from), [&](MinuteRecord const& x) { // those that ended by then
        if (stays && stays(expand(x).sample())) return false;
        newest = std::max(newest.value_or(x.end()), x.end());
        return true;
    });
    if (newest) change_.gone_to = std::max(change_.gone_to, *newest);
    return newest;
}

std::vector<Sample> Series::erase(EventTime from, EventTime to, Stays const& back) {
    const EventTime first = start_of_minute(minute_of(from)), end = start_of_minute(minute_of(to) + 1);
    std::vector<Sample> out;
    if (back) unfold();
    note_change(first);
    const auto inside = [&](Sample const& s) {
        if (s.time < first || s.time >= end) return false;
        if (back && back(s)) out.push_back(s);
        return true;
    };
    std::erase_if(visible_, inside);
    std::erase_if(hidden_, inside);
    records_.erase_if(minute_of(first), minute_of(end), [](MinuteRecord const&) { return true; });
    std::erase_if(folded_, [&](Folded const& f) { return minute_of(first) <= f.minute && f.minute < minute_of(end); });
    return out;
}

namespace {

std::optional<std::int32_t> mantissa_at(Decimal d, std::uint8_t scale) {
    const auto at = round_half_up(ratio(d), scale);
    if (!at || at->mantissa > std::numeric_limits<std::int32_t>::max() ||
        at->mantissa < std::numeric_limits<std::int32_t>::min())
        return std::nullopt;
    return static_cast<std::int32_t>(at->mantissa);
}

constexpr std::int64_t farthest = 0xFFFF; // an extreme from its median

} // namespace

std::optional<MinuteRecord> Series::record_of(Minute const& m) {
    assert(m.whole != nullptr);
    auto const& s = *m.whole;
    const auto scale = std::max({s.value.scale, m.lowest.scale, m.highest.scale});
    if (s.is_word || s.comparator != Comparator::exactly || s.unit == Unit::none || m.minute < 0 || s.ref.index > 0xFF)
        return std::nullopt;
    if (m.minute > std::int64_t{std::numeric_limits<std::uint32_t>::max()} - 1) return std::nullopt;
    const auto median = mantissa_at(s.value, scale), low = mantissa_at(m.lowest, scale),
               high = mantissa_at(m.highest, scale);
    if (!median || !low || !high || std::int64_t{*median} - *low > farthest || std::int64_t{*high} - *median > farthest)
        return std::nullopt;
    const auto known = std::find(channels_.begin(), channels_.end(), s.channel);
    if ((known == channels_.end() && channels_.size() >= 0xFFFF) || s.ref.seq >> 48 != 0) return std::nullopt;
    MinuteRecord r;
    r.channel = static_cast<std::uint16_t>(known - channels_.begin());
    if (known == channels_.end()) channels_.push_back(s.channel);
    r.set_seq(s.ref.seq);
    r.index = static_cast<std::uint8_t>(s.ref.index);
    r.minute = static_cast<std::uint32_t>(m.minute);
    r.median = *median;
    r.below = static_cast<std::uint16_t>(std::int64_t{*median} - *low);
    r.above = static_cast<std::uint16_t>(std::int64_t{*high} - *median);
    r.valid = static_cast<std::uint8_t>(m.valid);
    r.total = static_cast<std::uint8_t>(m.total);
    r.offset_ms = static_cast<std::uint16_t>(s.time.ms - start_of_minute(m.minute).ms);
    r.set_scale(scale, s.value.scale);
    r.unit = s.unit;
    r.method = s.method;
    return r;
}

} // namespace vigil::model
