#pragma once

#include "adapters/simulator/message.hpp"
#include "adapters/simulator/stay.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace vigil::simulator {

struct WardSetting {
    std::uint64_t seed = 7;
    int beds = 12;
    Millis start = 0; // a whole minute
    Millis monitor_interval = kMinute;
};

// Who is in the ward in a round, or will come: an archetype in its bed, and which patient it is.
struct Occupancy {
    Archetype archetype;
    int patient_number = 0;
    std::optional<PatientCard> mistaken_for;
};
std::vector<Occupancy> occupancies(const WardSetting& setting, int round);

// The ward: a pure function of its setting that yields one simulated minute of messages after the other, each minute in
// the order of sending. More than seventeen beds repeat the archetypes with other patients; every 96 hours a new round
// of patients begins.
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
