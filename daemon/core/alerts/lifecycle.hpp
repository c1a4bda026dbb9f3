#pragma once
// The third step: from what is true to what stands. One table; docs/alert-lifecycle.md draws it and a test walks every
// cell.

#include "core/alerts/condition.hpp"

namespace vigil::alerts {

// Condition and signal of an alert as one word.
// clang-format off
#define VIGIL_PHASES(X) X(none) X(on) X(acknowledged) X(paused) X(shelved) X(unknown_on) X(unknown_acknowledged) X(unknown_paused) X(unknown_shelved) X(latched) X(closed)
#define VIGIL_HAPPENINGS(X) X(present) X(worse) X(better) X(absent) X(unknown) X(acknowledge) X(close) X(pause) X(shelve) X(resume) X(escalate) X(judge)
// clang-format on
VIGIL_ENUM(Phase, std::uint8_t, phase, VIGIL_PHASES)
VIGIL_ENUM(Happening, std::uint8_t, happening, VIGIL_HAPPENINGS)

struct Next {
    Phase phase{};
    Notify notify = Notify::nothing;
    bool withdraws = false; // the acknowledgement, pause or shelving: what it was given for got worse
    friend bool operator==(Next const&, Next const&) = default;
};

Next next(Phase phase, Happening happening, bool latch);

Phase phase_of(Alert const& alert);
// present, worse or better by comparing levels; absent; unknown.
Happening happening_of(Condition const& condition, Alert const* standing);
// Puts the phase into the alert's condition and signal; a pause or shelving it leaves is over.
void enter(Alert& alert, Phase phase);

} // namespace vigil::alerts
