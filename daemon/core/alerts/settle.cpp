#include "core/alerts/settle.hpp"

#include <algorithm>

namespace vigil::alerts {

namespace {

void take_level(Lane& lane, model::EventTime when) {
    const bool was = lane.level > 0;
    (lane.raw > lane.level ? lane.reached : lane.fell) = when;
    lane.level = lane.raw;
    lane.above.reset();
    lane.below.reset();
    if (lane.level > 0 && !was) lane.since = when;
}

} // namespace

void mature(Lane& lane, Dwell dwell, model::EventTime at) {
    if (lane.above && at - *lane.above >= dwell.in)
        take_level(lane, *lane.above);
    else if (lane.below && at - *lane.below >= dwell.out)
        take_level(lane, *lane.below + dwell.out);
    if (lane.state != ConditionState::unknown)
        lane.state = lane.level > 0 ? ConditionState::present : ConditionState::absent;
}

void observe(Lane& lane, Dwell dwell, Look look, model::EventTime at, model::EventTime cause) {
    mature(lane, dwell, at);
    if (look.enter < 0) {
        // What cannot be seen neither ends nor begins: the episode is held, a dwell starts again when there is sight.
        lane.above.reset();
        lane.below.reset();
        lane.raw = lane.level;
        if (lane.level > 0) lane.state = ConditionState::unknown;
        return;
    }
    lane.raw = std::max(look.enter, std::min(lane.raw, std::max(look.enter, look.leave)));
    lane.state = lane.level > 0 ? ConditionState::present : ConditionState::absent;
    if (lane.raw > lane.level) {
        lane.below.reset();
        if (!lane.above) lane.above = cause;
    } else if (lane.raw < lane.level) {
        lane.above.reset();
        if (!lane.below) lane.below = cause;
    } else {
        lane.above.reset();
        lane.below.reset();
    }
    mature(lane, dwell, at);
    if (look.enter >= lane.level && lane.told_level != lane.level) {
        lane.told = at;
        lane.told_level = lane.level;
    }
}

} // namespace vigil::alerts
