#pragma once
// Where the loop and the query thread meet. The loop leaves what it published and, when asked, a view of its state; it
// never waits and never computes an answer.

#include "core/rulebook.hpp"
#include "core/state.hpp"
#include "loop/publication.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace vigil::loop {

// The loop's state at one point, without the readings: dictionaries, census, counters.
struct View {
    core::State state; // timelines, rings and held readings left out
    std::shared_ptr<core::Rulebook const> rules;
    std::uint64_t committed_seq = 0;
    std::string daemon_state; // DaemonState, encoded
    std::string segment;
    std::uint64_t segment_bytes = 0;
    std::uint64_t commits = 0;
    double commit_p99_ms = 0;
    std::uint32_t active_alerts = 0;
    // What adapters say of themselves since they started, as last heard; not journaled.
    struct Said {
        std::uint64_t messages = 0;
        std::map<std::string, std::uint64_t> by_reason;
    };
    std::map<std::string, Said> said;
    std::chrono::steady_clock::time_point made;
};
using ViewPtr = std::shared_ptr<View const>;

class Exchange {
public:
    // Loop.
    void push(ReleasedPtr released);
    bool view_wanted() const;
    void offer(ViewPtr view);

    // Query thread.
    std::deque<ReleasedPtr> drain();
    // One made no earlier than `not_before`; waits at most `patience` for the loop and then takes the last there was.
    ViewPtr view(std::chrono::steady_clock::time_point not_before, std::chrono::milliseconds patience);

private:
    mutable std::mutex mutex_;
    std::condition_variable offered_;
    std::deque<ReleasedPtr> fresh_;
    ViewPtr view_;
    bool wanted_ = false;
};

// What of the state a view holds.
core::State without_readings(core::State const& state);

} // namespace vigil::loop
