#pragma once
// Follows the feed and fills the outbox. The feed says that there is something new; what is taken comes from the
// journal, from the cursor on: one way for what happens now and for what was missed, in one order. Only what vigild
// could not record is taken from the feed itself.

#include "outbound/outbox.hpp"
#include "outbound/say.hpp"

#include "vigil/replay.hpp"

namespace vigil::outbound {

struct FeedSays {
    bool live = false;
    std::uint64_t taken = 0; // revisions
};

class Follower {
public:
    using Clock = std::function<std::int64_t()>;

    Follower(client::Client& feed, client::Replay& journal, Outbox& outbox, Clock clock, Say say);
    // Waits for news at most so long. Whether something was queued.
    bool turn(std::chrono::milliseconds patience);
    [[nodiscard]] FeedSays const& says() const { return says_; }

private:
    bool heard(client::Event const& event);
    bool resynchronised(client::Resynchronised const& all);
    bool catch_up();

    client::Client& feed_;
    client::Replay& journal_;
    Outbox& outbox_;
    Clock clock_;
    Say say_;
    FeedSays says_;
    std::optional<std::uint64_t> cursor_; // after the first state
    std::uint64_t wanted_ = 0;            // the journal has so much
    std::int64_t ask_after_ms_ = 0;
};

} // namespace vigil::outbound
