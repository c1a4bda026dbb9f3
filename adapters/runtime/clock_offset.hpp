#pragma once
// How far a device's clock is behind the adapter's (adapter minus device), as a running minimum: the message that
// travelled fastest is the one that says most (devices.md 2.2). Messages that waited somewhere only ever look later,
// never earlier.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace vigil::adapters {

class ClockOffset {
public:
    // Both in milliseconds since the epoch; `steady_ms` is when it was received.
    void add(std::int64_t received_ms, std::int64_t device_ms, std::int64_t steady_ms);
    // Nothing until a window has had enough messages over enough time: a backlog that drains must not pass for an
    // offset.
    // A clock that is ten years off is broken: no offset makes its times true.
    std::optional<std::int64_t> estimate() const {
        const bool sane = estimate_ && *estimate_<broken_ms&& * estimate_> - broken_ms;
        return sane ? estimate_ : std::nullopt;
    }

    static constexpr std::int64_t window_ms = 60'000;
    static constexpr std::size_t enough = 5;
    static constexpr std::int64_t broken_ms = 3652LL * 86'400'000;

private:
    std::optional<std::int64_t> estimate_;
    std::optional<std::int64_t> lowest_;
    std::int64_t opened_ms_ = 0;
    std::size_t count_ = 0;
};

} // namespace vigil::adapters
