#pragma once
// What the loop says without being asked: readings once a second and bed, freshness, sources, its own state. Spread
// over the second in slices, so that a thousand beds are never one pause.

#include "loop/recorder.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace vigil::v1 {
class Envelope;
class DaemonState;
} // namespace vigil::v1

namespace vigil::loop {

enum class Mode : std::uint8_t { recovering, running, degraded, stopping };

class Beat {
public:
    static constexpr unsigned slices = 20; // of a second
    static constexpr std::chrono::milliseconds slice_time{1000 / slices};

    Beat(Settings const& settings, Recorder& recorder);
    ~Beat();

    // Everything that is held of the wall's state, for the first snapshot after a start: without the feed.
    std::vector<Publication> whole();
    // Begins the next slice of beds and sources; what the one before left is said first.
    void slice();
    // Says some of what the slice has left. False: nothing was left.
    bool go_on();
    void daemon_state(Mode mode, std::string const& reason, double clock_speed);
    std::string encoded_daemon_state() const;
    std::uint32_t active_alerts() const;

private:
    struct Shown { // of one signal, as last published
        std::int64_t time_ms = 0;
        std::int64_t mantissa = 0;
        bool seen = false;
        friend bool operator==(Shown const&, Shown const&) = default;
    };
    using ShownSignals = std::array<Shown, model::signal_count>;

    bool observations(core::Encounter const& e, bool all, Publication& out);
    Publication bed_status(core::Encounter const& e);
    Publication source_status(core::Source const& source);
    void say(core::Encounter const& e, std::size_t index);
    void start(std::uint64_t seq);

    Settings const& settings_;
    Recorder& recorder_;
    std::unique_ptr<v1::Envelope> envelope_;
    std::unique_ptr<v1::DaemonState> daemon_;
    std::unordered_map<std::uint32_t, ShownSignals> shown_;
    unsigned turn_ = 0;        // of the running slice
    std::size_t next_bed_ = 0; // index into encounters of the first that it has not spoken of
    bool sliced_ = true;       // nothing is left of it
};

} // namespace vigil::loop
