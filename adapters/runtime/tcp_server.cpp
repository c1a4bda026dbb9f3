#include "adapters/runtime/tcp_server.hpp"

#include "adapters/runtime/log.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <deque>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace vigil::adapters {

namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

void set_option(int fd, int level, int option, int value) { ::setsockopt(fd, level, option, &value, sizeof value); }

// A peer that vanished without a word is noticed within a minute (devices.md 3).
void tune(tcp::socket& socket) {
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    socket.set_option(asio::socket_base::keep_alive(true), ignored);
    set_option(socket.native_handle(), IPPROTO_TCP, TCP_KEEPIDLE, 30);
    set_option(socket.native_handle(), IPPROTO_TCP, TCP_KEEPINTVL, 10);
    set_option(socket.native_handle(), IPPROTO_TCP, TCP_KEEPCNT, 3);
}

} // namespace

class TcpServer::Connection : public Peer, public std::enable_shared_from_this<Connection> {
public:
    Connection(TcpServer& server, tcp::socket socket, std::string address)
        : server_(server),
          socket_(std::move(socket)),
          address_(std::move(address)) {}

    void start(Instant now) {
        opened_ms_ = last_byte_ms_ = now.steady_ms;
        session_ = server_.open_(*this);
        read();
    }

    void read() {
        if (closed_ || ended_ms_ || reading_) return;
        if (!session_->wants_more()) {
            server_.paused_ = true;
            return;
        }
        reading_ = true;
        socket_.async_read_some(asio::buffer(buffer_),
                                [self = shared_from_this()](boost::system::error_code const& error, std::size_t size) {
                                    self->on_read(error, size);
                                });
    }

    void on_read(boost::system::error_code const& error, std::size_t size) {
        reading_ = false;
        if (closed_ || ended_ms_) return;
        const Instant now = server_.now_();
        if (error) {
            ended_ms_ = now.steady_ms;
            session_->on_end(now);
            close_when_quiet();
            return;
        }
        last_byte_ms_ = now.steady_ms;
        session_->on_bytes(std::string_view(buffer_.data(), size), now);
        if (session_->buffered() > buffer_.size()) server_.enforce_memory();
        read();
    }

    void send(std::string bytes) override {
        if (closed_ || bytes.empty()) return;
        unsent_ += bytes.size();
        if (unsent_ > server_.limits_.unsent_bytes) {
            close("peer_does_not_read");
            return;
        }
        outgoing_.push_back(std::move(bytes));
        if (outgoing_.size() == 1) write();
    }

    void write() {
        asio::async_write(socket_, asio::buffer(outgoing_.front()),
                          [self = shared_from_this()](boost::system::error_code const& error, std::size_t) {
                              if (self->closed_) return;
                              if (error) {
                                  self->close("write_failed");
                                  return;
                              }
                              self->unsent_ -= self->outgoing_.front().size();
                              self->outgoing_.pop_front();
                              if (!self->outgoing_.empty())
                                  self->write();
                              else
                                  self->close_when_quiet();
                          });
    }

    // After the peer's end, what it is still owed goes out first.
    void close_when_quiet() {
        if (ended_ms_ && outgoing_.empty() && !session_->answers_owed()) close({});
    }

    void finish(std::string_view reason) override {
        if (closed_ || ended_ms_) return;
        ended_ms_ = server_.now_().steady_ms;
        boost::system::error_code ignored;
        socket_.shutdown(tcp::socket::shutdown_receive, ignored);
        tell_closed(reason);
        close_when_quiet();
    }

    void close(std::string_view reason) override {
        if (closed_) return;
        closed_ = true;
        if (!reason.empty()) tell_closed(reason);
        boost::system::error_code ignored;
        socket_.shutdown(tcp::socket::shutdown_both, ignored);
        socket_.close(ignored);
    }

    void tick(Instant now) {
        if (closed_) return;
        session_->on_tick(now);
        close_when_quiet();
        // Everything is answered, and the peer does not take it.
        if (ended_ms_ && !session_->answers_owed() && now.steady_ms - *ended_ms_ > taken_within_ms)
            return close("peer_does_not_read");
        const std::int64_t quiet = now.steady_ms - last_byte_ms_;
        if (quiet > server_.limits_.idle_ms)
            close("idle");
        else if (!session_->productive() && now.steady_ms - opened_ms_ > server_.limits_.first_message_ms)
            close("no_message");
    }

