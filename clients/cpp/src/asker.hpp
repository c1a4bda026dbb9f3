#pragma once
// Questions to vigild's query socket, one at a time.

#include "vigil/v1/query.pb.h"

#include <cstdint>
#include <functional>
#include <optional>

#include <zmq.hpp>

namespace vigil::client {

/// A question that is not answered in time fails, and the socket is made anew, so that a late answer is never taken for
/// another one's.
class Asker {
public:
    explicit Asker(std::function<zmq::socket_t()> make_socket)
        : make_socket_(std::move(make_socket)),
          socket_(make_socket_()) {}

    [[nodiscard]] bool busy() const { return until_ms_.has_value(); }
    zmq::socket_t& socket() { return socket_; }
    void ask(v1::QueryRequest const& request, std::int64_t now_ms);
    /// Once for a question whose time is over.
    bool failed(std::int64_t now_ms);
    std::optional<v1::QueryReply> answer();

private:
    std::function<zmq::socket_t()> make_socket_;
    zmq::socket_t socket_;
    std::optional<std::int64_t> until_ms_;
};

} // namespace vigil::client
