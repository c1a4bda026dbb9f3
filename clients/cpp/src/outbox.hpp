#pragma once
// What waits for the user: bounded in number and in age, so that a slow user holds up nobody and never reads the past
// unaware.

#include "vigil/client.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>

namespace vigil::client {

class Outbox {
public:
    Outbox(std::size_t places, std::int64_t max_age_ms, std::function<void()> user_came)
        : places_(places),
          max_age_ms_(max_age_ms),
          user_came_(std::move(user_came)) {}

    // ---- the reader
    /// False: there was no room, or what waits is too old. Everything that waited is dropped until `restart`.
    bool put(Event event, std::int64_t now_ms);
    /// What waits has become too old, and was dropped.
    bool expired(std::int64_t now_ms);
    [[nodiscard]] std::size_t room() const;
    /// Of the last state that the user took or will take.
    [[nodiscard]] std::optional<std::uint64_t> epoch() const;
    /// What follows is the new state; the dropped messages, by stream.
    Counts restart();
    void close(std::exception_ptr error);

    // ---- the user
    /// Throws what closed it once nothing waits any more.
    std::optional<Event> take(std::chrono::milliseconds patience);

private:
    struct Waiting {
        std::int64_t since_ms;
        Event event;
    };

    bool ready();
    [[nodiscard]] bool lost_untold() const { return overflowed_ && lost_ && !told_lost_; }
    [[nodiscard]] bool too_old(std::int64_t now_ms) const {
        return !waiting_.empty() && now_ms - waiting_.front().since_ms > max_age_ms_;
    }
    void overflow();
    void drop(Event const& event);

    const std::size_t places_;
    const std::int64_t max_age_ms_;
    const std::function<void()> user_came_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Waiting> waiting_;
    bool overflowed_ = false;
    bool asked_ = false; // for what follows, since it overflowed
    Counts dropped_;
    bool told_lost_ = false; // to the user, who took it
    std::optional<Lost> lost_;
    std::optional<std::uint64_t> epoch_taken_, epoch_;
    std::exception_ptr closed_;
};

} // namespace vigil::client
