#pragma once
// A ZeroMQ DEALER in an Asio run loop. Nothing is queued towards a peer that is not there: what was lost with a
// connection is the sender's to resend, not the socket's.

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace zmq {
class context_t;
class socket_t;
} // namespace zmq

namespace vigil::adapters {

class Dealer {
public:
    using Receive = std::function<void(std::string_view bytes)>;

    // Throws std::runtime_error when the endpoint is none.
    Dealer(boost::asio::io_context& loop, zmq::context_t& context, std::string const& endpoint, Receive receive);
    ~Dealer();
    Dealer(Dealer const&) = delete;
    Dealer& operator=(Dealer const&) = delete;

    // False when there is no peer or it does not keep up.
    bool send(std::string_view bytes);
    // Takes whatever has arrived; also called by the loop's own wake-ups.
    void drain();

private:
    void wait();

    boost::asio::io_context& loop_;
    std::unique_ptr<zmq::socket_t> socket_;
    boost::asio::posix::stream_descriptor signal_;
    Receive receive_;
    bool draining_ = false;
    bool posted_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace vigil::adapters
