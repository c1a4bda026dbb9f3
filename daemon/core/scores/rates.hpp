#pragma once
// Rates that several scores take in the same way: breaths, heart beats, systolic pressure.

#include "core/scores/vitals.hpp"

namespace vigil::scores {

// The ventilator's own count of all breaths while one is connected, else the monitor's or the charted rate.
Finding respiratory_rate(Inquiry& q, RangeTable const& table);
// The same, of breaths that are the patient's: none on controlled ventilation (refused as not testable).
Finding spontaneous_rate(Inquiry& q, RangeTable const& table);
// The heart rate, else the pulse.
Finding heart_rate(Inquiry& q, RangeTable const& table);
// The line before the cuff; without what has no pulse or is a flush, flagged.
Finding systolic_pressure(Inquiry& q, RangeTable const& table);
// The line before the cuff; systolic and diastolic stand in for a mean that was not told, flagged. Without what cannot
// be a mean pressure, flagged.
Finding mean_pressure(Inquiry& q, RangeTable const& table);

} // namespace vigil::scores
