#pragma once
// Sockets to a vigild, all alike.

#include "vigil/client.hpp"

#include <zmq.hpp>

namespace vigil::client {

inline zmq::socket_t socket_to_vigild(zmq::context_t& context, zmq::socket_type type,
                                      std::optional<Curve> const& curve) {
    constexpr std::int64_t bytes_max = 8 << 20;
    zmq::socket_t out(context, type);
    out.set(zmq::sockopt::linger, 0);
    out.set(zmq::sockopt::maxmsgsize, bytes_max);
    out.set(zmq::sockopt::reconnect_ivl, 50);
    out.set(zmq::sockopt::reconnect_ivl_max, 500);
    out.set(zmq::sockopt::tcp_keepalive, 1);
    out.set(zmq::sockopt::heartbeat_ivl, 1'000);
    out.set(zmq::sockopt::heartbeat_timeout, 3'000);
    out.set(zmq::sockopt::heartbeat_ttl, 3'000);
    if (curve) {
        out.set(zmq::sockopt::curve_serverkey, curve->server_key);
        out.set(zmq::sockopt::curve_publickey, curve->public_key);
        out.set(zmq::sockopt::curve_secretkey, curve->secret_key);
    }
    return out;
}

} // namespace vigil::client