    std::string_view address() const override { return address_; }
    bool closed() const { return closed_; }
    std::size_t buffered() const { return closed_ ? 0 : session_->buffered(); }

private:
    void tell_closed(std::string_view reason) {
        server_.counters_.note(reason, 1);
        server_.tell("connection from " + address_ + " closed: " + std::string(reason));
    }

    TcpServer& server_;
    tcp::socket socket_;
    std::string address_;
    std::shared_ptr<Session> session_;
    std::array<char, 32 * 1024> buffer_{};
    std::deque<std::string> outgoing_;
    std::size_t unsent_ = 0;
    std::int64_t opened_ms_ = 0;
    std::int64_t last_byte_ms_ = 0;
    static constexpr std::int64_t taken_within_ms = 60'000;
    std::optional<std::int64_t> ended_ms_; // nothing more is read since
    bool reading_ = false;
    bool closed_ = false;
};

TcpServer::TcpServer(asio::io_context& loop, std::string const& host, std::uint16_t port, ServerLimits limits, Now now,
                     Counters& counters, OpenSession open)
    : acceptor_(loop),
      limits_(std::move(limits)),
      now_(std::move(now)),
      counters_(counters),
      open_(std::move(open)) {
    const tcp::endpoint endpoint(asio::ip::make_address(host), port);
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen(256);
    accept();
}

TcpServer::~TcpServer() { close_all(); }

std::uint16_t TcpServer::port() const { return acceptor_.local_endpoint().port(); }

bool TcpServer::has_room_for(std::string const& address) const {
    const bool listed = limits_.listed.contains(address);
    const std::size_t kept_free = !listed && !limits_.listed.empty() ? limits_.reserved : 0;
    if (open_connections_.size() + kept_free >= limits_.connections) return false;
    const auto same = std::count_if(open_connections_.begin(), open_connections_.end(),
                                    [&](auto const& c) { return c->address() == address; });
    return static_cast<std::size_t>(same) < limits_.per_address;
}

void TcpServer::accept() {
    accepting_ = true;
    acceptor_.async_accept([this](boost::system::error_code const& error, tcp::socket socket) {
        if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
        if (error) {
            counters_.note("accept_failed", 1); // out of descriptors, most likely; the next tick tries again
            accepting_ = false;
            return;
        }
        open_connections_.remove_if([](auto const& c) { return c->closed(); });
        boost::system::error_code unknown;
        const auto remote = socket.remote_endpoint(unknown);
        const std::string address = unknown ? std::string("unknown") : remote.address().to_string();
        if (has_room_for(address)) {
            tune(socket);
            auto connection = std::make_shared<Connection>(*this, std::move(socket), address);
            open_connections_.push_back(connection);
            connection->start(now_());
        } else {
            counters_.refuse("too_many_connections");
            tell("connection from " + address + " refused: too_many_connections");
        }
        accept();
    });
}

// Unfinished frames together may not fill the memory: the largest goes first.
void TcpServer::enforce_memory() {
    std::size_t total = 0;
    std::shared_ptr<Connection> largest;
    for (auto const& c : open_connections_) {
        const std::size_t size = c->buffered();
        total += size;
        if (!largest || size > largest->buffered()) largest = c;
    }
    if (total > limits_.buffered_bytes && largest) largest->close("memory");
}

void TcpServer::tick(Instant now) {
    const auto connections = open_connections_;
    for (auto const& c : connections) c->tick(now);
    open_connections_.remove_if([](auto const& c) { return c->closed(); });
    if (!accepting_ && acceptor_.is_open()) accept();
    resume();
}

void TcpServer::resume() {
    if (!paused_) return;
    paused_ = false;
    const auto connections = open_connections_;
    for (auto const& c : connections) c->read();
}

// At most twenty lines in ten seconds: whoever opens connections all day must not fill the journal. All are counted.
void TcpServer::tell(std::string const& what) {
    const std::int64_t now = now_().steady_ms;
    if (now >= quiet_until_ms_) {
        quiet_until_ms_ = now + 10'000;
        told_ = 0;
    }
    if (++told_ <= 20) log(Priority::notice, what);
}

void TcpServer::stop() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
}

void TcpServer::close_all() {
    stop();
    const auto connections = open_connections_;
    for (auto const& c : connections) c->close({});
    open_connections_.clear();
}

} // namespace vigil::adapters
