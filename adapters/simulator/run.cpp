#include "adapters/simulator/run.hpp"

#include "adapters/simulator/sender.hpp"

#include <sysexits.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iostream>

namespace vigil::simulator {
namespace {

using Clock = Sender::Clock;

volatile std::sig_atomic_t g_stop = 0;

// Simulated time against the wall clock. When the receiver cannot keep up, the ward waits instead of bursting later.
class Pace {
public:
    explicit Pace(const RunSetting& setting)
        : live_from_{setting.ward.start + setting.history.count()},
          speed_{setting.speed} {}

    Clock::time_point due(Millis send_at) const {
        if (!speed_ || send_at < live_from_) return Clock::time_point{};
        const double wall_ms = static_cast<double>(send_at - live_from_) / *speed_;
        return origin_ +
               std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double, std::milli>{wall_ms});
    }

    void begin_minute(Millis at) {
        if (!speed_ || at < live_from_) return;
        if (!live_) {
            live_ = true;
            origin_ = Clock::now() - (due(at) - origin_);
        }
        const auto lag = Clock::now() - due(at);
        if (lag > std::chrono::seconds{5}) origin_ += lag;
    }

private:
    Millis live_from_;
    std::optional<double> speed_;
    Clock::time_point origin_{};
    bool live_ = false;
};

// The history, which is sent at once: a bar on a terminal when it takes longer than two seconds, a line when it is in.
class Progress {
public:
    void show(Millis done, Millis whole, const Tally& tally) {
        if (over_ || whole == 0) return;
        over_ = done >= whole;
        if (isatty(STDERR_FILENO) != 0 && (over_ ? shown_ : Clock::now() >= next_)) {
            next_ = Clock::now() + std::chrono::milliseconds{250};
            shown_ = true;
            std::cerr << "\rhistory " << hours_of(done) << " of " << hours_of(whole) << (over_ ? " h\n" : " h")
                      << std::flush;
        }
        if (over_)
            std::cerr << "vigil-sim: history of " << hours_of(done) << " h is in, " << tally.acked << " acknowledged\n";
    }

    void interrupt() {
        if (shown_ && !over_) std::cerr << '\n';
    }

private:
    static std::string hours_of(Millis time) { return fixed(static_cast<double>(time) / kHour, 1); }

    Clock::time_point next_ = Clock::now() + std::chrono::seconds{2};
    bool shown_ = false;
    bool over_ = false;
};

int exit_status(Sender::State state) {
    switch (state) {
    case Sender::State::going:
    case Sender::State::stopped: return EX_OK;
    case Sender::State::unreachable: return EX_UNAVAILABLE;
    case Sender::State::lost: return EX_TEMPFAIL;
    }
    return EX_SOFTWARE;
}

bool report(const RunSetting& setting, Millis simulated, const Tally& t, Sender::State state) {
    const double simulated_h = static_cast<double>(simulated) / kHour;
    if (state == Sender::State::unreachable)
        std::cerr << "vigil-sim: nobody answers at mllp://" << setting.to.host << ':' << setting.to.port << '\n';
    if (state == Sender::State::lost) std::cerr << "vigil-sim: the receiver stopped answering\n";
    std::cerr << "vigil-sim: " << fixed(simulated_h, 1) << " h simulated, " << t.sent << " sent, " << t.acked
              << " acknowledged, " << t.errors << " errors retried, " << t.refused << " refused, " << t.reconnects
              << " reconnects\n";
    if (setting.status_json.empty()) return true;
    const std::string line =
        "{\"seed\":" + std::to_string(setting.ward.seed) + ",\"simulated_hours\":" + fixed(simulated_h, 2) +
        ",\"sent\":" + std::to_string(t.sent) + ",\"acked\":" + std::to_string(t.acked) +
        ",\"errors\":" + std::to_string(t.errors) + ",\"refused\":" + std::to_string(t.refused) +
        ",\"reconnects\":" + std::to_string(t.reconnects) + ",\"exit\":" + std::to_string(exit_status(state)) + "}";
    if (setting.status_json == "-") {
        std::cout << line << std::endl;
        return static_cast<bool>(std::cout);
    }
    std::ofstream file{setting.status_json};
    file << line << '\n';
    file.close();
    if (!file) std::cerr << "vigil-sim: cannot write " << setting.status_json << '\n';
    return static_cast<bool>(file);
}

bool finished(const RunSetting& setting, Millis now) {
    return setting.length.count() > 0 && now - setting.ward.start >= setting.length.count();
}

} // namespace

int run_to_sockets(const RunSetting& setting) {
    Ward ward{setting.ward};
    Sender sender{{.ward = setting.to,
                   .adt = setting.adt_to,
                   .device_connections = setting.device_connections,
                   .patience = setting.patience}};
    Pace pace{setting};
    Progress progress;
    Sender::State state = Sender::State::going;
    while (state == Sender::State::going && !finished(setting, ward.now())) {
        pace.begin_minute(ward.now());
        state = sender.wait_until(pace.due(ward.now()));
        if (state != Sender::State::going) break;
        const std::vector<Message> messages = ward.next_minute();
        state = sender.deliver(messages, [&pace](Millis send_at) { return pace.due(send_at); });
        if (state == Sender::State::going)
            progress.show(ward.now() - setting.ward.start, setting.history.count(), sender.tally());
    }
    progress.interrupt();
    const bool reported = report(setting, ward.now() - setting.ward.start, sender.tally(), state);
    return reported ? exit_status(state) : EX_IOERR;
}

int run_to_file(const RunSetting& setting, const std::string& path, Framing framing) {
    std::signal(SIGINT, [](int) { g_stop = 1; });
    std::signal(SIGTERM, [](int) { g_stop = 1; });
    std::ofstream file;
    if (path != "-") file.open(path, std::ios::binary);
    std::ostream& out = path == "-" ? std::cout : file;
    Ward ward{setting.ward};
    Tally tally;
    while (g_stop == 0 && out && !finished(setting, ward.now())) {
        for (Message& message : ward.next_minute()) {
            if (framing == Framing::mllp) {
                out << mllp_frame(message.text);
            } else {
                std::replace(message.text.begin(), message.text.end(), '\r', '\n');
                out << message.text << '\n';
            }
            ++tally.sent;
        }
    }
    out.flush();
    if (!out) {
        std::cerr << "vigil-sim: cannot write " << path << '\n';
        return EX_IOERR;
    }
    return report(setting, ward.now() - setting.ward.start, tally, Sender::State::going) ? EX_OK : EX_IOERR;
}

} // namespace vigil::simulator
