#include "gateway/http_server.hpp"

#include "gateway/http_stream.hpp"
#include "gateway/routes.hpp"
#include "gateway/tls.hpp"

#include <csignal>
#include <stdexcept>

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace vigil::gateway {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

constexpr auto request_timeout = std::chrono::seconds(10);
constexpr std::size_t slowest_bytes_s = 64 * 1024; ///< who takes a long answer slower than that is cut off
constexpr auto end_timeout = std::chrono::seconds(2);
constexpr auto idle_timeout = std::chrono::seconds(60);
constexpr std::uint32_t header_bytes_max = 8 * 1024;

std::string header(const http::request<http::string_body>& request, beast::string_view name) {
    const auto found = request.find(name);
    return found == request.end() ? std::string() : std::string(found->value());
}

HttpRequest to_plain(http::request<http::string_body>& in) {
    HttpRequest out;
    out.method = std::string(in.method_string());
    out.target = std::string(in.target());
    out.host = header(in, "Host");
    out.origin = header(in, "Origin");
    out.if_match = header(in, "If-Match");
    out.if_none_match = header(in, "If-None-Match");
    out.content_type = header(in, "Content-Type");
    out.idempotency_key = header(in, "Idempotency-Key");
    out.vigil_request = header(in, "X-Vigil-Request");
    out.cookie = header(in, "Cookie");
    out.csrf = header(in, "X-Vigil-Csrf");
    out.body = std::move(in.body());
    return out;
}

/// Of the peer; an IPv4 address that an IPv6 socket took is one.
std::string address_of(const tcp::socket& socket) {
    beast::error_code error;
    const auto endpoint = socket.remote_endpoint(error);
    if (error) return {}; // gone again: the first read says so
    const auto address = endpoint.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    return address.to_string();
}

} // namespace

class HttpServer::State {
public:
    State(const Wall& wall, const std::string& address, std::uint16_t port, Tls* tls)
        : tls_(tls),
          acceptor_(io_),
          signals_(io_, SIGINT, SIGTERM),
          timer_(io_),
          hub_(wall, counters_) {
        const tcp::endpoint where(asio::ip::make_address(address), port);
        acceptor_.open(where.protocol());
        acceptor_.set_option(asio::socket_base::reuse_address(true));
        beast::error_code error;
        acceptor_.bind(where, error);
        if (!error) acceptor_.listen(64, error);
        if (error) throw std::runtime_error(fmt::format("{}:{}: {}", address, port, error.message()));
    }

    void accept();
    void take(tcp::socket socket);
    void tick();
    void shut_down();

    asio::io_context io_{1};
    Tls* tls_;
    tcp::acceptor acceptor_;
    asio::signal_set signals_;
    asio::steady_timer timer_;
    HttpCounters counters_;
    StreamHub hub_;
    const Routes* routes_ = nullptr;
    std::function<void()> every_second_;
    std::chrono::steady_clock::time_point next_tick_;
};

