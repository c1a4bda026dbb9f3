#pragma once
// Whether what arrives is the present: a full pipe or a slow network delivers the past without a gap.

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

namespace vigil::client {

/// How much later than at best a message of vigild arrives. No clock of two machines is compared: only changes of the
/// difference count. A driven clock (simulation, replay) says nothing of lag.
class Lag {
public:
    void clock(bool driven) {
        if (driven_ != driven) begin();
        driven_ = driven;
    }
    void begin() {
        best_.clear();
        now_ms_ = 0;
    }
    void heartbeat(std::int64_t log_time_ms, std::int64_t now_ms) {
        if (driven_ != false) return;
        const auto difference = now_ms - log_time_ms;
        while (!best_.empty() && best_.back().second >= difference) best_.pop_back();
        best_.emplace_back(now_ms, difference);
        while (now_ms - best_.front().first > window_ms) best_.pop_front();
        now_ms_ = difference - best_.front().second;
    }
    [[nodiscard]] std::int64_t now_ms() const { return now_ms_; }

private:
    static constexpr std::int64_t window_ms = 600'000; // two clocks drift apart by some 50 ppm: 30 ms in this time

    std::deque<std::pair<std::int64_t, std::int64_t>> best_; // arrival and difference, both ascending
    std::optional<bool> driven_;
    std::int64_t now_ms_ = 0;
};

} // namespace vigil::client
