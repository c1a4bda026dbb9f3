#include "gateway/feed_client.hpp"
#include "gateway/gateway_config.hpp"
#include "gateway/http_server.hpp"
#include "gateway/labels.hpp"
#include "gateway/routes.hpp"
#include "gateway/static_files.hpp"
#include "gateway/wall.hpp"

#include "vigil/v1/command.pb.h"
#include "vigil/v1/query.pb.h"

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sodium.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>

namespace {

using namespace vigil::gateway;

constexpr unsigned labels_every_s = 10;

/// Carries an answer of the feed thread over to the HTTP thread.
template <typename Reply>
std::function<void(std::optional<Reply>)> on_http_thread(HttpServer& server,
                                                         std::function<void(std::optional<Reply>)> done) {
    return [&server, done = std::move(done)](std::optional<Reply> reply) {
        server.post([done, reply = std::move(reply)] { done(reply); });
    };
}

Ports ports_to(FeedClient& feed, HttpServer& server, const Wall& wall) {
    Ports ports;
    ports.command = [&feed, &server](const auto& request, auto done) {
        feed.command(request, on_http_thread<vigil::v1::CommandReply>(server, std::move(done)));
    };
    ports.query = [&feed, &server](const auto& request, auto done) {
        feed.query(request, on_http_thread<vigil::v1::QueryReply>(server, std::move(done)));
    };
    ports.metrics = [&feed, &server, &wall] { return metrics_text(feed.counters(), server.counters(), wall); };
    return ports;
}

int serve(const GatewayConfig& config) {
    Wall wall(config, config.database);
    const StaticFiles files(config.dashboard);
    if (files.count() == 0) spdlog::warn("{}: no page is there; only the API is served", config.dashboard);
    std::optional<HttpServer> server;
    try {
        server.emplace(wall, config.address, config.port);
    } catch (const std::exception& error) {
        spdlog::critical("cannot listen: {}", error.what());
        return EX_UNAVAILABLE;
    }
    std::atomic<bool> feed_failed = false;
    wall.on_frame([&server](std::shared_ptr<const Frame> frame) { server->broadcast(std::move(frame)); });
    wall.on_failure([&server, &feed_failed] {
        feed_failed = true;
        server->stop();
    });
    FeedClient feed({config.site, config.feed, config.query, config.command, config.identity}, wall);
    Labels labels(feed, wall);
    const Routes routes(wall, files, ports_to(feed, *server, wall));
    unsigned seconds = 0;
    server->every_second([&] {
        if (wall.feed_thread_alive()) sd_notify(0, "WATCHDOG=1"); // a stuck feed is a stuck gateway
        if (!config.identity.empty() && seconds++ % labels_every_s == 0) labels.refresh();
    });
    feed.start();
    fmt::print("listening http://{}:{}\n",
               config.address.find(':') == std::string::npos ? config.address : "[" + config.address + "]",
               server->port());
    std::fflush(stdout);
    sd_notify(0, "READY=1");
    server->run(routes);
    sd_notify(0, "STOPPING=1");
    feed.stop();
    return feed_failed ? EX_IOERR : EX_OK;
}

} // namespace

int main(int argc, char** argv) {
    CLI::App app{"vigil-gateway: the bed wall, alerts and history over HTTP, on loopback"};
    std::string path;
    bool check_only = false;
    app.add_option("--config", path, "TOML file with a table [gateway]")->required();
    app.add_flag("--check-config", check_only, "check the configuration and stop");
    app.set_version_flag("--version", std::string("vigil-gateway ") + VIGIL_VERSION);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? EX_OK : EX_USAGE;
    }
    spdlog::set_default_logger(spdlog::stderr_logger_mt("gateway"));
    spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l gateway: %v", spdlog::pattern_time_type::utc);
    std::signal(SIGPIPE, SIG_IGN);

    const auto result = read_gateway_config(path);
    for (const auto& error : result.errors) fmt::print(stderr, "{}\n", error);
    if (!result.errors.empty()) return EX_CONFIG;
    if (check_only) return EX_OK;
    if (sodium_init() < 0) return EX_SOFTWARE;
    try {
        return serve(result.config);
    } catch (const std::exception& error) {
        spdlog::critical("{}", error.what());
        return EX_IOERR;
    }
}
