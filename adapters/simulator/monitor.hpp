#pragma once

#include "adapters/simulator/archetype.hpp"
#include "adapters/simulator/message.hpp"
#include "adapters/simulator/physiology.hpp"
#include "adapters/simulator/random.hpp"

namespace vigil::simulator {

// What a monitor makes of a truth: noise, resolution, and the artefacts of loose probes and flushed lines.
struct Signal {
    double value = 0.0;
    std::string_view flag = {}; // OBX-8: INV, QUES
};

struct MonitorSample {
    Signal hr, pulse, spo2, sbp, map, dbp, cvp, rr, temp;
    bool arterial = true; // else the cuff
    bool cuff_now = false;
    double cuff_sys = 0.0, cuff_dia = 0.0, cuff_mean = 0.0;
};

class Monitor {
public:
    Monitor(const Archetype& archetype, std::uint64_t seed)
        : archetype_{&archetype},
          random_{seed} {}

    // One sample; `interval_h` since the last one.
    MonitorSample look(const Truth& truth, double hour, double interval_h);

private:
    void disturb(MonitorSample& sample, double hour, double interval_h);

    const Archetype* archetype_;
    Random random_;
    double probe_off_until_h_ = -1.0;
    double flush_until_h_ = -1.0;
    double next_cuff_h_ = 0.0;
};

std::string monitor_message(const DeviceVoice& voice, const MonitorSample& sample, Millis from, Millis to);

} // namespace vigil::simulator
