#include "core/model/series.hpp"

#include "core/model/sample_order.hpp"

#include <array>
#include <cassert>
#include <functional>
#include <limits>
#include <numeric>
#include <tuple>

namespace vigil::model {

namespace {

// A correction outranks a final result, which outranks what was not yet final (scores.md 0.3).
int rank(Status s) {
    switch (s) {
    case Status::corrected: return 3;
    case Status::preliminary: return 1;
    case Status::unverified: return 0;
    default: return 2;
    }
}

bool confirmation(Status s) { return s == Status::final_unchanged; }
bool marker(Status s) { return takes_back(s) || confirmation(s); }
// May speak of a result that stood at another time.
bool re_timed(Sample const& s) { return s.status == Status::corrected || (marker(s.status) && !of_its_time_only(s)); }

std::strong_ordering content_order(Sample const& a, Sample const& b) {
    const auto head = [](Sample const& s) {
        // Of one instant the last counts, and what can be read before what cannot.
        return std::tuple(s.time.ms, !is_unreadable(s), rank(s.status), s.message_time.ms, s.tie, s.order, s.is_word,
                          s.word);
    };
    if (const auto c = head(a) <=> head(b); c != 0) return c;
    if (const auto c = a.value <=> b.value; c != 0) return c;
    return std::tuple(a.value.scale, a.comparator, a.unit, a.status, a.suspect) <=>
           std::tuple(b.value.scale, b.comparator, b.unit, b.status, b.suspect);
}
bool content_less(Sample const& a, Sample const& b) { return content_order(a, b) < 0; }

// One result of one order (its code and sub-id are in the digest), or one instant of what one source calls by one name
// (that is the tie): a correction may come in another unit, and a retraction in none.
bool same_result(Sample const& a, Sample const& b) {
    if (a.order != b.order) return false;
    if (a.order == 0) return a.time == b.time && a.tie == b.tie;
    return a.time == b.time || re_timed(a) || re_timed(b);
}

bool repeats(Sample const& a, Sample const& b) {
    return a.time == b.time && a.until == b.until && a.tie == b.tie && a.order == b.order && same_meaning(a, b);
}

// `newer` takes the place of `older`. Volumes charted at one instant are several volumes: without an order only a
// correction or a better status says that one of them is meant.
bool hides(SignalKind kind, Sample const& newer, Sample const& older) {
    if (marker(older.status) || confirmation(newer.status) || !same_result(newer, older)) return false;
    if (newer.time != older.time && !re_timed(newer)) return false;
    // Beside a number the same message may bring a remark under its name.
    if (newer.status == Status::cannot_obtain) return older.message_time < newer.message_time;
    if (takes_back(newer.status)) return older.message_time <= newer.message_time;
    const bool volumes = kind == SignalKind::interval && newer.order == 0 && newer.status != Status::corrected;
    if (volumes) return rank(newer.status) > rank(older.status);
    return std::tuple(rank(newer.status), newer.message_time) > std::tuple(rank(older.status), older.message_time);
}

bool confirms(Sample const& u, Sample const& s) {
    return confirmation(u.status) && (s.status == Status::preliminary || s.status == Status::unverified) &&
           same_result(u, s) && s.message_time <= u.message_time;
}

// A minute that is summed up is seen as a whole, at its end.
EventTime told_at(MinuteRecord const& r) { return r.total == 1 ? r.time() : r.end(); }

void place(std::vector<Sample>& list, Sample const& s) {
    if (list.empty() || content_less(list.back(), s))
        add_last(list, s);
    else
        list.insert(std::upper_bound(list.begin(), list.end(), s, content_less), s);
}

} // namespace

std::span<Sample const> Series::range(EventTime after, EventTime to) const {
    const bool all = after.ms == std::numeric_limits<std::int64_t>::min();
    const auto first = all ? visible_.begin() : lower(visible_, {after.ms + 1});
    if (first == visible_.end() || first->time > to) return {};
    if (visible_.back().time <= to) return {first, visible_.end()};
    // Mostly little is asked for: look for the end in growing steps.
    auto const* const s = &*first;
    const auto up_to = [s, to](std::ptrdiff_t i) { return s[i].time <= to; };
    std::ptrdiff_t in = 0, out = visible_.end() - first - 1;
    for (std::ptrdiff_t step = 1; step < out - in; step *= 2) {
        if (!up_to(in + step)) {
            out = in + step;
            break;
        }
        in += step;
    }
    return {first, static_cast<std::size_t>(first_without(in, out, up_to))};
}

std::optional<Sample> Series::latest(EventTime at, Duration max_age) const {
    auto found = by_minute() ? latest_minute(at) : latest_whole(at);
    if (found && max_age.ms > 0 && at - found->time > max_age) return std::nullopt;
    return found;
}

std::optional<Sample> Series::latest_whole(EventTime at) const {
    const auto end = lower(visible_, {at.ms + 1});
    if (end == visible_.begin()) return std::nullopt;
    auto s = end - 1;
    // Of a setting, the reading that set it within its half hour: the same answer once repeats are thinned.
    if (kind_ == SignalKind::setting)
        while (s != visible_.begin() && slot_of(kind_, (s - 1)->time) == slot_of(kind_, s->time) &&
               same_meaning(*(s - 1), *s))
            --s;
    return *s;
}

// A stream's running minute is not judged yet: the one before it stands.
std::optional<Sample> Series::latest_minute(EventTime at) const {
    std::optional<std::int64_t> newest;
    if (const auto s = lower(visible_, {at.ms + 1}); s != visible_.begin()) newest = minute_of((s - 1)->time);
    if (const auto r = newest_told(at); r && (!newest || *newest < std::int64_t{r->minute})) newest = r->minute;
    if (!newest) return std::nullopt;
    std::optional<Minute> last;
    minutes(start_of_minute(*newest - 2) - Duration{1}, at, [&](Minute const& m) {
        if (!last || !m.streaming) last = m;
    });
    if (!last) return std::nullopt;
    if (last->whole != nullptr && to_the_instant(last->total)) return set_within(last->minute, at);
    return last->sample();
}

std::optional<MinuteRecord> Series::newest_told(EventTime at) const {
    auto r = records_.at_or_before(minute_of(at));
    return r && told_at(*r) > at ? records_.at_or_before(std::int64_t{r->minute} - 1) : r;
}

// Oxygen is paired with a gas to the instant: of a minute that is no stream the reading that set the newest value
// stands, not the median. Only such minutes of one value are summed up, as that reading; so the answer stays the same.
Sample const& Series::set_within(std::int64_t minute, EventTime at) const {
    const auto first = lower(visible_, start_of_minute(minute));
    auto s = lower(visible_, std::min(EventTime{at.ms + 1}, start_of_minute(minute + 1))) - 1;
    for (auto usable = s;; --usable) {
        if (!usable->suspect) s = usable;
        if (!usable->suspect || usable == first) break;
    }
    while (s != first && same_meaning(*(s - 1), *s)) --s;
    return *s;
}

std::optional<EventTime> Series::next_time(EventTime after) const {
    std::optional<EventTime> next;
    const auto s = lower(visible_, {after.ms + 1});
    if (s != visible_.end()) {
        next = s->time;
        // Who asks for it reads on from there: a twentieth of the time of `vigil score`.
        if (s + 1 != visible_.end()) __builtin_prefetch(&s[1]);
    }
    if (records_.empty() || told_at(records_.back()) <= after) return next;
    for (MinuteList::Reader r{records_, minute_of(after)}; r.get() != nullptr; r.next())
        if (const auto t = told_at(*r.get()); t > after) return next ? std::min(*next, t) : t;
    return next;
}

bool Series::adds_nothing_yet(Sample const& sample) const {
    const auto minute = minute_of(sample.time);
    if (kind_ == SignalKind::setting) {
        const auto end = visible_.empty() || minute_of(visible_.back().time) <= minute
                             ? visible_.end()
                             : lower(visible_, start_of_minute(minute + 1));
        if (end == visible_.begin()) return false;
        auto const& before = *(end - 1);
        // Of oxygen it may be the first since another device was connected.
        const bool oxygen =
            signal_ == Signal::fio2_set || signal_ == Signal::o2_flow || signal_ == Signal::fio2_unreadable;
        const bool soon =
            oxygen ? minute_of(before.time) == minute : slot_of(kind_, before.time) == slot_of(kind_, sample.time);
        return soon && same_meaning(before, sample);
    }
    if (!by_minute()) return false;
    if (!visible_.empty() && minute_of(visible_.back().time) == minute) return true;
    const auto in = [this](std::int64_t m) {
        return range(start_of_minute(m) - Duration{1}, start_of_minute(m + 1) - Duration{1}).size();
    };
    if (in(minute) > 0 || in(minute - 1) >= dense_minute) return true;
    return !records_.empty() && std::int64_t{records_.back().minute} == minute - 1 &&
           records_.back().total >= dense_minute;
}

Minute Series::expand(MinuteRecord const& r) const {
    Minute m;
    m.time = r.time();
    m.value = {r.median, r.digits()};
    for (auto n = r.unsaid(); n > 0; --n)
        m.value = {m.value.mantissa / 10, static_cast<std::uint8_t>(m.value.scale - 1)};
    m.lowest = {std::int64_t{r.median} - r.below, r.digits()};
    m.highest = {std::int64_t{r.median} + r.above, r.digits()};
    m.unit = r.unit;
    m.minute = r.minute;
    m.valid = r.valid;
    m.total = r.total;
    m.ref = {r.seq(), r.index};
    m.method = r.method;
    if (r.channel < channels_.size()) m.channel = channels_[r.channel];
    return m;
}

Sample Minute::sample() const {
    if (whole != nullptr) return *whole;
    Sample s;
    s.time = s.message_time = time;
    s.value = value;
    s.unit = unit;
    s.method = method;
    s.suspect = valid == 0;
    s.channel = channel;
    s.ref = ref;
    return s;
}

namespace {

Minute standing_for(Sample const& s) {
    Minute m;
    m.time = s.time;
    m.value = m.lowest = m.highest = s.value;
    m.unit = s.unit;
    m.minute = minute_of(s.time);
    m.whole = &s;
    return m;
}

Minute minute_of_several(std::span<Sample const> samples) {
    std::array<Sample const*, 128> near{};
    std::vector<Sample const*> far;
    if (samples.size() > near.size()) far.resize(samples.size());
    auto** const order = far.empty() ? near.data() : far.data();
    std::size_t n = 0;
    for (auto const& s : samples)
        if (!s.suspect) order[n++] = &s;
    const auto valid = static_cast<std::uint32_t>(n);
    if (n == 0)
        for (auto const& s : samples) order[n++] = &s;
    // They stand in content order, which breaks ties: the median sample is the same one in every arrival.
    const auto less = [](Sample const* a, Sample const* b) {
        if (a->unit != b->unit) return a->unit < b->unit;
        if (a->value.scale != b->value.scale) {
            if (const auto c = a->value <=> b->value; c != 0) return c < 0;
        } else if (a->value.mantissa != b->value.mantissa) {
            return a->value.mantissa < b->value.mantissa;
        }
        return std::less<>{}(a, b);
    };
    auto** const middle = order + (n - 1) / 2;
    std::nth_element(order, middle, order + n, less);
    auto m = standing_for(**middle);
    m.lowest = (*std::min_element(order, middle + 1, less))->value;
    m.highest = (*std::max_element(middle, order + n, less))->value;
    // Counts fit a byte; of a faster stream they are its share in 255ths.
    const auto total = static_cast<std::uint32_t>(samples.size());
    m.valid = total > 255 ? valid * 255 / total : valid;
    m.total = std::min(total, 255U);
    return m;
}

Minute minute_of_one(Sample const& s) {
    auto m = standing_for(s);
    m.total = 1;
    m.valid = s.suspect ? 0 : 1;
    return m;
}

} // namespace

// Each makes its own where the caller wants it: a copy of what was written just before waits for it.
Minute Series::minute_of_samples(std::span<Sample const> samples) {
    assert(!samples.empty());
    return samples.size() == 1 ? minute_of_one(samples.front()) : minute_of_several(samples);
}

Inserted Series::insert(Sample const& sample, EventTime now, Retention const& keep) {
    const bool special = re_timed(sample) || marker(sample.status);
    const auto minute = minute_of(sample.time);
    if (!special && !corrected_ && (visible_.empty() || visible_.back().time < sample.time) &&
        (records_.empty() || records_.back().minute < minute)) {
        touched_ = minute;
        note_change(sample.time);
        add_last(visible_, sample);
        if (kind_ == SignalKind::alarm) keep_ends(sample, keep);
        thin(now, keep);
        return Inserted::added;
    }
    if (const auto r = records_.find(minute); r && !take_apart(minute)) {
        const auto m = expand(*r);
        const bool known = m.total == 1 && m.time == sample.time && same_meaning(m.sample(), sample);
        return known ? Inserted::unchanged : Inserted::behind_horizon;
    }
    if (exact_from_ && sample.time < *exact_from_ && !keep.read_again)
        if (const auto thinned = among_thinned(sample)) return *thinned;
    touched_ = minute;
    corrected_ = corrected_ || special;
    const auto done = marker(sample.status) ? insert_marker(sample) : insert_value(sample);
    // What takes another's place, or speaks of others, may do so elsewhere.
    if (!special && (done == Inserted::added || done == Inserted::unchanged))
        note_change(sample.time);
    else
        note_change();
    if (kind_ == SignalKind::alarm) keep_ends(sample, keep);
    thin(now, keep);
    return done;
}

// In the thinned past a slot with readings is known only by the ends of its runs.
std::optional<Inserted> Series::among_thinned(Sample const& sample) const {
    const auto at = lower(visible_, {sample.time.ms + 1});
    const bool before = at != visible_.begin() && slot_of(kind_, (at - 1)->time) == slot_of(kind_, sample.time);
    const bool after = at != visible_.end() && slot_of(kind_, at->time) == slot_of(kind_, sample.time);
    if (before && same_meaning(*(at - 1), sample)) {
        const bool within = after && same_meaning(*at, sample); // beyond the end of the run it is the end
        if (within || (at - 1)->time == sample.time) return Inserted::unchanged;
    }
    if (before || after || re_timed(sample)) return Inserted::behind_horizon;
    return std::nullopt;
}

Inserted Series::insert_marker(Sample const& mark) {
    for (auto const& h : hidden_)
        if (marker(h.status) && repeats(h, mark) && h.message_time == mark.message_time) return Inserted::unchanged;
    place(hidden_, mark);
    if (confirmation(mark.status)) {
        // What it confirms counts as final from now on, and is placed anew: it may hide what hid it.
        std::vector<Sample> promoted;
        for (auto* list : {&visible_, &hidden_})
            for (auto const& s : *list)
                if (confirms(mark, s)) promoted.push_back(s);
        bool differs = false;
        for (auto const& s : promoted) {
            const bool stood = take_out(visible_, s);
            take_out(hidden_, s);
            const auto done = insert_value(s);
            differs = differs || done == Inserted::replaced || (done == Inserted::added) != stood;
        }
        return differs ? Inserted::replaced : Inserted::unchanged;
    }
    return hide_below(mark) ? Inserted::retracted : Inserted::unchanged;
}

bool Series::take_out(std::vector<Sample>& list, Sample const& s) {
    const auto at = std::find_if(list.begin(), list.end(),
                                 [&](Sample const& x) { return content_order(x, s) == 0 && repeats(x, s); });
    if (at == list.end()) return false;
    list.erase(at);
    return true;
}

// One order may have results of several times (a flowsheet, serial samples): what takes back or corrects one that stood
// at its own time speaks of that alone. Otherwise the time itself was corrected.
bool Series::speaks_of_its_time(Sample const& s) const {
    const auto is_version = [&s](Sample const& x) {
        if (x.time != s.time || x.order != s.order || marker(x.status) || content_order(x, s) == 0) return false;
        return x.status != Status::corrected || x.message_time < s.message_time;
    };
    for (auto const* list : {&visible_, &hidden_}) {
        const auto end = lower(*list, {s.time.ms + 1});
        if (std::any_of(lower(*list, s.time), end, is_version)) return true;
    }
    return false;
}

// Something of its order takes back or corrects what stands at its time.
bool Series::is_spoken_of(Sample const& s) const {
    const auto speaks = [&s](Sample const& x) {
        return x.time == s.time && x.order == s.order && re_timed(x) && content_order(x, s) != 0;
    };
    return std::any_of(hidden_.begin(), hidden_.end(), speaks) || std::any_of(visible_.begin(), visible_.end(), speaks);
}

bool Series::outranks(Sample const& newer, Sample const& older) const {
    return hides(kind_, newer, older) && (newer.time == older.time || !speaks_of_its_time(newer));
}

bool Series::is_outranked(Sample const& s) const {
    const auto by = [&](Sample const& x) { return outranks(x, s); };
    return std::any_of(hidden_.begin(), hidden_.end(), by) || std::any_of(visible_.begin(), visible_.end(), by);
}

// A result that came after its correction shows what that speaks of: what stands under the order is found anew.
bool Series::judge_anew(std::uint64_t order) {
    std::vector<Sample> shown, hidden;
    for (auto const& s : hidden_)
        if (s.order == order && !marker(s.status) && !is_outranked(s)) shown.push_back(s);
    for (auto const& s : visible_)
        if (s.order == order && is_outranked(s)) hidden.push_back(s);
    for (auto const& s : shown) {
        take_out(hidden_, s);
        place(visible_, s);
    }
    for (auto const& s : hidden) {
        take_out(visible_, s);
        place(hidden_, s);
    }
    return !shown.empty() || !hidden.empty();
}

bool Series::hide_below(Sample const& newer) {
    std::vector<Sample> gone;
    const bool everywhere = corrected_ && newer.order != 0;
    const auto first = everywhere ? visible_.cbegin() : lower(visible_, newer.time);
    const auto last = everywhere ? visible_.cend() : lower(visible_, {newer.time.ms + 1});
    for (auto s = first; s != last; ++s)
        if (outranks(newer, *s)) gone.push_back(*s);
    for (auto const& s : gone) {
        take_out(visible_, s);
        place(hidden_, s);
    }
    return !gone.empty();
}

Inserted Series::insert_value(Sample const& given) {
    Sample s = given;
    for (auto const& h : hidden_)
        if (confirms(h, s)) s.status = Status::final;
    // An equal repeat changes nothing; of its messages the latest counts, so that the outcome does not depend on which
    // came first.
    bool stood = false;
    std::size_t stood_at = 0;
    for (auto* list : {&visible_, &hidden_}) {
        const auto at = std::find_if(list->begin(), list->end(),
                                     [&](Sample const& x) { return x.time == s.time && repeats(x, s); });
        if (at == list->end()) continue;
        if (s.message_time <= at->message_time) {
            at->ref = std::min(at->ref, s.ref);
            return Inserted::unchanged;
        }
        s.ref = std::min(at->ref, s.ref);
        stood = list == &visible_;
        stood_at = static_cast<std::size_t>(at - list->begin());
        list->erase(at);
        break;
    }
    const bool hidden = is_outranked(s);
    bool replaced = hide_below(s);
    place(hidden ? hidden_ : visible_, s);
    if (corrected_ && s.order != 0 && is_spoken_of(s)) replaced = judge_anew(s.order) || replaced;
    // Of several statements of one instant the last counts: a repeat may make another one the last.
    const bool moved = stood && !hidden && (stood_at >= visible_.size() || content_order(visible_[stood_at], s) != 0);
    if (stood) return replaced || moved ? Inserted::replaced : Inserted::unchanged;
    return hidden ? Inserted::superseded : replaced ? Inserted::replaced : Inserted::added;
}

std::size_t Series::bytes() const {
    return (visible_.capacity() + hidden_.capacity()) * sizeof(Sample) + records_.bytes() +
           std::accumulate(folded_.begin(), folded_.end(), sizeof(Series) + folded_.capacity() * sizeof(Folded),
                           [](std::size_t n, Folded const& f) { return n + f.samples.capacity(); });
}

} // namespace vigil::model
