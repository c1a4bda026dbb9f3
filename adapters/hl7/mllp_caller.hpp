#pragma once
// The side that sends: one connection, one message in flight, and every wait bounded. How often and how long somebody
// who does not answer is tried is the caller's own decision.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace vigil::hl7 {

struct MllpTarget {
    std::string host, port;
};
// mllp://HOST[:PORT], IPv6 in brackets; 2575 is the registered port.
std::optional<MllpTarget> parse_mllp(std::string_view url);

// MSA-1 to MSA-3 of a reply, and what its first ERR segment says.
struct MllpReply {
    std::string code, control_id;
    std::string text; // MSA-3, else ERR-8, else ERR-3; may be empty
};
std::optional<MllpReply> parse_mllp_reply(std::string_view message);

class MllpCaller {
public:
    using Clock = std::chrono::steady_clock;

    // Waits end early when `stop` says so, within 200 ms.
    MllpCaller(MllpTarget target, std::function<bool()> stop);
    ~MllpCaller();
    MllpCaller(MllpCaller const&) = delete;
    MllpCaller& operator=(MllpCaller const&) = delete;

    // Whether there is a connection now; makes one when there is none. Each address gets 3 s at most.
    bool connect(Clock::time_point until);
    // False: not everything was taken, and the connection is closed.
    bool write(std::string_view framed_message, Clock::time_point until);
    // The answer to that message; answers to others are skipped. Empty: none came, and the connection is closed, so
    // that whatever comes late is never taken for the next answer.
    std::optional<MllpReply> read(std::string_view control_id, Clock::time_point until);
    void close();
    std::uint64_t reconnects() const { return reconnects_; }

private:
    struct Wire;
    bool ready(short events, Clock::time_point until) const;
    bool open(int fd, void const* address, Clock::time_point until);

    MllpTarget target_;
    std::function<bool()> stop_;
    std::unique_ptr<Wire> wire_;
    bool was_connected_ = false;
    std::uint64_t reconnects_ = 0;
};

} // namespace vigil::hl7
