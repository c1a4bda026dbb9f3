#pragma once
// How far a device's clock is behind the adapter's (adapter minus device): in each window the message that travelled
// fastest says most (devices.md 2.2). Messages that waited somewhere only ever look later, never earlier, so a backlog
// that drains looks like a clock that is behind: an offset is believed when two windows in a row agree on it, and one
// of more than minutes is told but never applied, since a queue of constant length says the same (nothing silently
// becomes now).

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace vigil::adapters {

class ClockOffset {
public:
    // Both in milliseconds since the epoch; `steady_ms` is when it was received.
    void add(std::int64_t received_ms, std::int64_t device_ms, std::int64_t steady_ms);
    // What was measured, to be told. A clock that is ten years off is broken: no offset makes its times true.
    std::optional<std::int64_t> estimate() const {
        const bool sane = estimate_ && *estimate_<broken_ms&& * estimate_> - broken_ms;
        return sane ? estimate_ : std::nullopt;
    }
    // What times may be corrected by.
    std::optional<std::int64_t> applied() const {
        const auto measured = estimate();
        return measured && *measured <= most_behind_ms ? measured : std::nullopt;
    }

    static constexpr std::int64_t window_ms = 60'000;
    static constexpr std::size_t enough = 5;
    static constexpr std::int64_t agree_ms = 5'000; // two windows say the same; a step is more (devices.md 2.2)
    static constexpr std::int64_t most_behind_ms = 300'000;
    static constexpr std::int64_t broken_ms = 3652LL * 86'400'000;

private:
    std::optional<std::int64_t> estimate_;
    std::optional<std::int64_t> lowest_;   // of the window that is open
    std::optional<std::int64_t> previous_; // of the one before
    std::int64_t opened_ms_ = 0;
    std::size_t count_ = 0;
};

} // namespace vigil::adapters
