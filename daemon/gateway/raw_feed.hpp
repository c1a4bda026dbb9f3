#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace vigil::v1 {
class Envelope;
} // namespace vigil::v1

namespace vigil::gateway {

/// The newest messages of the feed as they came, numbered as they came, for who has to see what an adapter brings. A
/// bounded piece of memory that costs nobody anything when nobody looks. Filled by the feed thread, read by the HTTP
/// thread.
class RawFeed {
public:
    static constexpr std::size_t messages_max = 4'096;
    static constexpr std::size_t bytes_max = 4U << 20;
    static constexpr std::size_t answer_messages_max = 500;
    static constexpr std::size_t answer_bytes_max = 256U << 10; ///< of messages; as JSON they are several times that
    static constexpr std::uint64_t first_look = 200;

    /// `first`: a number that no earlier run has reached.
    explicit RawFeed(std::uint64_t first = now_us())
        : first_{first},
          newest_{first} {}

    void take(const std::string& topic, const vigil::v1::Envelope& envelope);

    /// vigil.page.v1.RawMessages: those after that number whose topic begins with `prefix`, oldest first. Without a
    /// number the newest few; with one of an earlier run of this gateway these, and word that it began anew.
    [[nodiscard]] std::string json(std::optional<std::uint64_t> after, std::string_view prefix) const;

private:
    /// Since 1970. A gateway that is restarted is behind no number it ever gave: it takes less than a million a second.
    static std::uint64_t now_us() {
        using namespace std::chrono;
        return static_cast<std::uint64_t>(duration_cast<microseconds>(system_clock::now().time_since_epoch()).count());
    }
    struct Kept {
        std::string topic;
        std::string envelope;
    };
    mutable std::mutex mutex_;
    std::deque<std::shared_ptr<const Kept>> kept_;
    std::uint64_t first_;  ///< the number before the first of this run
    std::uint64_t newest_; ///< its number; the oldest is newest_ - kept_.size() + 1
    std::size_t bytes_ = 0;
};

} // namespace vigil::gateway
