#include "cli/mllp_sender.hpp"

#include "adapters/hl7/mllp.hpp"

#include <csignal>
#include <poll.h>

namespace vigil::cli {

namespace {

constexpr std::chrono::milliseconds reply_within{10'000};
constexpr std::chrono::milliseconds first_pause{50}, longest_pause{2'000};

volatile std::sig_atomic_t interrupted = 0;

void take_signals_once() {
    static const bool taken = [] {
        struct sigaction action {};
        action.sa_handler = [](int) { interrupted = 1; };
        sigaction(SIGINT, &action, nullptr);
        sigaction(SIGTERM, &action, nullptr);
        return true;
    }();
    static_cast<void>(taken);
}

} // namespace

bool sleep_unless_interrupted(std::chrono::milliseconds length) {
    take_signals_once();
    const auto until = std::chrono::steady_clock::now() + length;
    for (auto now = until - length; interrupted == 0 && now < until; now = std::chrono::steady_clock::now()) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - now).count();
        poll(nullptr, 0, static_cast<int>(std::min<long>(left, 200)));
    }
    return interrupted == 0;
}

MllpSender::MllpSender(hl7::MllpTarget target, std::chrono::milliseconds patience, int tries)
    : caller_(std::move(target), [] { return interrupted != 0; }),
      patience_(patience),
      tries_(tries) {
    take_signals_once();
    std::signal(SIGPIPE, SIG_IGN);
}

MllpSender::Outcome MllpSender::deliver(std::string_view message, std::string_view control_id) {
    const std::string frame = hl7::framed(message);
    const auto until = Clock::now() + patience_;
    auto pause = first_pause;
    int errors = 0;
    for (bool again = false; Clock::now() < until && interrupted == 0; again = true) {
        if (again) {
            if (!sleep_unless_interrupted(pause)) break;
            pause = std::min(pause * 2, longest_pause);
        }
        if (!caller_.connect(until)) continue;
        counts_.reconnects = caller_.reconnects();
        if (!caller_.write(frame, until)) continue;
        ++counts_.sent;
        if (again) ++counts_.repeated;
        const auto reply = caller_.read(control_id, std::min(until, Clock::now() + reply_within));
        if (!reply) continue;
        if (reply->code == "AA" || reply->code == "CA") {
            ++(reply->code == "AA" ? counts_.aa : counts_.ca);
            return Outcome::accepted;
        }
        if (reply->code != "AE" && reply->code != "CE") {
            ++counts_.ar;
            return Outcome::refused;
        }
        ++counts_.ae;
        if (++errors >= tries_) return Outcome::refused;
    }
    return interrupted != 0 ? Outcome::interrupted : Outcome::gave_up;
}

} // namespace vigil::cli
