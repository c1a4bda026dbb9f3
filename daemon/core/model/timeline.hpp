#pragma once
// One patient's readings as the rules need them: by signal, ordered by event time. Late insertion is normal. What a series
// holds depends on content only, never on the order of arrival (scores.md 0.3).

#include "core/model/sample.hpp"

#include <array>
#include <span>
#include <vector>

namespace vigil::model {

enum class Inserted : std::uint8_t {
    added,           // new knowledge
    unchanged,       // an equal repeat
    replaced,        // a correction took the place of an earlier version
    superseded,      // an older version of something already corrected: kept out of the rules
    retracted,       // D or W removed what stood there
    behind_horizon,  // reaches behind what the state keeps: the journal must be read again (Recall)
};

// Named kinds of keeping, fixed by the vocabulary (SignalKind): monitor signals are kept as at most `raw_per_minute` samples a
// minute, collapsed to the median valid sample, minimum and maximum once older than `raw_horizon`; everything else whole for
// `keep_whole`.
struct Retention {
    Duration keep_whole = hours(72);
    Duration keep_minutes = hours(25);
    Duration raw_horizon = minutes(20);
    std::uint8_t raw_per_minute = 4;
};

class Timeline {
public:
    // Places a sample; equal content (time, order key, tie, value, status) is `unchanged` whatever its ref.
    Inserted insert(Signal signal, SignalKind kind, Sample const& sample, EventTime now, Retention const& keep);
    // D, W: takes out what stands under the same result key, or the same channel, time and tie when there is no order.
    Inserted retract(Signal signal, SignalKind kind, Sample const& like, EventTime now, Retention const& keep);
    // Drops what is older than kept and collapses minutes; must not change any answer inside the kept windows.
    void forget(EventTime now, Retention const& keep);

    // Samples with time in (after, to], oldest first, superseded versions excluded. Kept-whole signals and the raw part of monitors.
    std::span<Sample const> range(Signal signal, EventTime after, EventTime to) const;
    // The newest at or before `at` and not older than max_age (0: any age); nullptr when there is none.
    Sample const* latest(Signal signal, EventTime at, Duration max_age) const;
    bool empty(Signal signal) const;

    template <class S, class V> static void fields(S& s, V&& v) { v(s.series_); }

private:
    std::array<std::vector<Sample>, signal_count> series_;
};

} // namespace vigil::model
