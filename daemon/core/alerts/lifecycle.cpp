#include "core/alerts/lifecycle.hpp"

#include <cassert>

namespace vigil::alerts {

namespace {

// A phase of something that is true, or of which nobody knows any more, as its two halves.
struct Halves {
    SignalState signal{};
    bool known = true;
};

Halves halves_of(Phase phase) {
    switch (phase) {
    case Phase::acknowledged: return {SignalState::acknowledged, true};
    case Phase::paused: return {SignalState::paused, true};
    case Phase::shelved: return {SignalState::shelved, true};
    case Phase::unknown_on: return {SignalState::on, false};
    case Phase::unknown_acknowledged: return {SignalState::acknowledged, false};
    case Phase::unknown_paused: return {SignalState::paused, false};
    case Phase::unknown_shelved: return {SignalState::shelved, false};
    case Phase::none:
    case Phase::on:
    case Phase::latched:
    case Phase::closed: break;
    }
    return {SignalState::on, true};
}

Phase phase_of(Halves halves) {
    const bool known = halves.known;
    switch (halves.signal) {
    case SignalState::on: return known ? Phase::on : Phase::unknown_on;
    case SignalState::acknowledged: return known ? Phase::acknowledged : Phase::unknown_acknowledged;
    case SignalState::paused: return known ? Phase::paused : Phase::unknown_paused;
    case SignalState::shelved: return known ? Phase::shelved : Phase::unknown_shelved;
    case SignalState::latched: return Phase::latched;
    case SignalState::closed: return Phase::closed;
    }
    return Phase::none;
}

// What the readings say of it.
Next while_standing(Phase phase, Happening happening, bool latch) {
    const auto [signal, known] = halves_of(phase);
    switch (happening) {
    case Happening::present: return {phase_of({signal, true}), known ? Notify::nothing : Notify::updated};
    case Happening::worse: return {Phase::on, Notify::worsened, signal != SignalState::on};
    case Happening::better: return {phase_of({signal, true}), Notify::improved};
    case Happening::absent:
        if (latch && signal != SignalState::acknowledged) return {Phase::latched, Notify::latched};
        return {Phase::closed, Notify::cleared};
    case Happening::unknown: return {phase_of({signal, false}), known ? Notify::unknown : Notify::nothing};
    default: return {phase};
    }
}

// What people make of it, and that nobody does.
Next while_handled(Phase phase, Happening happening) {
    const auto [signal, known] = halves_of(phase);
    const auto to = [seen = known](SignalState then) { return phase_of({then, seen}); };
    const bool on = signal == SignalState::on;
    const bool paused = signal == SignalState::paused, shelved = signal == SignalState::shelved;
    switch (happening) {
    case Happening::acknowledge:
        if (signal == SignalState::acknowledged) return {phase};
        return {to(SignalState::acknowledged), Notify::acknowledged};
    case Happening::close: return {Phase::closed, Notify::cleared};
    case Happening::pause: return on || paused ? Next{to(SignalState::paused), Notify::paused} : Next{phase};
    case Happening::shelve: return on || shelved ? Next{to(SignalState::shelved), Notify::shelved} : Next{phase};
    case Happening::resume: return paused || shelved ? Next{to(SignalState::on), Notify::resumed} : Next{phase};
    case Happening::escalate: return {phase, on ? Notify::escalated : Notify::nothing};
    case Happening::judge: return {phase, Notify::updated};
    default: return {phase};
    }
}

bool is_of_people(Happening happening) { return happening >= Happening::acknowledge; }

Next while_latched(Happening happening) {
    switch (happening) {
    case Happening::present:
    case Happening::better:
    case Happening::worse: return {Phase::on, Notify::recurred};
    case Happening::acknowledge: return {Phase::closed, Notify::acknowledged};
    case Happening::close: return {Phase::closed, Notify::cleared};
    case Happening::judge: return {Phase::latched, Notify::updated};
    case Happening::absent:
    case Happening::unknown:
    case Happening::pause:
    case Happening::shelve:
    case Happening::resume:
    case Happening::escalate: break;
    }
    return {Phase::latched};
}

Next before_onset(Happening happening) {
    switch (happening) {
    case Happening::present:
    case Happening::worse:
    case Happening::better: return {Phase::on, Notify::first};
    default: return {Phase::none};
    }
}

} // namespace

Next next(Phase phase, Happening happening, bool latch) {
    switch (phase) {
    case Phase::none: return before_onset(happening);
    case Phase::latched: return while_latched(happening);
    case Phase::closed: // a new onset is a new alert
        return {Phase::closed, happening == Happening::judge ? Notify::updated : Notify::nothing};
    default: return is_of_people(happening) ? while_handled(phase, happening) : while_standing(phase, happening, latch);
    }
}

Phase phase_of(Alert const& alert) {
    return phase_of(Halves{alert.signal, alert.condition != ConditionState::unknown});
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
    case Phase::none: assert(false); return;
    case Phase::latched:
        alert.condition = ConditionState::absent;
        alert.signal = SignalState::latched;
        break;
    case Phase::closed: alert.signal = SignalState::closed; break; // discharge closes what may be true
    default: {
        const auto [signal, known] = halves_of(phase);
        alert.condition = known ? ConditionState::present : ConditionState::unknown;
        alert.signal = signal;
    }
    }
    if (alert.signal != SignalState::paused) alert.paused.reset();
    if (alert.signal != SignalState::shelved) alert.shelved.reset();
}

} // namespace vigil::alerts
