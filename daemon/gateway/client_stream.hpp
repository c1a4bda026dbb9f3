#pragma once

#include <chrono>
#include <memory>
#include <utility>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include <poll.h>

namespace vigil::gateway {

/// A browser's connection, with TLS or without: to Beast and Asio it is one kind of stream.
class ClientStream {
public:
    using Plain = boost::beast::tcp_stream;
    using Secure = boost::asio::ssl::stream<Plain>;
    using executor_type = Plain::executor_type;

    explicit ClientStream(boost::asio::ip::tcp::socket socket)
        : plain_(std::make_unique<Plain>(std::move(socket))) {}
    ClientStream(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context& context)
        : secure_(std::make_unique<Secure>(Plain(std::move(socket)), context)) {}

    [[nodiscard]] Plain& lowest() { return secure_ ? secure_->next_layer() : *plain_; }
    [[nodiscard]] executor_type get_executor() { return lowest().get_executor(); }

    template <class Buffers, class Handler>
    void async_read_some(const Buffers& buffers, Handler&& handler) {
        if (secure_)
            secure_->async_read_some(buffers, std::forward<Handler>(handler));
        else
            plain_->async_read_some(buffers, std::forward<Handler>(handler));
    }
    template <class Buffers, class Handler>
    void async_write_some(const Buffers& buffers, Handler&& handler) {
        if (secure_)
            secure_->async_write_some(buffers, std::forward<Handler>(handler));
        else
            plain_->async_write_some(buffers, std::forward<Handler>(handler));
    }
    /// `done(error_code)`, at once when there is nothing to agree upon.
    template <class Handler>
    void open(Handler&& done) {
        if (secure_)
            secure_->async_handshake(Secure::server, std::forward<Handler>(done));
        else
            done(boost::system::error_code());
    }
    /// The peer has hung up, whatever of his is still to be read.
    [[nodiscard]] bool hung_up() {
        pollfd one{lowest().socket().native_handle(), POLLRDHUP, 0};
        return ::poll(&one, 1, 0) != 0; // an error is an end as well
    }
    /// Says good-bye as far as the peer still listens.
    template <class Handler>
    void say_end(Handler&& done) {
        if (secure_) {
            secure_->async_shutdown(std::forward<Handler>(done));
            return;
        }
        boost::system::error_code error;
        plain_->socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, error);
        done(error);
    }

private:
    std::unique_ptr<Plain> plain_;
    std::unique_ptr<Secure> secure_;
};

} // namespace vigil::gateway
