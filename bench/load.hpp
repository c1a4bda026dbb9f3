#pragma once
// The load: beds of 30 signals over several connections, each with 16 frames of credit, either as fast as frames are
// acknowledged or open loop. Open loop means that a latency counts from the instant a frame was due, whether or not it
// could be sent then: a stall is not hidden by the samples it delays. What was acknowledged is counted here, never
// asked of the program under load.

#include <cstdint>
#include <map>
#include <string>
#include <sys/types.h>
#include <vector>

namespace vigil::bench {

struct Plan {
    std::string ingest, feed; // no feed: alerts are not watched
    unsigned beds = 20;
    unsigned connections = 8;
    unsigned frame = 30;                     // readings a frame
    std::uint64_t readings = 0;              // to send; 0: until `seconds` have passed
    double seconds = 0;                      // at most
    double rate = 0;                         // readings a second; 0: as fast as acknowledged
    std::int64_t start_ms = 0;               // event time of the first reading; 0: now
    std::int64_t period_ms = 1'000;          // event time between two values of a signal
    std::int64_t laboratory_ms = 14'400'000; // event time between two laboratory frames of a bed
    double alerts = 0;                       // provoking results a second, each at a fresh pair of bed and analyte
    std::int64_t alert_value = 0;            // instead of the analyte's own extreme (what the ceiling looks for)
    bool admit = true;                       // admit every bed's patient before the clock starts
    unsigned first_frame = 0;                // continues an earlier run: the number of rounds it sent
    std::uint64_t first_message = 0;         // and how many messages
    pid_t process = 0;                       // whose CPU time and writes to measure
};

struct Latency {
    std::size_t samples = 0;
    double p50_ms = 0, p99_ms = 0, max_ms = 0;
};

struct Outcome {
    std::uint64_t frames = 0, readings = 0; // sent, in the measured part
    std::uint64_t acknowledged = 0;         // readings of frames committed
    std::uint64_t alerts_due = 0, alerts_seen = 0;
    std::map<std::string, std::uint64_t> refused; // frames, by reason
    std::uint64_t not_durable = 0;
    double seconds = 0;             // first frame to last acknowledgement
    double cpu_us_per_reading = 0;  // user and system time of `process`
    double written_per_reading = 0; // bytes, all causes
    double written_before = 0;      // bytes the process had written when the clock started
    double resident_kib = 0;        // of `process` at the end
    Latency acknowledgement, alert;
    std::vector<double> alert_ms;           // of each due alert that was seen, in the order they were due
    std::int64_t end_ms = 0;                // event time after the last frame
    std::uint64_t rounds = 0, messages = 0; // for `first_frame` and `first_message` of a next run
    bool complete = false;                  // everything that was sent was answered
};

Outcome run(Plan const& plan);
std::string to_json(Plan const& plan, Outcome const& outcome);

} // namespace vigil::bench
