#pragma once

#include "adapters/simulator/message.hpp"
#include "adapters/simulator/physiology.hpp"
#include "adapters/simulator/random.hpp"

namespace vigil::simulator {

// Settings and measurements of an invasive or non-invasive ventilator over [from, to].
std::string ventilator_message(const DeviceVoice& voice, const Truth& truth, const Support& support, Millis from,
                               Millis to, Random& random);

} // namespace vigil::simulator
