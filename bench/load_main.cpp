// bench-load: the load of load.hpp from the command line; one JSON object on stdout.

#include "bench/load.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
    vigil::bench::Plan plan;
    bool no_admission = false;
    CLI::App app{"Load for vigild and for the ceiling"};
    app.add_option("--ingest", plan.ingest, "endpoint of the ingest ROUTER")->required();
    app.add_option("--feed", plan.feed, "endpoint of the feed, to see alerts");
    app.add_option("--beds", plan.beds, "beds, 30 signals each")->check(CLI::Range(1U, 99'999U));
    app.add_option("--connections", plan.connections, "connections with 16 frames of credit each")
        ->check(CLI::Range(1U, 200U));
    app.add_option("--frame", plan.frame, "readings a frame")->check(CLI::Range(1U, 256U));
    app.add_option("--readings", plan.readings, "how many to send");
    app.add_option("--seconds", plan.seconds, "how long to send");
    app.add_option("--rate", plan.rate, "readings a second; 0: as fast as acknowledged");
    app.add_option("--start-ms", plan.start_ms, "event time of the first reading; 0: now");
    app.add_option("--period-ms", plan.period_ms, "event time between two values of a signal");
    app.add_option("--laboratory-ms", plan.laboratory_ms, "event time between two laboratory frames of a bed");
    app.add_option("--alerts", plan.alerts, "provoking results a second");
    app.add_option("--alert-value", plan.alert_value, "value of a provoking result, for the ceiling");
    app.add_option("--first-frame", plan.first_frame, "continue after this many rounds");
    app.add_option("--first-message", plan.first_message, "continue after this many messages");
    app.add_option("--pid", plan.process, "process whose CPU time and writes to measure");
    app.add_flag("--no-admission", no_admission, "the beds are occupied already");
    CLI11_PARSE(app, argc, argv);
    plan.admit = !no_admission;
    if (plan.readings == 0 && plan.seconds <= 0) {
        std::fprintf(stderr, "bench-load: --readings or --seconds is needed\n");
        return 64;
    }
    try {
        const auto outcome = vigil::bench::run(plan);
        std::printf("%s\n", vigil::bench::to_json(plan, outcome).c_str());
        return outcome.complete ? 0 : 69;
    } catch (std::exception const& e) {
        std::fprintf(stderr, "bench-load: %s\n", e.what());
        return 69;
    }
}
