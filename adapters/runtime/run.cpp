#include "adapters/runtime/cards.hpp"
#include "adapters/runtime/clock_offset.hpp"
#include "adapters/runtime/dealer.hpp"
#include "adapters/runtime/host.hpp"
#include "adapters/runtime/log.hpp"
#include "vigil/v1/identity.pb.h"
#include "vigil/v1/observation.pb.h"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <fmt/format.h>
#include <sodium.h>
#include <systemd/sd-daemon.h>
#include <zmq.hpp>

namespace vigil::adapters {

namespace {

namespace asio = boost::asio;
namespace chr = std::chrono;

constexpr auto tick_every = chr::milliseconds(100);
constexpr std::int64_t heartbeat_every_ms = 1000;
constexpr std::int64_t farewell_ms = 3000; // how long a stop waits for answers that devices are owed

Instant read_clocks() {
    const auto utc = chr::duration_cast<chr::milliseconds>(chr::system_clock::now().time_since_epoch()).count();
    const auto steady = chr::duration_cast<chr::milliseconds>(chr::steady_clock::now().time_since_epoch()).count();
    return {utc, steady};
}

// New at each start, and different even if two starts fall into one millisecond.
std::uint64_t new_epoch() {
    std::uint64_t random = 0;
    randombytes_buf(&random, sizeof random);
    return (static_cast<std::uint64_t>(read_clocks().utc_ms) << 16 | (random & 0xffff)) & 0x7fffffffffffffff;
}

class Running : public Host {
public:
    Running(Config const& config, Feed& feed)
        : config_(config),
          feed_(feed),
          epoch_(new_epoch()),
          timer_(loop_),
          signals_(loop_, SIGTERM, SIGINT),
          link_({config.source, config.kind, VIGIL_VERSION, config.simulated, epoch_, config.answer_within_ms},
                [this](std::string_view bytes) { return ingest_ && ingest_->send(bytes); }),
          cards_(config.source, [this](std::string_view bytes) { return identity_ && identity_->send(bytes); }) {}

    int run() {
        ingest_ = std::make_unique<Dealer>(loop_, context_, config_.ingest, [this](std::string_view bytes) {
            link_.receive(bytes, now());
            if (server_) server_->resume();
        });
        if (!config_.identity.empty())
            identity_ = std::make_unique<Dealer>(loop_, context_, config_.identity,
                                                 [this](std::string_view bytes) { cards_.receive(bytes); });
        feed_.start(*this);
        signals_.async_wait([this](boost::system::error_code const& error, int) {
            if (!error) finish(0);
        });
        tick();
        sd_notify(0, "READY=1");
        loop_.run();
        return exit_code_;
    }

    asio::io_context& loop() override { return loop_; }
    Link& link() override { return link_; }
    Counters& counters() override { return counters_; }
    Instant now() const override { return read_clocks(); }

    void listen(OpenSession open) override {
        server_ = std::make_unique<TcpServer>(loop_, config_.host, config_.port, config_.limits, read_clocks, counters_,
                                              std::move(open));
        const bool v6 = config_.host.find(':') != std::string::npos;
        std::printf("listening %s%s%s:%u\n", v6 ? "[" : "", config_.host.c_str(), v6 ? "]" : "",
                    static_cast<unsigned>(server_->port()));
        std::fflush(stdout);
    }

    void each_tick(std::function<void(Instant)> call) override { call_ = std::move(call); }

    void card(v1::IdentityCard& card) override {
        if (identity_) cards_.store(card, now());
    }

    void observe_clock(std::int64_t device_ms) override {
        const Instant at = now();
        if (config_.clock == ClockTrust::device) offset_.add(at.utc_ms, device_ms, at.steady_ms);
    }
    std::optional<std::int64_t> clock_offset() const override { return offset_.applied(); }

    void finish(int exit_code) override {
        if (finishing_) return;
        finishing_ = true;
        exit_code_ = exit_code;
        finish_by_ms_ = now().steady_ms + farewell_ms;
        sd_notify(0, "STOPPING=1");
        if (server_) server_->stop();
    }

    bool finishing() const override { return finishing_; }

private:
    void tick() {
        const Instant at = now();
        link_.tick(at);
        cards_.tick(at);
        if (server_) server_->tick(at);
        if (call_) call_(at);
        if (at.steady_ms >= next_heartbeat_ms_) {
            heartbeat();
            sd_notify(0, "WATCHDOG=1");
            next_heartbeat_ms_ = at.steady_ms + heartbeat_every_ms;
        }
        if (finishing_ && (link_.unacknowledged() == 0 || at.steady_ms >= finish_by_ms_)) {
            end();
            return;
        }
        timer_.expires_after(tick_every);
        timer_.async_wait([this](boost::system::error_code const& error) {
            if (!error) tick();
        });
    }

    void heartbeat() {
        v1::IngestMessage message;
        auto& beat = *message.mutable_heartbeat();
        beat.set_source(config_.source);
        beat.set_adapter_epoch(epoch_);
        beat.set_connections(server_ ? static_cast<std::uint32_t>(server_->connections()) : 0);
        beat.set_unacknowledged(static_cast<std::uint32_t>(link_.unacknowledged()));
        if (counters_.last_message_ms) beat.set_last_message_ms(*counters_.last_message_ms);
        if (const auto offset = offset_.estimate()) beat.set_clock_offset_ms(*offset);
        beat.set_messages(counters_.messages);
        beat.set_refused(counters_.refused);
        beat.set_malformed(counters_.malformed);
        beat.set_bytes_skipped(counters_.bytes_skipped);
        for (auto const& [reason, count] : counters_.by_reason) (*beat.mutable_refused_by_reason())[reason] = count;
        if (link_.connected() && ingest_) ingest_->send(message.SerializeAsString());
        if (link_.given_up() != given_up_told_) {
            given_up_told_ = link_.given_up();
            log(Priority::warning,
                fmt::format("{} frames that could not be made durable were dropped; their senders know",
                            given_up_told_));
        }
    }

    void end() {
        if (server_) server_->close_all();
        link_.goodbye();
        log(Priority::info,
            fmt::format("{}: stopped, {} messages, {} refused", config_.source, counters_.messages, counters_.refused));
        loop_.stop();
    }

    Config const& config_;
    Feed& feed_;
    std::uint64_t epoch_;
    zmq::context_t context_{1};
    asio::io_context loop_{1};
    asio::steady_timer timer_;
    asio::signal_set signals_;
    Counters counters_;
    ClockOffset offset_;
    Link link_;
    Cards cards_;
    std::function<void(Instant)> call_;
    std::unique_ptr<Dealer> ingest_;
    std::unique_ptr<Dealer> identity_;
    std::unique_ptr<TcpServer> server_;
    std::int64_t next_heartbeat_ms_ = 0;
    std::int64_t finish_by_ms_ = 0;
    std::uint64_t given_up_told_ = 0;
    bool finishing_ = false;
    int exit_code_ = 0;
};

} // namespace

int run(Config const& config, Feed& feed) {
    std::signal(SIGPIPE, SIG_IGN);
    try {
        return Running(config, feed).run();
    } catch (std::runtime_error const& e) { // a bad endpoint, an address in use
        log(Priority::error, config.source + ": " + e.what());
        return 69;
    }
}

} // namespace vigil::adapters
