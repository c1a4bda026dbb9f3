#pragma once

#include "adapters/simulator/archetype.hpp"
#include "adapters/simulator/message.hpp"

namespace vigil::simulator {

struct PumpState {
    Drug drug = Drug::propofol;
    double dose = 0.0; // in the drug's dose unit; 0 = stopped
    bool paused = false;
    double weight_kg = 0.0;
};

std::string_view drug_name(Drug drug);

// One pump, one drug, over [from, to]. A paused pump still shows its programmed rate, as real ones do.
std::string pump_message(const DeviceVoice& voice, const PumpState& pump, Millis from, Millis to);

} // namespace vigil::simulator
