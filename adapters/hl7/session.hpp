#pragma once
// One MLLP connection: frames in, messages to vigild, replies out in the order of the messages.

#include "adapters/hl7/acknowledge.hpp"
#include "adapters/hl7/decode.hpp"
#include "adapters/hl7/mllp.hpp"
#include "adapters/runtime/host.hpp"

#include <deque>
#include <memory>
#include <string>
#include <string_view>

namespace vigil::hl7 {

// What the connections of one adapter share.
struct Shared {
    adapters::Host& host;
    Decoder& decoder;
    std::size_t max_frame = 0;
    std::int64_t frame_ms = 0;
    bool message_clock = false; // the message's own time is the only clock
    std::uint64_t replies = 0;  // numbers our control ids
    std::int64_t quiet_until_ms = 0;
    unsigned complaints = 0;
};

class Session : public adapters::Session, public std::enable_shared_from_this<Session> {
public:
    Session(Shared& shared, adapters::Peer& peer);

    void on_bytes(std::string_view bytes, adapters::Instant now) override;
    void on_tick(adapters::Instant now) override;
    void on_end(adapters::Instant now) override;
    bool wants_more() const override;
    bool answers_owed() const override { return !owed_.empty(); }
    bool productive() const override { return framer_.frames() > 0; }
    std::size_t buffered() const override { return framer_.buffered(); }

private:
    struct Owed {           // the reply to one message
        std::string header; // its MSH segment
        std::size_t parts = 0;
        adapters::Verdict worst = adapters::Verdict::committed;
        std::string reason;
        std::string reply;
        bool ready = false;
    };

    void on_frame(Frame const& frame);
    void on_broken(Frame const& frame);
    void on_message(std::string_view text);
    void submit(std::string_view text, Decoded const& decoded);
    void on_verdict(Owed& owed, adapters::Verdict verdict, std::string_view reason);
    void answer(Owed& owed, Header const& header, Answer const& answer);
    void flush();
    void count_refusal(Fault fault, std::size_t length);
    void watch_frame(bool progressed);

    static constexpr std::size_t most_owed = 16;
    static constexpr unsigned most_faults = 16; // in a row, then the connection is closed
    static constexpr std::int64_t lone_fs_ms = 100;

    Shared& shared_;
    adapters::Peer& peer_;
    Framer framer_;
    std::deque<std::shared_ptr<Owed>> owed_;
    adapters::Instant now_;
    std::int64_t frame_since_ms_ = 0;
    std::int64_t fs_since_ms_ = 0;
    std::uint64_t skipped_told_ = 0;
    unsigned faults_in_a_row_ = 0;
    std::uint64_t ended_frames_ = 0;
};

} // namespace vigil::hl7
