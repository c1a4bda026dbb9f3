#pragma once
// A message for the feed on its way from the step that made it to the sockets.

#include "core/model/signal.hpp"
#include "wire/topic.hpp"

#include <bitset>
#include <cstdint>
#include <memory>
#include <string>

namespace vigil::loop {

using SignalSet = std::bitset<model::signal_count>;

// What a snapshot keeps of it (design 4.4: last values by bed; a transfer or discharge empties the bed).
enum class Keep : std::uint8_t {
    nothing,
    put,    // the newest under its slot; whom an event puts into a bed leaves what was kept of him without one
    merge,  // `obs`: the newest of each signal
    remove, // what stood under its slot is over
    vacate, // everything of this encounter at this bed is over
};

struct Publication {
    std::string topic;
    std::string bytes; // the envelope without what is only known at release: count, recorded
    wire::TopicClass cls{};
    std::string unit, bed;
    std::string slot; // within (class, unit, bed)
    Keep keep = Keep::nothing;
    std::string encounter; // of an event
    SignalSet signals;     // merge: which it holds
    std::uint64_t seq = 0; // of the effect; 0 when it is not journaled
    std::int64_t log_time_ms = 0;
};

// As it went out.
struct Released {
    Publication publication; // bytes complete
    bool recorded = true;
    std::uint64_t count = 0; // of its stream; 0: it did not go out, it was held from before the start
};
using ReleasedPtr = std::shared_ptr<Released const>;

// Adds to an encoded envelope what is known at its release. Fields of a protobuf message may come in any order.
void append_count(std::string& envelope, std::uint64_t count);
void append_recorded(std::string& envelope);
void append_retained(std::string& envelope);
// What was not recorded has no place in the journal.
void append_no_sequence(std::string& envelope);

} // namespace vigil::loop
