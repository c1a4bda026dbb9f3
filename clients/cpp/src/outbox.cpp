#include "outbox.hpp"

#include "prefix.hpp"

namespace vigil::client {

bool Outbox::put(Event event, std::int64_t now_ms) {
    const std::scoped_lock lock(mutex_);
    const bool is_back = std::holds_alternative<Back>(event);
    auto const* is_lost = std::get_if<Lost>(&event);
    if (is_lost != nullptr) lost_ = *is_lost;
    if (is_back) lost_.reset();
    changed_.notify_one();
    if (overflowed_) {
        if (is_back || is_lost != nullptr) return true;
        drop(event);
        return false;
    }
    auto const* state = std::get_if<Resynchronised>(&event);
    if (state != nullptr) epoch_ = state->epoch;
    const bool back_too = state != nullptr && waiting_.empty() && told_lost_ && !lost_;
    waiting_.push_back({now_ms, std::move(event)});
    if (back_too) waiting_.push_back({now_ms, Back{}}); // the one that was said meanwhile was dropped
    if (waiting_.size() <= places_ && !too_old(now_ms)) return true;
    overflow();
    return false;
}

bool Outbox::expired(std::int64_t now_ms) {
    const std::scoped_lock lock(mutex_);
    if (overflowed_ || !too_old(now_ms)) return false;
    overflow();
    return true;
}

std::size_t Outbox::room() const {
    const std::scoped_lock lock(mutex_);
    return waiting_.size() < places_ ? places_ - waiting_.size() : 0;
}

std::optional<std::uint64_t> Outbox::epoch() const {
    const std::scoped_lock lock(mutex_);
    return epoch_;
}

Counts Outbox::restart() {
    const std::scoped_lock lock(mutex_);
    overflowed_ = false;
    return std::exchange(dropped_, {});
}

void Outbox::close(std::exception_ptr error) {
    const std::scoped_lock lock(mutex_);
    if (!closed_) closed_ = std::move(error);
    changed_.notify_all();
}

std::optional<Event> Outbox::take(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience, [this] { return ready(); })) return std::nullopt;
    if (waiting_.empty()) {
        if (!lost_untold()) std::rethrow_exception(closed_);
        told_lost_ = true;
        return *lost_;
    }
    auto event = std::move(waiting_.front().event);
    waiting_.pop_front();
    if (std::holds_alternative<Lost>(event)) told_lost_ = true;
    if (std::holds_alternative<Back>(event)) told_lost_ = false;
    if (auto const* state = std::get_if<Resynchronised>(&event)) epoch_taken_ = state->epoch;
    return event;
}

bool Outbox::ready() {
    if (overflowed_ && !asked_) {
        asked_ = true; // also of a user who waits here already, and was not woken in time
        user_came_();
    }
    return !waiting_.empty() || lost_untold() || closed_ != nullptr;
}

void Outbox::overflow() {
    overflowed_ = true;
    asked_ = false;
    epoch_ = epoch_taken_;
    for (auto const& one : waiting_) drop(one.event);
    waiting_.clear();
}

void Outbox::drop(Event const& event) {
    if (auto const* update = std::get_if<Update>(&event)) {
        ++dropped_[topic_of(update->topic).value().stream]; // only such are put in
    } else if (auto const* state = std::get_if<Resynchronised>(&event)) {
        for (auto const& [stream, n] : state->lost) dropped_[stream] += n;
    }
}

} // namespace vigil::client
