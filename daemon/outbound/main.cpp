// vigil-outbound: hands alerts on to systems that do not speak Vigil's feed. What exists, in what order, on which
// thread.

#include "adapters/runtime/log.hpp"
#include "command_line/command_line.hpp"
#include "outbound/http_courier.hpp"
#include "outbound/metrics.hpp"
#include "outbound/mllp_courier.hpp"
#include "outbound/sender.hpp"
#include "outbound/settings.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <curl/curl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>

namespace {

using namespace vigil;
using namespace vigil::outbound;

constexpr std::chrono::milliseconds turn_at_most{500};
constexpr std::int64_t metrics_every_ms = 2'000, prune_every_ms = 3'600'000;

volatile std::sig_atomic_t stopping = 0;

void say(Loudness loudness, std::string const& line) {
    using adapters::Priority;
    adapters::log(loudness == Loudness::error     ? Priority::error
                  : loudness == Loudness::warning ? Priority::warning
                                                  : Priority::notice,
                  line);
}

std::unique_ptr<Courier> courier_to(DestinationSettings const& to, std::string const& site) {
    const auto stop = [] { return stopping != 0; };
    if (to.recipient.kind == Kind::webhook)
        return std::make_unique<HttpCourier>(WebhookSettings{site, to.to, to.secret, to.ca_file, to.reply_within},
                                             stop);
    return std::make_unique<MllpCourier>(
        hl7::parse_mllp(to.to).value(),
        Pcd04Settings{site, to.receiving_application, to.receiving_facility, to.physiological}, to.reply_within, stop);
}

class Program {
public:
    explicit Program(Settings settings)
        : settings_(std::move(settings)),
          outbox_(settings_.outbox, recipients()) {
        for (auto const& [name, given_up] : outbox_.dismiss_strangers(utc_ms()))
            say(given_up > 0 ? Loudness::error : Loudness::notice,
                fmt::format("{}: is no longer configured; {} messages that waited for it are given up", name,
                            given_up));
        char const* mutant = std::getenv("VIGIL_TEST_MUTANT"); // NOLINT(concurrency-mt-unsafe): before any thread
        for (auto const& one : settings_.destinations) {
            senders_.push_back(std::make_unique<Sender>(one.recipient.name, one.patience, outbox_,
                                                        courier_to(one, settings_.site), say,
                                                        [this](std::exception_ptr error) { fail(std::move(error)); }));
            if (mutant != nullptr) senders_.back()->destination().test_mutant = mutant;
        }
    }

    int run() {
        const std::string prefix = "vigil.v1.alert." + settings_.site;
        const client::Endpoints endpoints{settings_.feed, settings_.query};
        client::Client feed(prefix, endpoints);
        client::Replay journal(prefix, endpoints);
        Follower follower(feed, journal, outbox_, utc_ms, say);
        for (auto& sender : senders_) sender->begin();
        sd_notify(0, "READY=1");
        while (stopping == 0) {
            if (follower.turn(turn_at_most))
                for (auto& sender : senders_) sender->wake();
            sd_notify(0, "WATCHDOG=1");
            now_and_then(follower.says());
            const std::scoped_lock lock(failed_mutex_);
            if (failed_) std::rethrow_exception(failed_);
        }
        sd_notify(0, "STOPPING=1");
        return EX_OK;
    }

private:
    std::vector<Recipient> recipients() const {
        std::vector<Recipient> out;
        for (auto const& one : settings_.destinations) out.push_back(one.recipient);
        return out;
    }

    void fail(std::exception_ptr error) {
        const std::scoped_lock lock(failed_mutex_);
        if (!failed_) failed_ = std::move(error);
    }

    void now_and_then(FeedSays const& feed) {
        const auto now = utc_ms();
        if (now - pruned_ms_ >= prune_every_ms) {
            outbox_.prune(now - settings_.keep_ms);
            pruned_ms_ = now;
        }
        if (settings_.metrics.empty() || now - written_ms_ < metrics_every_ms) return;
        written_ms_ = now;
        std::vector<DestinationFigures> figures;
        for (auto& sender : senders_) {
            auto& destination = sender->destination();
            figures.push_back({destination.name(), destination.counts(), outbox_.depth(destination.name())});
        }
        const auto wrong = write_whole(settings_.metrics, metrics_text(feed, figures, now));
        if (!wrong.empty() && !said_metrics_) say(Loudness::error, "metrics: " + wrong);
        said_metrics_ = !wrong.empty();
    }

    Settings settings_;
    Outbox outbox_;
    std::mutex failed_mutex_;
    std::exception_ptr failed_;
    std::int64_t pruned_ms_ = 0, written_ms_ = 0;
    bool said_metrics_ = false;
    std::vector<std::unique_ptr<Sender>> senders_; // last: they end before what they use
};

// Ends what waits, so that the destructors of the senders do not wait for a receiver.
struct StopsAtTheEnd {
    ~StopsAtTheEnd() { stopping = 1; }
};

int serve(Settings settings) {
    try {
        Program program(std::move(settings));
        const StopsAtTheEnd stops;
        return program.run();
    } catch (OutboxRefused const& refused) {
        say(Loudness::error,
            std::string(refused.what()) +
                ". Move it away to begin a new one: what stands is handed on again, what waited in it is not");
        return EX_DATAERR;
    } catch (std::exception const& error) {
        say(Loudness::error, error.what());
        return EX_IOERR;
    }
}

} // namespace

int main(int argc, char** argv) {
    command_line::Program app{"vigil-outbound: hands alerts on by PCD-04 and webhooks"};
    std::string path;
    bool check_only = false;
    app.add_option("--config", path, "TOML file, such as config/outbound.toml")->required();
    app.add_flag("--check-config", check_only, "check the configuration and stop");
    app.set_version_flag("--version", std::string("vigil-outbound ") + VIGIL_VERSION);
    if (const auto done = app.parse(argc, argv)) return *done;
    definitions::Problems problems;
    Settings settings;
    if (auto content = definitions::read_file(path, problems))
        settings = read_settings({"outbound.toml", path, std::move(*content)}, problems);
    for (auto const& problem : problems) fmt::print(stderr, "{}\n", definitions::to_string(problem));
    if (!problems.empty()) return EX_CONFIG;
    if (check_only) return EX_OK;
    if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return EX_SOFTWARE;
    std::signal(SIGPIPE, SIG_IGN);
    for (const int which : {SIGINT, SIGTERM}) std::signal(which, [](int) { stopping = 1; });
    return serve(std::move(settings));
}
