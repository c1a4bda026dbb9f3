#include "command_line/command_line.hpp"
#include "gateway/accounts_command.hpp"
#include "gateway/feed_client.hpp"
#include "gateway/gateway_config.hpp"
#include "gateway/http_server.hpp"
#include "gateway/labels.hpp"
#include "gateway/password_checker.hpp"
#include "gateway/people.hpp"
#include "gateway/routes.hpp"
#include "gateway/static_files.hpp"
#include "gateway/tls.hpp"
#include "gateway/wall.hpp"

#include "vigil/v1/command.pb.h"
#include "vigil/v1/query.pb.h"

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>

#include <fmt/format.h>
#include <sodium.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>

namespace {

using namespace vigil::gateway;

constexpr unsigned labels_every_s = 10;
constexpr unsigned certificate_every_s = 10;

/// Carries an answer of the feed thread over to the HTTP thread.
template <typename Reply>
std::function<void(std::optional<Reply>)> on_http_thread(HttpServer& server,
                                                         std::function<void(std::optional<Reply>)> done) {
    return [&server, done = std::move(done)](std::optional<Reply> reply) {
        server.post([done, reply = std::move(reply)] { done(reply); });
    };
}

/// What the configuration only points at; each complaint is one that keeps the gateway from starting.
std::vector<std::string> faults_of_files(const GatewayConfig& config) {
    std::vector<std::string> faults;
    if (!config.accounts.empty()) {
        const auto read = read_accounts(config.accounts);
        if (!read.error.empty())
            faults.push_back(read.error);
        else if (read.accounts.empty())
            faults.push_back(config.accounts + ": has no account; vigil-gateway accounts add makes one");
    }
    try {
        if (!config.tls_certificate.empty()) Tls(config.tls_certificate, config.tls_key);
    } catch (const std::runtime_error& error) {
        faults.emplace_back(error.what());
    }
    return faults;
}

PeopleConfig people_of(const GatewayConfig& config) {
    using std::chrono::seconds;
    return {config.accounts,
            config.audit,
            !config.tls_certificate.empty(),
            {seconds(config.session_s), seconds(config.idle_s), seconds(config.observer_session_s),
             seconds(config.break_glass_s), config.sessions_per_user}};
}

People::Now now() {
    const auto utc = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::steady_clock::now(), std::chrono::duration_cast<std::chrono::milliseconds>(utc).count()};
}

/// The people and who looks at their passwords; their answers come back on the HTTP thread.
class Staff {
public:
    Staff(const GatewayConfig& config, HttpServer& server)
        : people_(people_of(config), read_accounts(config.accounts).accounts,
                  {now, [this, &server](std::string hash, std::string password, std::function<void(bool)> done) {
                       return checker_.check(std::move(hash), std::move(password), [&server, done](bool right) {
                           server.post([done, right] { done(right); });
                       });
                   }}) {}
    [[nodiscard]] People& people() { return people_; }

private:
    People people_;
    PasswordChecker checker_; // ends before what it would tell
};

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
    std::optional<Tls> tls;
    if (!config.tls_certificate.empty()) tls.emplace(config.tls_certificate, config.tls_key);
    std::optional<HttpServer> server;
    try {
        server.emplace(wall, config.address, config.port, tls ? &*tls : nullptr);
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
    std::optional<Staff> staff;
    if (!config.accounts.empty()) staff.emplace(config, *server);
    const Routes routes(wall, files, ports_to(feed, *server, wall),
                        {config.hosts, tls.has_value(), staff ? &staff->people() : nullptr});
    unsigned seconds = 0;
    server->every_second([&] {
        if (wall.feed_thread_alive()) sd_notify(0, "WATCHDOG=1"); // a stuck feed is a stuck gateway
        if (staff) {
            staff->people().every_second();
            server->counters().signed_in = staff->people().signed_in();
            server->counters().audit_failures = staff->people().audit_failures();
        }
        if (tls && seconds % certificate_every_s == 0) tls->refresh();
        if (tls) server->counters().certificate_ends_s = tls->ends_s();
        if (!config.identity.empty() && seconds % labels_every_s == 0) labels.refresh();
        ++seconds;
    });
    feed.start();
    fmt::print("listening {}://{}:{}\n", tls ? "https" : "http",
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
    vigil::command_line::Program app{"vigil-gateway: the bed wall, alerts and history over HTTP"};
    std::string path;
    bool check_only = false;
    AccountsCommand command;
    app.add_option("--config", path, "TOML file with a table [gateway]")->required();
    app.add_flag("--check-config", check_only, "check the configuration and stop");
    app.set_version_flag("--version", std::string("vigil-gateway ") + VIGIL_VERSION);
    add_accounts_commands(app, command);
    if (const auto done = app.parse(argc, argv)) return *done;
    spdlog::set_default_logger(spdlog::stderr_logger_mt("gateway"));
    spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l gateway: %v", spdlog::pattern_time_type::utc);
    std::signal(SIGPIPE, SIG_IGN);

    const auto result = read_gateway_config(path);
    for (const auto& error : result.errors) fmt::print(stderr, "{}\n", error);
    if (!result.errors.empty()) return EX_CONFIG;
    if (sodium_init() < 0) return EX_SOFTWARE;
    if (!command.what.empty()) return run_accounts(result.config, command);
    const auto faults = faults_of_files(result.config);
    for (const auto& fault : faults) fmt::print(stderr, "{}\n", fault);
    if (!faults.empty()) return EX_CONFIG;
    if (check_only) return EX_OK;
    try {
        return serve(result.config);
    } catch (const std::exception& error) {
        spdlog::critical("{}", error.what());
        return EX_IOERR;
    }
}
