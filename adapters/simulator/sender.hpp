#pragma once

#include "adapters/simulator/message.hpp"
#include "adapters/simulator/target.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace vigil::simulator {

struct Tally {
    std::uint64_t sent = 0;    // frames written, resends included
    std::uint64_t acked = 0;   // AA and CA
    std::uint64_t errors = 0;  // AE and CE, each tried again
    std::uint64_t refused = 0; // AR and CR, and errors that outlasted their retries
    std::uint64_t reconnects = 0;
};

// Delivers messages over MLLP: one connection each for laboratory, charting and ADT, and a fixed number that the beds'
// devices share; one message in flight on each; what was not acknowledged is sent again after a reconnect.
class Sender {
public:
    using Clock = std::chrono::steady_clock;
    enum class State { going, stopped, unreachable, lost };

    struct Setting {
        Target ward;
        Target adt;
        int device_connections = 12;
        std::chrono::milliseconds patience{60000}; // how long nobody may answer before giving up
    };

    explicit Sender(const Setting& setting);
    ~Sender();

    // Returns when every message has been answered, ADT first so that a bed's patient is known before the readings.
    // `due` tells when a message may leave; a time in the past means now.
    State deliver(const std::vector<Message>& messages, const std::function<Clock::time_point(Millis)>& due);

    // Sleeps, but wakes on SIGINT and SIGTERM.
    State wait_until(Clock::time_point when);

    const Tally& tally() const;

private:
    class Loop;
    std::unique_ptr<Loop> loop_;
};

} // namespace vigil::simulator
