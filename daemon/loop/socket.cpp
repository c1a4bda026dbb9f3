#include "loop/socket.hpp"

#include "loop/limits.hpp"

#include <fmt/format.h>
#include <stdexcept>

namespace vigil::loop {

namespace {
constexpr std::size_t longest_route = 2; // identity, and the empty frame of a REQ

// ZMQ_ZAP_ENFORCE_DOMAIN: without it a missing doorkeeper lets everybody in. libzmq has it; its header calls it a
// draft.
void enforce_domain(zmq::socket_t& s) {
    constexpr int zap_enforce_domain = 93;
    const int on = 1;
    if (zmq_setsockopt(s.handle(), zap_enforce_domain, &on, sizeof on) != 0) throw zmq::error_t{};
}

void limit(zmq::socket_t& s, zmq::socket_type type) {
    using namespace zmq::sockopt;
    s.set(linger, 0);
    s.set(maxmsgsize, message_bytes);
    s.set(sndhwm, type == zmq::socket_type::xpub ? feed_high_water : reply_high_water);
    s.set(rcvhwm, type == zmq::socket_type::xpub ? reply_high_water : 1'000);
    s.set(backlog, 1'024);
    s.set(handshake_ivl, 3'000);
    s.set(heartbeat_ivl, 1'000);
    s.set(heartbeat_timeout, 3'000);
    s.set(heartbeat_ttl, 3'000);
    s.set(tcp_keepalive, 1);
    if (type == zmq::socket_type::router) {
        s.set(router_mandatory, true); // a reply nobody can take is an error here, not silence
        s.set(router_handover, true);  // an adapter that reconnects under its name takes it over
    }
}
} // namespace

zmq::socket_t bind(zmq::context_t& context, zmq::socket_type type, std::string const& endpoint,
                   std::optional<Curve> const& curve) {
    try {
        zmq::socket_t socket{context, type};
        limit(socket, type);
        if (curve) {
            socket.set(zmq::sockopt::curve_server, true);
            socket.set(zmq::sockopt::curve_secretkey, curve->secret_key);
            socket.set(zmq::sockopt::zap_domain, "vigil");
            enforce_domain(socket);
        }
        socket.bind(endpoint);
        return socket;
    } catch (zmq::error_t const& e) {
        throw CannotBind(fmt::format("{}: {}", endpoint, e.what()));
    }
}

std::string bound_endpoint(zmq::socket_t& socket) { return socket.get(zmq::sockopt::last_endpoint); }

bool receive(zmq::socket_t& socket, Received& out) {
    for (;;) {
        out.route.clear();
        zmq::message_t part;
        if (!socket.recv(part, zmq::recv_flags::dontwait)) return false;
        std::size_t frames = 1;
        while (part.more()) {
            if (out.route.size() < longest_route) out.route.push_back(std::move(part));
            part = zmq::message_t{};
            if (!socket.recv(part, zmq::recv_flags::none)) return false;
            ++frames;
        }
        if (frames < 2 || frames > longest_route + 1) continue;
        out.body = std::move(part);
        return true;
    }
}

bool reply(zmq::socket_t& socket, std::vector<std::string> const& route, std::string_view body) {
    try {
        for (auto const& frame : route)
            if (!socket.send(zmq::buffer(frame), zmq::send_flags::sndmore | zmq::send_flags::dontwait)) return false;
        return socket.send(zmq::buffer(body), zmq::send_flags::dontwait).has_value();
    } catch (zmq::error_t const& e) {
        if (e.num() == EHOSTUNREACH || e.num() == EAGAIN) return false; // the peer asks again, or is gone
        throw;
    }
}

std::vector<std::string> route_of(Received const& received) {
    std::vector<std::string> out;
    for (auto const& frame : received.route) out.push_back(frame.to_string());
    return out;
}

} // namespace vigil::loop
