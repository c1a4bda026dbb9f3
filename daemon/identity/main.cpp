// vigil-identity: names and numbers of people, apart from everything clinical, under its own user.

#include "command_line/command_line.hpp"
#include "identity/config.hpp"
#include "identity/service.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <zmq.hpp>

namespace {

using namespace vigil::identity;

constexpr int exit_unavailable = 69;
constexpr int exit_io = 74;
constexpr int exit_config = 78;

volatile std::sig_atomic_t stopping = 0;

std::int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

void serve(zmq::socket_t& socket, Store& store) {
    while (stopping == 0) {
        sd_notify(0, "WATCHDOG=1");
        zmq::pollitem_t item{socket.handle(), 0, ZMQ_POLLIN, 0};
        try {
            if (zmq::poll(&item, 1, std::chrono::milliseconds(1000)) == 0) continue;
        } catch (zmq::error_t const& e) {
            if (e.num() == EINTR) continue;
            throw;
        }
        zmq::message_t peer, request;
        if (!socket.recv(peer, zmq::recv_flags::dontwait)) continue;
        bool extra = !peer.more();
        if (!extra && socket.recv(request, zmq::recv_flags::dontwait)) extra = request.more();
        for (zmq::message_t rest; request.more() && socket.recv(rest, zmq::recv_flags::dontwait) && rest.more();) {
        }
        if (extra) continue; // not the two frames of a DEALER: dropped
        const std::string reply = answer(store, request.to_string_view(), now_ms());
        if (reply.empty()) continue;
        socket.send(peer, zmq::send_flags::sndmore | zmq::send_flags::dontwait);
        socket.send(zmq::buffer(reply), zmq::send_flags::dontwait);
    }
}

int run(Config const& config) {
    ::umask(0007);
    try {
        Store store(config.database);
        zmq::context_t context(1);
        zmq::socket_t socket(context, zmq::socket_type::router);
        socket.set(zmq::sockopt::linger, 500);
        socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(longest_request));
        socket.bind(config.endpoint);
        sd_notify(0, "READY=1");
        std::fprintf(stderr, "<6>vigil-identity: listening\n");
        serve(socket, store);
        sd_notify(0, "STOPPING=1");
        return 0;
    } catch (StoreError const& e) {
        std::fprintf(stderr, "<3>vigil-identity: %s\n", e.what());
        return exit_io;
    } catch (zmq::error_t const& e) {
        std::fprintf(stderr, "<3>vigil-identity: %s: %s\n", config.endpoint.c_str(), e.what());
        return exit_unavailable;
    }
}

} // namespace

int main(int argc, char** argv) {
    vigil::command_line::Program app{"vigil-identity: keeps the cards of people by their tokens"};
    app.set_version_flag("--version", std::string("vigil-identity ") + VIGIL_VERSION);
    std::string file;
    bool check_only = false;
    app.add_option("--config", file, "configuration with the table [identity]")->required();
    app.add_flag("--check-config", check_only, "read and check the configuration, then stop");
    if (const auto done = app.parse(argc, argv)) return *done;
    std::vector<std::string> errors;
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    Config config;
    if (in)
        config = read_config(file, text.str(), errors);
    else
        errors.push_back(file + ":0:0: file: cannot be read");
    for (auto const& error : errors) std::fprintf(stderr, "%s\n", error.c_str());
    if (!errors.empty()) return exit_config;
    if (check_only) {
        std::printf("%s: no errors\n", file.c_str());
        return 0;
    }
    struct sigaction stop {};
    stop.sa_handler = [](int) { stopping = 1; };
    sigaction(SIGTERM, &stop, nullptr);
    sigaction(SIGINT, &stop, nullptr);
    return run(config);
}
