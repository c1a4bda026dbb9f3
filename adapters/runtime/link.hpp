#pragma once
// Flow control between an adapter and vigild (design.md 2): at most `credit` frames unanswered, a lost answer cured by
// a resend, everything unanswered resent to a daemon that restarted. No socket and no clock: both are handed in.

#include "adapters/runtime/instant.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace vigil::v1 {
class ObservationBatch;
class IngestReply;
} // namespace vigil::v1

namespace vigil::adapters {

enum class Verdict : std::uint8_t {
    committed, // durable: the device may be told so
    taken,     // shown but not stored; the frame is kept here and resent
    refused,   // never to be resent
    late,      // no answer in time; the frame is kept and its answer no longer awaited
};

class Link {
public:
    struct Settings {
        std::string source, kind, version;
        bool simulated = false;
        std::uint64_t epoch = 0;
        std::int64_t answer_within_ms = 20'000;
        std::size_t kept_frames = 4096; // not yet durable ones
        std::size_t kept_bytes = 64u << 20;
    };
    using Send = std::function<bool(std::string_view bytes)>; // false: not now
    using Done = std::function<void(Verdict verdict, std::string_view reason)>;

    Link(Settings settings, Send send);

    // Fills source, epoch and sequence of the batch and sends it when there is credit. `done` is called once.
    void submit(v1::ObservationBatch& batch, Done done, Instant now);
    void receive(std::string_view reply, Instant now);
    void tick(Instant now); // several times a second
    void goodbye();

    // Whether the devices should be read from: answered by vigild and with credit left, or because nobody will take
    // what they say.
    bool wants_more() const { return away_ || (connected_ && waiting_ + in_flight_ < credit_); }
    // vigild has not answered for so long that a device must hear it: what it sends now is not taken.
    bool away() const { return away_; }
    bool connected() const { return connected_; }
    std::size_t unacknowledged() const { return frames_.size(); }
    std::uint64_t given_up() const { return given_up_; } // kept frames that found no more room

private:
    struct Frame {
        enum class State : std::uint8_t { waiting, sent, taken };
        std::string bytes;
        Done done;
        State state = State::waiting;
        std::int64_t submitted_ms = 0;
        std::int64_t sent_ms = 0;
    };

    void hello(Instant now);
    void take_hello(v1::IngestReply const& reply, Instant now);
    void take_epoch(std::uint64_t daemon_epoch);
    void take_refused_hello(std::string const& reason, Instant now);
    void take_answer(v1::IngestReply const& reply);
    void send_waiting(Instant now);
    void set_state(Frame& frame, Frame::State state);
    void forget(std::map<std::uint64_t, Frame>::iterator at);
    void resend_overdue(Instant now);
    void bound_kept();
    void notice_absence(Instant now);

    Settings settings_;
    Send send_;
    std::map<std::uint64_t, Frame> frames_; // by sequence, oldest first
    std::uint64_t next_ = 1;
    std::size_t waiting_ = 0, in_flight_ = 0, taken_ = 0, taken_bytes_ = 0;
    std::size_t credit_ = 16;
    std::uint64_t daemon_epoch_ = 0;
    bool connected_ = false;
    bool away_ = false;
    std::optional<std::int64_t>
        accepted_ms_; // when vigild last spoke to us as one of its adapters, else our first tick
    std::int64_t last_reply_ms_ = 0;
    std::int64_t last_hello_ms_ = -1'000'000;
    std::uint64_t given_up_ = 0;
    std::int64_t next_complaint_ms_ = 0;
};

} // namespace vigil::adapters
