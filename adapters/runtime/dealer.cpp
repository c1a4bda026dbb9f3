#include "adapters/runtime/dealer.hpp"

#include <boost/asio/post.hpp>
#include <stdexcept>
#include <unistd.h>
#include <zmq.hpp>

namespace vigil::adapters {

namespace {

constexpr int max_message = 4 * 1024 * 1024;
constexpr unsigned messages_per_drain = 256; // then other work gets its turn

} // namespace

Dealer::Dealer(boost::asio::io_context& loop, zmq::context_t& context, std::string const& endpoint, Receive receive)
    : loop_(loop),
      socket_(std::make_unique<zmq::socket_t>(context, zmq::socket_type::dealer)),
      signal_(loop),
      receive_(std::move(receive)) {
    socket_->set(zmq::sockopt::immediate, true);
    socket_->set(zmq::sockopt::linger, 500);
    socket_->set(zmq::sockopt::sndhwm, 2048);
    socket_->set(zmq::sockopt::rcvhwm, 2048);
    socket_->set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(max_message));
    socket_->set(zmq::sockopt::heartbeat_ivl, 1000);
    socket_->set(zmq::sockopt::heartbeat_timeout, 5000);
    socket_->set(zmq::sockopt::reconnect_ivl, 100);
    socket_->set(zmq::sockopt::reconnect_ivl_max, 2000);
    try {
        socket_->connect(endpoint);
    } catch (zmq::error_t const& e) {
        throw std::runtime_error("cannot connect to " + endpoint + ": " + e.what());
    }
    // The descriptor stays ZeroMQ's; ours is a duplicate that may be closed.
    signal_.assign(::dup(socket_->get(zmq::sockopt::fd)));
    wait();
}

Dealer::~Dealer() { *alive_ = false; }

bool Dealer::send(std::string_view bytes) {
    const auto sent = socket_->send(zmq::buffer(bytes), zmq::send_flags::dontwait);
    // Sending may have swallowed the signal that something arrived.
    if (!draining_ && !posted_) {
        posted_ = true;
        boost::asio::post(loop_, [this, alive = alive_] {
            if (!*alive) return;
            posted_ = false;
            drain();
        });
    }
    return sent.has_value();
}

void Dealer::drain() {
    if (draining_) return;
    draining_ = true;
    unsigned taken = 0;
    zmq::message_t message;
    while (taken < messages_per_drain && socket_->recv(message, zmq::recv_flags::dontwait)) {
        ++taken;
        receive_(message.to_string_view());
    }
    draining_ = false;
    if (taken == messages_per_drain && !posted_) {
        posted_ = true;
        boost::asio::post(loop_, [this, alive = alive_] {
            if (!*alive) return;
            posted_ = false;
            drain();
        });
    }
}

void Dealer::wait() {
    signal_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                       [this, alive = alive_](boost::system::error_code const& error) {
                           if (error || !*alive) return;
                           drain();
                           wait();
                       });
}

} // namespace vigil::adapters
