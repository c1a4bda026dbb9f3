// vigil-sim: a ward of simulated patients that speaks HL7 v2 over MLLP.

#include "adapters/simulator/run.hpp"
#include "adapters/simulator/script_truth.hpp"
#include "command_line/command_line.hpp"

#include <sysexits.h>

#include <cmath>
#include <iostream>

namespace {

using namespace vigil::simulator;

struct Words { // options that need a look before they are believed
    std::string to = "mllp://127.0.0.1:2575";
    std::string adt_to;
    std::string start = "2026-01-05T06:00:00Z";
    std::string history = "0";
    std::string monitor_interval = "60s";
    std::string patience = "60s";
    std::string speed = "60";
    std::string direct;
    std::string framing = "text";
    double length_h = 72.0;
    bool describe = false;
    bool truth = false;
};

std::string understood(const Words& words, RunSetting& run) {
    const auto to = parse_target(words.to), adt_to = parse_target(words.adt_to.empty() ? words.to : words.adt_to);
    if (!to) return "--to: expected mllp://HOST[:PORT]";
    if (!adt_to) return "--adt-to: expected mllp://HOST[:PORT]";
    const auto start = parse_utc(words.start);
    if (!start || *start % kMinute != 0) return "--start: expected a whole minute as 2026-01-05T06:00:00Z";
    const auto history = parse_duration(words.history), interval = parse_duration(words.monitor_interval);
    const auto patience = parse_duration(words.patience);
    if (!history) return "--history: expected a duration as 24h, 90m or 30s";
    if (!patience) return "--patience: expected a duration as 60s";
    if (!interval || interval->count() < kSecond || kHour % interval->count() != 0)
        return "--monitor-interval: expected a duration from 1s that divides an hour";
    if (words.speed != "max") {
        char* end = nullptr;
        const double speed = std::strtod(words.speed.c_str(), &end);
        if (end == words.speed.c_str() || *end != '\0' || !std::isfinite(speed) || speed <= 0.0)
            return "--speed: expected a positive number or max";
        run.speed = speed;
    }
    run.to = *to;
    run.adt_to = *adt_to;
    run.ward.start = *start;
    run.ward.monitor_interval = interval->count();
    run.history = *history;
    run.patience = *patience;
    run.length = std::chrono::milliseconds{hours(words.length_h)};
    return {};
}

} // namespace

int main(int argc, char** argv) {
    vigil::command_line::Program app{
        "A ward of simulated patients that speaks HL7 v2 over MLLP. Every message has processing id T (training):\n"
        "nothing it sends can enter a real patient's record. Courses and treatment effects are scripted\n"
        "assumptions, not predictions. Same seed, same messages.",
        "vigil-sim"};
    app.set_version_flag("--version", std::string{"vigil-sim "} + VIGIL_VERSION);
    Words words;
    RunSetting run;
    app.add_option("--to", words.to, "where devices, laboratory and charting go")->capture_default_str();
    app.add_option("--adt-to", words.adt_to, "where admissions go, if elsewhere");
    app.add_option("--seed", run.ward.seed, "the same seed gives the same messages")->capture_default_str();
    app.add_option("--beds", run.ward.beds, "beds; more than 17 repeat the stories")
        ->between(1, 1000)
        ->capture_default_str();
    app.add_option("--start", words.start, "simulated start, UTC")->capture_default_str();
    app.add_option("--history", words.history, "this much is sent as fast as it is acknowledged")
        ->capture_default_str();
    app.add_option("--hours", words.length_h, "simulated hours in all, history included; 0 = until stopped")
        ->between(0.0, 1.0e6)
        ->capture_default_str();
    app.add_option("--speed", words.speed, "simulated seconds a second after the history, or max")
        ->capture_default_str();
    app.add_option("--monitor-interval", words.monitor_interval, "between two messages of a monitor")
        ->capture_default_str();
    app.add_option("--connections", run.device_connections,
                   "that the devices of all beds share; three more carry the rest")
        ->between(1, 1000)
        ->capture_default_str();
    app.add_option("--patience", words.patience, "give up when nobody answers for so long")->capture_default_str();
    app.add_option("--direct", words.direct, "write the messages to this file (- = stdout) instead of sending them");
    app.add_option("--framing", words.framing, "of --direct: text (a blank line after each) or mllp")
        ->one_of({"text", "mllp"})
        ->capture_default_str();
    app.add_option("--status-json", run.status_json, "write one JSON line at the end to this file (- = stdout)");
    app.add_flag("--describe", words.describe, "print each bed's archetype and timeline, and exit");
    app.add_flag("--truth", words.truth, "print what is scripted and what ought to be seen of it, as CSV, and exit");
    if (const auto done = app.parse(argc, argv)) return *done;
    if (const std::string problem = understood(words, run); !problem.empty()) {
        std::cerr << "vigil-sim: " << problem << '\n';
        return EX_USAGE;
    }
    if (words.describe || words.truth) {
        std::cout << (words.truth ? truth_csv(run.ward) : described(run.ward));
        return std::cout.flush() ? EX_OK : EX_IOERR;
    }
    std::cerr << "vigil-sim: seed " << run.ward.seed << ", " << run.ward.beds << " beds, from " << words.start << '\n';
    if (!words.direct.empty())
        return run_to_file(run, words.direct, words.framing == "mllp" ? Framing::mllp : Framing::text);
    return run_to_sockets(run);
}
