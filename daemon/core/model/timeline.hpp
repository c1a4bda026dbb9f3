#pragma once
// One patient's readings as the rules need them: by signal, ordered by event time. Late insertion is normal. What a
// series answers depends on content only, never on the order of arrival (scores.md 0.3).

#include "core/model/sample.hpp"
#include "core/model/series.hpp"

#include <array>
#include <functional>
#include <span>
#include <vector>

namespace vigil::model {

// An analyser's own P/F that is so near to a gas is kept as long as the gas.
inline constexpr Duration beside_device = hours(1);

class Timeline {
public:
    // Places a sample of any status: D and W retract, U confirms, the rest is a value. Equal content (time, order key,
    // tie, status, value) is `unchanged` whatever its ref. `now` is the patient's now.
    Inserted insert(Signal signal, SignalKind kind, Sample const& sample, EventTime now, Retention const& keep);
    // D, W: takes out what stands under the same result key, or the same channel, time and tie when there is no order.
    Inserted retract(Signal signal, SignalKind kind, Sample const& like, EventTime now, Retention const& keep) {
        return insert(signal, kind, like, now, keep);
    }
    // Drops what is older than kept; must not change any answer inside the kept windows. Cheap enough for every few
    // minutes. Kept however old: the course of a sedation that lasts, with the coma scores from before it; the course
    // of an extracorporeal circuit, with what the gases before it need; dialysis of the past week; support since a cell
    // product, and what stood when it was given; an analyser's own P/F beside a gas. `gone` learns of every
    // signal of which something went the newest that did.
    using Gone = std::function<void(Signal, EventTime)>;
    void forget(EventTime now, Retention const& keep, Gone const& gone = {});
    // Takes a signal out from the start of the minute of `from` to the end of the minute of `to`: a Recalled event then
    // inserts the journal's rows again, and what is answered, the samples for which `back` holds. Then it is thinned.
    std::vector<Sample> erase(Signal signal, EventTime from, EventTime to, Series::Stays const& back = {});
    void thin_read_again(Signal signal, EventTime now, Retention const& keep);

    // Samples with time in (after, to], oldest first, superseded and retracted versions excluded. For monitor signals
    // only what is not yet summed up by minute; `minutes` has everything of those.
    std::span<Sample const> range(Signal signal, EventTime after, EventTime to) const;
    // The newest at or before `at` and not older than max_age (0: any age), of every kind. Of a minute that is summed
    // up, its median sample stands for it.
    std::optional<Sample> latest(Signal signal, EventTime at, Duration max_age) const;
    // The oldest after `after`.
    std::optional<EventTime> next_time(Signal signal, EventTime after) const;
    // A reading in the running minute that no rule looks at before the minute ends.
    bool adds_nothing_yet(Signal signal, Sample const& sample) const {
        auto const* s = find(signal);
        return s != nullptr && s->adds_nothing_yet(sample);
    }
    // Monitor signals: calls visit(Minute const&) for each whole minute with data in (after, to], oldest first; the
    // minute that is still running at `to` counts what it holds so far. Answers are the same before and after a minute
    // is summed up, but for one: of a minute of several readings what they were up to an instant within it is not known
    // any more, and it counts from its end on. What looks back to such an instant (a gas, the reach of a cuff) can
    // differ.
    template <class Visit>
    void minutes(Signal signal, EventTime after, EventTime to, Visit&& visit) const {
        if (auto const* s = find(signal)) s->minutes(after, to, visit);
    }
    // Of a monitor signal the first whole blocks of minutes in [from, to) between two of their like, of all of which
    // plain(MinuteBlock const&) holds: what `minutes` would visit there is what their outlines say, and nothing else.
    template <class Plain>
    std::span<MinuteBlock const> plain_row(Signal signal, std::int64_t from, std::int64_t to, Plain&& plain) const {
        auto const* s = find(signal);
        return s == nullptr ? std::span<MinuteBlock const>{} : s->plain_row(from, to, plain);
    }
    // The same without regard to their neighbours.
    template <class Plain>
    std::span<MinuteBlock const> whole_row(Signal signal, std::int64_t from, std::int64_t to, Plain&& plain) const {
        auto const* s = find(signal);
        return s == nullptr ? std::span<MinuteBlock const>{} : s->whole_row(from, to, plain);
    }
    // Whole blocks that hold every minute from `first` to `last`, each of them even; empty when there are none.
    std::span<MinuteBlock const> covering(Signal signal, std::int64_t first, std::int64_t last) const {
        auto const* s = find(signal);
        return s == nullptr ? std::span<MinuteBlock const>{} : s->covering(first, last);
    }
    bool empty(Signal signal) const {
        auto const* s = find(signal);
        return s == nullptr || s->empty();
    }
    // Signals of which something after t does not stand whole any more.
    SignalSet thinned_after(EventTime t) const;
    // Samples of a signal that stand whole: what is summed up or thinned shows in it.
    std::size_t standing(Signal signal) const {
        auto const* s = find(signal);
        return s == nullptr ? 0 : s->samples().size();
    }
    // Bytes held, for the memory budget.
    std::size_t bytes() const;

    // visit(Signal, PastChange const&) for every signal, since this was asked last. A timeline that took the place of
    // another one does not tell that.
    template <class Visit>
    void take_changes(Visit&& visit) {
        for (auto& s : series_) visit(s.signal(), s.take_change());
    }

    // Removes the samples for which pred(Signal, Sample const&) holds and gives them to take(Signal, SignalKind, Sample
    // const&): attribution is revised when the census is. Hidden versions move too. Minutes that are summed up for good
    // stay: who moves samples reads those again (`thinned_after`).
    template <class Pred, class Take>
    void move_if(Pred&& pred, Take&& take) {
        for (auto& s : series_)
            s.move_if([&](Sample const& x) { return pred(s.signal(), x); },
                      [&](Sample const& x) { take(s.signal(), s.kind(), x); });
    }
    // complete(Sample&) of each rate, once they were read: what follows from its channel.
    template <class Complete>
    void complete_rates(Complete&& complete) {
        for (auto& s : series_)
            if (s.kind() == SignalKind::infusion) s.complete(complete);
    }
    // visit(Signal, SignalKind, Sample const&) for every visible sample that stands whole, by signal, oldest first.
    template <class Visit>
    void each_sample(Visit&& visit) const {
        for (auto const& s : series_)
            for (auto const& x : s.samples()) visit(s.signal(), s.kind(), x);
    }

    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.series_);
        if constexpr (!std::is_const_v<S>)
            if (!s.find_slots()) v.refuse();
    }

private:
    // Where each signal stands, from the series themselves; false when one stands twice or is of no signal.
    bool find_slots();
    std::optional<EventTime> run_start(Signal signal, EventTime at, Duration pause) const;
    bool runs(Signal signal, EventTime at) const;
    Series::Stays beside_gases(Series const& stream, EventTime from, EventTime to) const;
    Series const* find(Signal signal) const {
        const auto slot = slots_[static_cast<std::size_t>(signal)];
        return slot == 0 || slot > series_.size() ? nullptr : &series_[slot - 1U];
    }

    std::array<std::uint8_t, signal_count> slots_{}; // index + 1 into series_; 0: never seen
    std::vector<Series> series_;
};

} // namespace vigil::model
