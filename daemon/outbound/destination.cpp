#include "outbound/destination.hpp"

#include <fmt/format.h>

namespace vigil::outbound {

namespace {
constexpr std::int64_t idle_ms = 500;               // new deliveries wake the sender earlier
constexpr std::int64_t remind_every_ms = 3'600'000; // that nobody is there
} // namespace

Destination::Destination(std::string name, Patience patience, Outbox& outbox, Courier& courier, Clock clock, Say say)
    : name_(std::move(name)),
      patience_(patience),
      outbox_(outbox),
      courier_(courier),
      clock_(std::move(clock)),
      say_(std::move(say)),
      backoff_(patience.first_pause_ms, patience.longest_pause_ms, name_) {}

Counts Destination::counts() const {
    const std::scoped_lock lock(counts_mutex_);
    return counts_;
}

std::int64_t Destination::turn() {
    const auto now = clock_();
    if (now < pause_until_ms_) return pause_until_ms_;
    if (patience_.repeat_every_ms > 0) outbox_.repeat(name_, patience_.repeat_every_ms, now);
    auto delivery = outbox_.next(name_, now);
    if (!delivery) return now + idle_ms;
    if (now - delivery->queued_ms > patience_.give_up_after_ms) {
        give_up(*delivery, fmt::format("not delivered within {} s", patience_.give_up_after_ms / 1'000));
        return now;
    }
    if (delivery->simulated && test_mutant == "delivered_before_answer") outbox_.delivered(delivery->id, now);
    if (delivery->simulated && test_mutant == "new_id_each_try")
        delivery->repeat = static_cast<std::uint32_t>(delivery->tries);
    return after(*delivery, courier_.deliver(*delivery));
}

std::int64_t Destination::after(Delivery const& delivery, Answer const& answer) {
    switch (answer.verdict) {
    case Verdict::delivered: {
        outbox_.delivered(delivery.id, clock_());
        back();
        const std::scoped_lock lock(counts_mutex_);
        ++counts_.delivered;
        return clock_();
    }
    case Verdict::rejected:
        failures_ = 0;
        give_up(delivery, answer.reason);
        return clock_();
    case Verdict::refused:
        failures_ = 0;
        if (delivery.refusals + 1 < patience_.refusals) return try_later(delivery, answer, false);
        give_up(delivery, fmt::format("refused {} times: {}", delivery.refusals + 1, answer.reason));
        return clock_();
    case Verdict::later: return try_later(delivery, answer, answer.retry_after_ms.has_value());
    case Verdict::unanswered: return try_later(delivery, answer, true);
    case Verdict::unreachable:
        failed(answer.reason);
        pause_until_ms_ = clock_() + backoff_.after(++failures_);
        return pause_until_ms_;
    case Verdict::interrupted: return clock_();
    }
    return clock_();
}

// A message that alone is not taken waits alone; its alert's later revisions wait for it, other alerts do not.
std::int64_t Destination::try_later(Delivery const& delivery, Answer const& answer, bool whole_destination) {
    failed(answer.reason);
    const auto now = clock_();
    const auto asked = answer.retry_after_ms ? std::min(*answer.retry_after_ms, patience_.retry_after_at_most_ms) : 0;
    outbox_.tried(delivery.id, answer.reason, answer.verdict == Verdict::refused,
                  now + std::max(asked, backoff_.after(delivery.tries + 1)));
    {
        const std::scoped_lock lock(counts_mutex_);
        ++counts_.retried;
    }
    if (!whole_destination) return now;
    pause_until_ms_ = now + std::max(asked, backoff_.after(++failures_));
    return pause_until_ms_;
}

void Destination::give_up(Delivery const& delivery, std::string const& reason) {
    outbox_.gave_up(delivery.id, reason, clock_());
    say_(Loudness::error, fmt::format("{}: {} ({}) given up, the receiver does not have it: {}", name_,
                                      key_of(delivery), name_of(delivery.phase), reason));
    failed(reason); // one that refuses everything is down, though it answers
    const std::scoped_lock lock(counts_mutex_);
    ++counts_.given_up;
}

void Destination::back() {
    failures_ = 0;
    if (said_down_ms_)
        say_(Loudness::notice,
             fmt::format("{}: takes alerts again after {} s", name_, (clock_() - *failing_since_ms_) / 1'000));
    failing_since_ms_.reset();
    said_down_ms_.reset();
    const std::scoped_lock lock(counts_mutex_);
    counts_.down = false;
}

void Destination::failed(std::string const& reason) {
    const auto now = clock_();
    if (!failing_since_ms_) {
        failing_since_ms_ = now;
        say_(Loudness::warning, fmt::format("{}: does not take alerts: {}", name_, reason));
    }
    if (now - *failing_since_ms_ < patience_.down_after_ms) return;
    if (said_down_ms_ && now - *said_down_ms_ < remind_every_ms) return;
    said_down_ms_ = now;
    say_(Loudness::error, fmt::format("{}: down for {} s, {} messages wait: {}", name_,
                                      (now - *failing_since_ms_) / 1'000, outbox_.depth(name_).waiting, reason));
    const std::scoped_lock lock(counts_mutex_);
    counts_.down = true;
}

} // namespace vigil::outbound
