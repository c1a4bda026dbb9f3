#pragma once
// What supports the patient at an instant: the breathing device, the ventilator, extracorporeal circuits (scores.md
// 0.4, 0.6, 5.9).

#include "core/scores/inquiry.hpp"

namespace vigil::scores {

enum class Known : std::uint8_t { no, yes, unknown };

struct Support {
    Known positive_pressure = Known::unknown; // by the list of devices given
    Known invasive = Known::unknown;          // yes: tube; no: mask, or no positive pressure at all
    std::optional<model::Word> device;        // as charted and still valid
    std::optional<model::Sample> charted;
    std::vector<model::Evidence> evidence;
};

// A charted device holds for 12 hours, and longer while any setting of the ventilator is fresh; without one, fresh set
// PEEP, rate and volume in a mode other than standby mean positive pressure. Told after a tracheostomy mask was charted
// they mean that the ventilator is attached; after another device without pressure, in a controlled mode, that nobody
// knows. Anything else is unknown.
Support support_at(Inquiry const& q, model::EventTime t, std::span<model::Word const> counts);

// The device as charted at `t`, valid, readable or not; empty when none was ever charted.
std::optional<model::Sample> device_charted(Inquiry const& q, model::EventTime t);
// No other device was charted in (from, to], and the one at `from` (if known) is the one at `to`. One that nobody can
// read, told between two of the same, was a slip of the pen.
bool same_device(Inquiry const& q, model::EventTime from, model::EventTime to);

// The circuit running at `t`, which holds until it is ended.
std::optional<model::Sample> ecls_at(Inquiry const& q, model::EventTime t);
std::optional<model::Sample> mcs_at(Inquiry const& q, model::EventTime t);
// Renal replacement: holds until ended, at most a day after it was last charted.
std::optional<model::Sample> rrt_at(Inquiry const& q, model::EventTime t);
std::optional<model::Sample> rrt_within(Inquiry const& q, model::EventTime after, model::EventTime to);
// A non-pulsatile pressure is real: artefact rules that need a pulse are off.
bool pulse_rules_off(Inquiry const& q, model::EventTime t);

} // namespace vigil::scores
