#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include <zmq.hpp>

namespace vigil::gateway {

/// Asks one ROUTER one question at a time. A question that is not answered in time fails and the socket is made anew,
/// so that a late answer cannot be taken for the next question's. Not thread-safe.
class Asker {
public:
    using Done = std::function<void(const std::optional<std::string>& reply)>;

    Asker(zmq::context_t& context, std::string endpoint, std::int64_t timeout_ms)
        : context_(context),
          endpoint_(std::move(endpoint)),
          timeout_ms_(timeout_ms) {}

    [[nodiscard]] bool configured() const { return !endpoint_.empty(); }
    [[nodiscard]] std::size_t waiting() const { return queue_.size() + (asked_ ? 1 : 0); }
    void ask(std::string request, Done done, bool first = false);
    void progress(std::int64_t now_ms); ///< sends the next question, takes answers, lets late ones fail
    [[nodiscard]] zmq::socket_ref socket() { return socket_ ? zmq::socket_ref(*socket_) : zmq::socket_ref(); }

private:
    struct Question {
        std::string request;
        Done done;
    };

    void connect();
    void take_answer();

    zmq::context_t& context_;
    std::string endpoint_;
    std::int64_t timeout_ms_;
    std::optional<zmq::socket_t> socket_;
    std::deque<Question> queue_;
    std::optional<Question> asked_;
    std::int64_t deadline_ms_ = 0;
};

} // namespace vigil::gateway