namespace {

/// One connection: reads a request, answers it, reads the next. The state outlives it: both live inside run().
template <typename State>
class Connection : public std::enable_shared_from_this<Connection<State>> {
public:
    Connection(std::string address, ClientStream stream, State& state)
        : address_(std::move(address)),
          stream_(std::move(stream)),
          state_(state) {
        ++state_.counters_.connections_now;
    }
    ~Connection() {
        if (!handed_over_) --state_.counters_.connections_now;
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void begin() {
        stream_.lowest().expires_after(request_timeout);
        stream_.open([self = this->shared_from_this()](beast::error_code error) {
            if (!error) self->read(true);
        });
    }

private:
    void read(bool first) {
        parser_.emplace();
        parser_->body_limit(body_bytes_max);
        parser_->header_limit(header_bytes_max);
        stream_.lowest().expires_after(first ? std::chrono::seconds(request_timeout)
                                             : std::chrono::seconds(idle_timeout));
        http::async_read(
            stream_, buffer_, *parser_,
            [self = this->shared_from_this()](beast::error_code error, std::size_t) { self->have_read(error); });
    }

    void have_read(beast::error_code error) {
        if (error == http::error::body_limit || error == http::error::header_limit) {
            keep_alive_ = false;
            send(problem(error == http::error::body_limit ? 413 : 431, "the request is too large"), false, 11);
            return;
        }
        if (error == http::error::end_of_stream || error == beast::error::timeout || error) {
            close();
            return;
        }
        auto message = parser_->release();
        keep_alive_ = message.keep_alive();
        const bool head = message.method() == http::verb::head;
        const unsigned version = message.version();
        auto request = to_plain(message);
        request.address = address_;
        if (request.method == "GET" && request.target.substr(0, request.target.find('?')) == Routes::stream_path) {
            open_stream(request, version);
            return;
        }
        // Not its owner: an answer that never comes must not keep the connection.
        request.gone = [weak = this->weak_from_this()] {
            const auto self = weak.lock();
            return !self || self->stream_.hung_up();
        };
        stream_.lowest().expires_never(); // vigild's answer has its own deadline
        state_.routes_->answer(std::move(request),
                               [self = this->shared_from_this(), head, version](HttpResponse response) {
                                   self->send(std::move(response), head, version);
                               });
    }

    void open_stream(const HttpRequest& request, unsigned version) {
        auto admitted = state_.routes_->admit_stream(request);
        if (admitted.refused) {
            send(*std::move(admitted.refused), false, version);
        } else if (state_.hub_.full()) {
            send(problem(503, "too many event streams"), false, version);
        } else {
            ++state_.counters_.responses[200];
            handed_over_ = true;
            stream_.lowest().expires_never();
            state_.hub_.add(std::move(stream_), std::move(admitted.rights),
                            [&state = state_] { --state.counters_.connections_now; });
        }
    }

    void send(HttpResponse plain, bool head, unsigned version) {
        ++state_.counters_.responses[plain.status];
        add_standard_headers(plain);
        response_.emplace(http::status(plain.status), version);
        response_->set(http::field::content_type, plain.content_type);
        for (const auto& [name, value] : plain.headers) response_->set(name, value);
        response_->keep_alive(keep_alive_);
        response_->body() = std::move(plain.body);
        response_->prepare_payload();
        if (head) response_->body().clear();
        stream_.lowest().expires_after(request_timeout +
                                       std::chrono::seconds(response_->body().size() / slowest_bytes_s));
        http::async_write(stream_, *response_, [self = this->shared_from_this()](beast::error_code error, std::size_t) {
            if (error || !self->keep_alive_)
                self->close();
            else
                self->read(false);
        });
    }

    void close() {
        stream_.lowest().expires_after(end_timeout);
        stream_.say_end([self = this->shared_from_this()](beast::error_code) {}); // the peer may have gone already
    }

    std::string address_;
    ClientStream stream_;
    State& state_;
    beast::flat_buffer buffer_{header_bytes_max + body_bytes_max};
    std::optional<http::request_parser<http::string_body>> parser_;
    std::optional<http::response<http::string_body>> response_;
    bool keep_alive_ = true;
    bool handed_over_ = false;
};

} // namespace

void HttpServer::State::accept() {
    acceptor_.async_accept([this](beast::error_code error, tcp::socket socket) {
        if (error == asio::error::operation_aborted) return;
        if (!error) {
            if (counters_.connections_now >= connections_max)
                ++counters_.refused_connections; // closing it is the answer
            else
                take(std::move(socket));
        }
        accept();
    });
}

void HttpServer::State::take(tcp::socket socket) {
    beast::error_code gone;
    // An alert does not wait for the acknowledgement of what went before it.
    socket.set_option(tcp::no_delay(true), gone);
    auto address = address_of(socket);
    auto stream = tls_ == nullptr ? ClientStream(std::move(socket)) : ClientStream(std::move(socket), tls_->context());
    std::make_shared<Connection<State>>(std::move(address), std::move(stream), *this)->begin();
}

void HttpServer::State::tick() {
    next_tick_ += std::chrono::seconds(1);
    timer_.expires_at(next_tick_);
    timer_.async_wait([this](beast::error_code error) {
        if (error) return;
        hub_.clock_tick();
        if (every_second_) every_second_();
        tick();
    });
}

void HttpServer::State::shut_down() {
    hub_.close_all();
    io_.stop();
}

HttpServer::HttpServer(const Wall& wall, const std::string& address, std::uint16_t port, Tls* tls)
    : state_(std::make_unique<State>(wall, address, port, tls)) {}
HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const { return state_->acceptor_.local_endpoint().port(); }
HttpCounters& HttpServer::counters() { return state_->counters_; }
void HttpServer::every_second(std::function<void()> tick) { state_->every_second_ = std::move(tick); }

void HttpServer::run(const Routes& routes) {
    state_->routes_ = &routes;
    state_->signals_.async_wait([this](beast::error_code error, int) {
        if (!error) state_->shut_down();
    });
    state_->next_tick_ = std::chrono::steady_clock::now();
    state_->tick();
    state_->accept();
    state_->io_.run();
}

void HttpServer::stop() {
    asio::post(state_->io_, [this] { state_->shut_down(); });
}
void HttpServer::post(std::function<void()> work) { asio::post(state_->io_, std::move(work)); }
void HttpServer::broadcast(std::shared_ptr<const Frame> frame) {
    asio::post(state_->io_, [this, frame = std::move(frame)] { state_->hub_.broadcast(frame); });
}

} // namespace vigil::gateway
