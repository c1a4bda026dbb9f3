#pragma once
// A vital sign by the minute: the monitor, or what a person charted, from the best source there is.
//
// Of a monitor's stream two minutes in a row must agree that it is at least that bad; a value charted alone counts
// alone (scores.md 13.4; as for mean pressures, minutes no further apart than `monitor_gap` are a stream). What lies
// outside the soft limits is no single value's word: it counts when the reading before or after it, not further away
// than such a value may stand, is as bad, and is flagged. Until one follows it raises the upper bound. What a device
// calls questionable does not count. Where the question ends before the instant asked for (the first day of a stay),
// only minutes count that are over by then.

#include "core/scores/finding.hpp"

#include <functional>

namespace vigil::scores {

// Where a vital sign comes from.
struct Source {
    model::Signal signal{};
    // Why a minute may not be used; `none`: it may.
    std::function<model::Reason(model::Minute const&)> refuses{};
    bool scoring_only = false; // asked only of what would score (in the product `now` of everything)
    // What `refuses` says of every one of these minutes, where that is known to be one and the same; empty: it is not.
    std::function<std::optional<model::Reason>(std::int64_t first, std::int64_t last)> refuses_all{};
    // What a minute comes to where it is not itself the vital sign; empty: nothing. What rests on it is flagged.
    std::function<std::optional<model::Minute>(model::Minute const&)> as{};
    std::optional<model::Flag> flag{};
};

// The table by which a value at an instant is judged. Two where it is not known which of them applies.
struct Scales {
    RangeTable const* one = nullptr;
    RangeTable const* other = nullptr; // the same, mostly
};
using ScalesAt = std::function<Scales(model::EventTime)>;

// A minute that may be used, or what it was worked out to be.
struct VitalReading {
    model::Minute minute;
    bool extreme = false;                  // outside the soft limits, all of it
    std::optional<model::Minute> source{}; // what the minute was worked out of
    model::EventTime time() const { return minute.time; }
};

// For who keeps them (settled.hpp): without pointing into the timeline.
struct KeptMinute {
    model::Minute minute;
    std::optional<model::Sample> sample;
    explicit KeptMinute(model::Minute const& m);
    model::Minute get() const; // points into this
};
struct KeptReading {
    KeptMinute minute;
    bool extreme = false;
    std::optional<KeptMinute> source;
    explicit KeptReading(VitalReading const& r);
    VitalReading get() const;
};
struct KeptVital {
    model::Signal signal{};
    KeptReading told;
    std::optional<KeptReading> beside; // that agrees with it
    PointRange points;
    std::optional<model::Flag> flag;
};
struct RefusedVital {
    model::Reason why = model::Reason::none;
    model::Signal signal{};
    KeptMinute minute;
};

// The worst of the window; for the product `now` the newest that is not too old. The best source comes first: in a
// window a worse one gives way to it within `cuff_yields`, for `now` it is asked only where the better ones have
// nothing.
Finding vital_sign(Inquiry& q, std::span<Source const> sources, ScalesAt const& scales);
// By one table; a score asks by it of one vital sign only.
Finding vital_sign(Inquiry& q, std::span<Source const> sources, RangeTable const& table);

} // namespace vigil::scores
