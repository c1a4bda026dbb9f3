#include "loop/zap.hpp"

#include <array>
#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include <zmq.hpp>

namespace vigil::loop {

struct Doorkeeper::Shared {
    zmq::socket_t socket;
    std::mutex mutex;
    std::set<std::string> allowed;
    std::atomic<bool> stop{false};
    std::thread thread;

    bool admits(std::string_view mechanism, zmq::message_t const& key) {
        if (mechanism != "CURVE" || key.size() != 32) return false;
        std::array<char, 41> text{};
        zmq_z85_encode(text.data(), static_cast<unsigned char const*>(key.data()), 32);
        const std::scoped_lock lock{mutex};
        return allowed.contains(text.data());
    }

    // RFC 27: who asked, nothing, version, request id, domain, address, identity, mechanism, credentials.
    void answer(std::vector<zmq::message_t> const& request) {
        const bool yes = request.size() >= 9 && admits(request[7].to_string_view(), request[8]);
        const auto send = [this](std::string_view text, bool more) {
            socket.send(zmq::buffer(text), more ? zmq::send_flags::sndmore : zmq::send_flags::none);
        };
        send(request[0].to_string_view(), true); // who asked
        send({}, true);
        send("1.0", true);
        send(request.size() > 3 ? request[3].to_string_view() : std::string_view{}, true);
        send(yes ? "200" : "400", true);
        send(yes ? "" : "unknown key", true);
        send("", true);
        send("", false);
    }

    void run() {
        while (!stop) {
            zmq::pollitem_t item{socket.handle(), 0, ZMQ_POLLIN, 0};
            if (zmq::poll(&item, 1, std::chrono::milliseconds{100}) == 0) continue;
            std::vector<zmq::message_t> request;
            for (bool more = true; more;) {
                zmq::message_t part;
                if (!socket.recv(part)) return;
                more = part.more();
                if (request.size() < 16) request.push_back(std::move(part));
            }
            if (request.size() >= 2) answer(request);
        }
    }
};

Doorkeeper::Doorkeeper(zmq::context_t& context, std::vector<std::string> allowed)
    : shared_{std::make_unique<Shared>()} {
    shared_->socket = zmq::socket_t{context, zmq::socket_type::router};
    shared_->socket.set(zmq::sockopt::linger, 0);
    shared_->socket.bind("inproc://zeromq.zap.01");
    allow(std::move(allowed));
    shared_->thread = std::thread{[s = shared_.get()] { s->run(); }};
}

Doorkeeper::~Doorkeeper() {
    shared_->stop = true;
    shared_->thread.join();
}

void Doorkeeper::allow(std::vector<std::string> keys) {
    const std::scoped_lock lock{shared_->mutex};
    shared_->allowed = {keys.begin(), keys.end()};
}

} // namespace vigil::loop
