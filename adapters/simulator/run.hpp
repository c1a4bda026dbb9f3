#pragma once

#include "adapters/simulator/target.hpp"
#include "adapters/simulator/ward.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace vigil::simulator {

enum class Framing { text, mllp };

struct RunSetting {
    WardSetting ward;
    std::chrono::milliseconds history{0}; // of the simulated time, sent as fast as it is acknowledged
    std::chrono::milliseconds length{0};  // of the simulated time, history included; 0 = until stopped
    std::optional<double> speed;          // none = as fast as it is acknowledged
    Target to;
    Target adt_to;
    int device_connections = 12;
    std::chrono::milliseconds patience{60000};
    std::string status_json; // "-" = stdout, empty = none
};

// Both return an exit status of sysexits.h and say on stderr what happened.
int run_to_sockets(const RunSetting& setting);
int run_to_file(const RunSetting& setting, const std::string& path, Framing framing);

} // namespace vigil::simulator
