#pragma once

#include "adapters/simulator/message.hpp"
#include "adapters/simulator/stay.hpp"

#include <memory>
#include <vector>

namespace vigil::simulator {

struct WardSetting {
    std::uint64_t seed = 7;
    int beds = 12;
    Millis start = 0; // a whole minute
    Millis monitor_interval = kMinute;
};

// The ward: a pure function of its setting that yields one simulated minute of messages after the other, each minute in
// the order of sending. More than twelve beds repeat the archetypes with other patients; every 96 hours a new round of
// patients begins.
class Ward {
public:
    explicit Ward(const WardSetting& setting);

    Millis now() const { return now_; }
    std::vector<Message> next_minute();

    // The patients, for tests and for --describe.
    const std::vector<std::unique_ptr<Stay>>& stays() const { return stays_; }

private:
    void open_round();

    WardSetting setting_;
    std::string tag_;
    Millis now_;
    int round_ = 0;
    std::vector<std::unique_ptr<Stay>> stays_;
};

// Bed by bed: the archetype, its timeline, and that treatment effects are scripted.
std::string described(const WardSetting& setting);

} // namespace vigil::simulator
