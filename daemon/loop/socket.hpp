#pragma once
// ZeroMQ sockets as vigild binds them: every limit set, nothing lingers, peers authenticated where keys are configured.

#include "loop/settings.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <zmq.hpp>

namespace vigil::loop {

struct CannotBind : std::runtime_error {
    using std::runtime_error::runtime_error;
};
// Throws CannotBind with the endpoint and the reason.
zmq::socket_t bind(zmq::context_t& context, zmq::socket_type type, std::string const& endpoint,
                   std::optional<Curve> const& curve);
// A port of 0 in the configuration: what was bound in the end.
std::string bound_endpoint(zmq::socket_t& socket);

// The frames before the last one are the way back to the peer; the last one is what it says. Empty when nothing waits
// or the message has more than three frames (it is dropped).
struct Received {
    std::vector<zmq::message_t> route;
    zmq::message_t body;
};
bool receive(zmq::socket_t& socket, Received& out);
// False when the peer is gone or does not take it.
bool reply(zmq::socket_t& socket, std::vector<std::string> const& route, std::string_view body);
std::vector<std::string> route_of(Received const& received);

} // namespace vigil::loop
