#pragma once
// The deliveries of one destination, one after the other: what each answer means, when to try again, when to give up,
// when to say aloud that nobody is there. No clock and no thread of its own.

#include "outbound/backoff.hpp"
#include "outbound/outbox.hpp"
#include "outbound/say.hpp"

namespace vigil::outbound {

struct Patience {
    std::int64_t first_pause_ms = 1'000, longest_pause_ms = 30'000; // between tries
    std::int64_t refusals = 5;                      // so often one message is refused before it is given up
    std::int64_t give_up_after_ms = 72 * 3'600'000; // since it was queued
    std::int64_t down_after_ms = 120'000;           // nothing delivered for so long is said aloud
    std::int64_t retry_after_at_most_ms = 300'000;  // a receiver may ask for no more time than this
    std::int64_t repeat_every_ms = 0;               // 0: alerts that stand unchanged are not repeated
};

struct Counts {
    std::uint64_t delivered = 0, retried = 0, given_up = 0;
    bool down = false;
};

class Destination {
public:
    using Clock = std::function<std::int64_t()>; // milliseconds since 1970

    Destination(std::string name, Patience patience, Outbox& outbox, Courier& courier, Clock clock, Say say);

    // Tries one delivery if one is due. The instant at which to come back at the latest; now when more may be due.
    std::int64_t turn();
    [[nodiscard]] Counts counts() const;
    [[nodiscard]] std::string const& name() const { return name_; }

    // A deliberately broken sender that the tests must catch: "delivered_before_answer", "new_id_each_try". Simulated
    // alerts only.
    std::string test_mutant{};

private:
    std::int64_t after(Delivery const& delivery, Answer const& answer);
    std::int64_t try_later(Delivery const& delivery, Answer const& answer, bool whole_destination);
    void give_up(Delivery const& delivery, std::string const& reason);
    void back();
    void failed(std::string const& reason);

    std::string name_;
    Patience patience_;
    Outbox& outbox_;
    Courier& courier_;
    Clock clock_;
    Say say_;
    Backoff backoff_;
    std::int64_t failures_ = 0; // of the destination, in a row
    std::int64_t pause_until_ms_ = 0;
    std::optional<std::int64_t> failing_since_ms_, said_down_ms_;
    mutable std::mutex counts_mutex_;
    Counts counts_;
};

} // namespace vigil::outbound
