#pragma once
// Commands change things: each is one event, journaled and answered; a repeated id gets the answer it had.

#include "loop/clock.hpp"
#include "loop/recorder.hpp"
#include "loop/socket.hpp"

#include <deque>
#include <string>
#include <unordered_map>

namespace vigil::v1 {
class CommandRequest;
}

namespace vigil::loop {

class Commands {
public:
    Commands(zmq::context_t& context, Settings const& settings, Recorder& recorder, LogClock& clock);

    void take();
    void answer(CommandAnswer const& answer, bool durable);
    zmq::socket_t& socket() { return socket_; }

private:
    void take(std::vector<std::string> route, v1::CommandRequest const& request);
    void remember(std::string const& id, std::string reply);

    Recorder& recorder_;
    LogClock& clock_;
    zmq::socket_t socket_;
    Received received_;
    // Encoded replies by id; empty while the first is still on its way.
    std::unordered_map<std::string, std::string> answered_;
    std::deque<std::string> order_;
};

} // namespace vigil::loop
