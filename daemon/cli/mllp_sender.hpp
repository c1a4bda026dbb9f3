#pragma once
// One connection, one message in flight: the next leaves when the last was answered. Every wait is bounded.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace vigil::cli {

struct MllpTarget {
    std::string host, port;
};
// mllp://HOST[:PORT], IPv6 in brackets; 2575 is the registered port.
std::optional<MllpTarget> parse_mllp(std::string_view url);

// MSA-1 and MSA-2 of a reply.
struct MllpReply {
    std::string code, control_id;
};
std::optional<MllpReply> parse_mllp_reply(std::string_view message);

struct MllpCounts {
    std::uint64_t sent = 0; // frames written, repeats included
    std::uint64_t aa = 0, ca = 0;
    std::uint64_t ae = 0; // AE and CE: the receiver could not; each is tried again
    std::uint64_t ar = 0; // AR and CR: the receiver would not; never tried again
    std::uint64_t repeated = 0, reconnects = 0;
};

class MllpSender {
public:
    enum class Outcome { accepted, refused, gave_up, interrupted };

    // `patience`: how long nobody may answer one message before giving up; `tries`: how often an AE is tried.
    MllpSender(MllpTarget target, std::chrono::milliseconds patience, int tries);
    ~MllpSender();
    MllpSender(MllpSender const&) = delete;
    MllpSender& operator=(MllpSender const&) = delete;

    Outcome deliver(std::string_view message, std::string_view control_id);
    MllpCounts const& counts() const { return counts_; }

private:
    using Clock = std::chrono::steady_clock;
    struct Wire;
    bool connect(Clock::time_point until);
    bool write(std::string_view bytes, Clock::time_point until);
    std::optional<MllpReply> read(std::string_view control_id, Clock::time_point until);
    void close();

    MllpTarget target_;
    std::chrono::milliseconds patience_;
    int tries_;
    MllpCounts counts_;
    std::unique_ptr<Wire> wire_;
    bool was_connected_ = false;
};

// Sleeps, but not through SIGINT or SIGTERM; false when one came. The first call takes the signals over.
bool sleep_unless_interrupted(std::chrono::milliseconds length);

} // namespace vigil::cli
