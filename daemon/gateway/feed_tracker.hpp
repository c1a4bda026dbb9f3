#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

namespace vigil::gateway {

/// Whether what was heard is everything that was said. Pure: the caller brings the messages and a monotonic time.
///
/// Counts are dense per (class, unit, bed) within an epoch of vigild, so a jump is a loss; the digest of counts shows a
/// lost last message. A digest may run ahead of messages still on their way, so it is given `grace_ms` before it counts
/// as a loss. A snapshot says how much every stream had said: what comes after it is counted from there.
class FeedTracker {
public:
    static constexpr std::int64_t lost_after_ms = 2500;
    static constexpr std::int64_t grace_ms = 1500;

    enum class Take {
        apply,     ///< news
        contained, ///< already in the snapshot; of use to the history only
        duplicate, ///< heard before
        foreign,   ///< of another epoch; a new snapshot will bring it
    };
    enum class Trouble { none, gap, new_epoch };

    using Stream = std::tuple<std::string, std::string, std::string>; ///< class, unit, bed
    using Counts = std::map<Stream, std::uint64_t>;

    /// `counts`: how much each stream had said; one that is not named had said nothing.
    void snapshot_taken(std::uint64_t epoch, std::uint64_t last_seq, Counts counts);

    Take message(const std::string& cls, const std::string& unit, const std::string& bed, std::uint64_t epoch,
                 std::uint64_t seq, std::uint64_t count);
    void digest_heard(std::uint64_t epoch, std::int64_t now_ms);
    void digest_count(const std::string& cls, const std::string& unit, const std::string& bed, std::uint64_t count,
                      std::int64_t now_ms);

    /// What makes a new snapshot necessary; stays until snapshot_taken.
    [[nodiscard]] Trouble trouble(std::int64_t now_ms);
    [[nodiscard]] bool lost(std::int64_t now_ms) const;
    /// Nothing is outstanding: what was heard up to now is complete.
    [[nodiscard]] bool complete() const { return synced_ && trouble_ == Trouble::none && awaited_.empty(); }
    [[nodiscard]] bool synced() const { return synced_; }
    [[nodiscard]] std::uint64_t epoch() const { return epoch_; }

private:
    struct Awaited {
        std::uint64_t count;
        std::int64_t until_ms;
    };

    std::uint64_t epoch_ = 0;
    std::uint64_t former_epoch_ = 0;
    std::uint64_t snapshot_seq_ = 0;
    bool synced_ = false;
    bool heard_digest_ = false;
    std::int64_t digest_ms_ = 0;
    Trouble trouble_ = Trouble::none;
    Counts contained_; ///< in the snapshot
    Counts counts_;    ///< heard
    std::map<Stream, Awaited> awaited_;
};

} // namespace vigil::gateway
