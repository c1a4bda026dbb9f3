// Who may connect when keys are configured. Real sockets on loopback: the handshake is the library's, the decision is
// ours.

#include "loop/socket.hpp"
#include "loop/zap.hpp"

#include <catch2/catch.hpp>

using namespace vigil;

namespace {

struct Keys {
    char pub[41]{}, secret[41]{};
    Keys() { REQUIRE(zmq_curve_keypair(pub, secret) == 0); }
};

// Whether a client with these keys gets an answer.
bool admitted(zmq::context_t& context, zmq::socket_t& server, Keys const& server_keys, Keys const& client_keys,
              int patience_ms) {
    zmq::socket_t client{context, zmq::socket_type::dealer};
    client.set(zmq::sockopt::linger, 0);
    client.set(zmq::sockopt::curve_serverkey, server_keys.pub);
    client.set(zmq::sockopt::curve_publickey, client_keys.pub);
    client.set(zmq::sockopt::curve_secretkey, client_keys.secret);
    client.connect(loop::bound_endpoint(server));
    client.send(zmq::str_buffer("hello"));
    zmq::pollitem_t item{server.handle(), 0, ZMQ_POLLIN, 0};
    if (zmq::poll(&item, 1, std::chrono::milliseconds{patience_ms}) == 0) return false;
    loop::Received received;
    return loop::receive(server, received) && received.body.to_string_view() == "hello";
}

} // namespace

TEST_CASE("listed keys are admitted, others are not, and without a doorkeeper nobody is") {
    zmq::context_t context{1};
    const Keys server_keys, friendly, stranger;
    loop::Curve curve;
    curve.secret_key = server_keys.secret;
    curve.allowed = {friendly.pub};
    {
        loop::Doorkeeper door{context, curve.allowed};
        auto server = loop::bind(context, zmq::socket_type::router, "tcp://127.0.0.1:*", curve);
        CHECK(admitted(context, server, server_keys, friendly, 5'000));
        CHECK_FALSE(admitted(context, server, server_keys, stranger, 300));
        door.allow({std::string{stranger.pub}});
        CHECK(admitted(context, server, server_keys, stranger, 5'000));
    }
    auto server = loop::bind(context, zmq::socket_type::router, "tcp://127.0.0.1:*", curve);
    CHECK_FALSE(admitted(context, server, server_keys, friendly, 300));
}

TEST_CASE("an endpoint that cannot be bound says which") {
    zmq::context_t context{1};
    CHECK_THROWS_WITH(loop::bind(context, zmq::socket_type::router, "ipc:///nonexistent/folder/x", {}),
                      Catch::Contains("/nonexistent/folder/x"));
}
