#include "core/alerts/lifecycle.hpp"

#include <cassert>

namespace vigil::alerts {

namespace {

Next while_present(Phase phase, Happening happening, bool latch) {
    const bool acknowledged = phase == Phase::acknowledged;
    switch (happening) {
    case Happening::present: return {phase, Notify::nothing};
    case Happening::worse: return {Phase::on, Notify::worsened, acknowledged};
    case Happening::better: return {phase, Notify::improved};
    case Happening::absent:
        if (latch && !acknowledged) return {Phase::latched, Notify::latched};
        return {Phase::closed, Notify::cleared};
    case Happening::unknown: return {acknowledged ? Phase::unknown_acknowledged : Phase::unknown_on, Notify::unknown};
    case Happening::acknowledge:
        if (acknowledged) return {phase, Notify::nothing};
        return {Phase::acknowledged, Notify::acknowledged};
    case Happening::close: return {Phase::closed, Notify::cleared};
    }
    return {phase};
}

Next while_unknown(Phase phase, Happening happening, bool latch) {
    const bool acknowledged = phase == Phase::unknown_acknowledged;
    switch (happening) {
    case Happening::present: return {acknowledged ? Phase::acknowledged : Phase::on, Notify::updated};
    case Happening::worse: return {Phase::on, Notify::worsened, acknowledged};
    case Happening::better: return {acknowledged ? Phase::acknowledged : Phase::on, Notify::improved};
    case Happening::absent:
        if (latch && !acknowledged) return {Phase::latched, Notify::latched};
        return {Phase::closed, Notify::cleared};
    case Happening::unknown: return {phase, Notify::nothing};
    case Happening::acknowledge:
        if (acknowledged) return {phase, Notify::nothing};
        return {Phase::unknown_acknowledged, Notify::acknowledged};
    case Happening::close: return {Phase::closed, Notify::cleared};
    }
    return {phase};
}

Next while_latched(Happening happening) {
    switch (happening) {
    case Happening::present:
    case Happening::better:
    case Happening::worse: return {Phase::on, Notify::recurred};
    case Happening::absent:
    case Happening::unknown: return {Phase::latched, Notify::nothing};
    case Happening::acknowledge: return {Phase::closed, Notify::acknowledged};
    case Happening::close: return {Phase::closed, Notify::cleared};
    }
    return {Phase::latched};
}

Next before_onset(Happening happening) {
    switch (happening) {
    case Happening::present:
    case Happening::worse:
    case Happening::better: return {Phase::on, Notify::first};
    case Happening::absent:
    case Happening::unknown:
    case Happening::acknowledge:
    case Happening::close: return {Phase::none, Notify::nothing};
    }
    return {Phase::none};
}

} // namespace

Next next(Phase phase, Happening happening, bool latch) {
    switch (phase) {
    case Phase::none: return before_onset(happening);
    case Phase::on:
    case Phase::acknowledged: return while_present(phase, happening, latch);
    case Phase::unknown_on:
    case Phase::unknown_acknowledged: return while_unknown(phase, happening, latch);
    case Phase::latched: return while_latched(happening);
    case Phase::closed: return {Phase::closed, Notify::nothing}; // a new onset is a new alert
    }
    return {phase};
}

Phase phase_of(Alert const& alert) {
    switch (alert.signal) {
    case SignalState::on: return alert.condition == ConditionState::unknown ? Phase::unknown_on : Phase::on;
    case SignalState::acknowledged:
        return alert.condition == ConditionState::unknown ? Phase::unknown_acknowledged : Phase::acknowledged;
    case SignalState::latched: return Phase::latched;
    case SignalState::closed: return Phase::closed;
    }
    return Phase::none;
}

Happening happening_of(Condition const& condition, Alert const* standing) {
    switch (condition.state) {
    case ConditionState::absent: return Happening::absent;
    case ConditionState::unknown: return Happening::unknown;
    case ConditionState::present: break;
    }
    if (standing == nullptr) return Happening::present;
    // Below the range after above it is another danger, however far.
    if (condition.side != standing->side) return Happening::worse;
    if (condition.level == standing->level) return Happening::present;
    return condition.level > standing->level ? Happening::worse : Happening::better;
}

void enter(Alert& alert, Phase phase) {
    switch (phase) {
    case Phase::none: assert(false); break;
    case Phase::on:
        alert.condition = ConditionState::present;
        alert.signal = SignalState::on;
        break;
    case Phase::acknowledged:
        alert.condition = ConditionState::present;
        alert.signal = SignalState::acknowledged;
        break;
    case Phase::unknown_on:
        alert.condition = ConditionState::unknown;
        alert.signal = SignalState::on;
        break;
    case Phase::unknown_acknowledged:
        alert.condition = ConditionState::unknown;
        alert.signal = SignalState::acknowledged;
        break;
    case Phase::latched:
        alert.condition = ConditionState::absent;
        alert.signal = SignalState::latched;
        break;
    case Phase::closed: alert.signal = SignalState::closed; break; // discharge closes what may be true
    }
}

} // namespace vigil::alerts
