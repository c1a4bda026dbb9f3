#pragma once
// Whether what was heard of the feed is everything that was said (design 4.4). Pure: the caller brings messages and a
// clock. Counts are dense per (class, place) within an epoch, so a jump is a loss; the digest of counts shows a lost
// last message.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace vigil::cli {

// With its final dot: "vigil.v1." when nothing was asked for. Empty when it cannot be the beginning of a topic.
std::string watch_prefix(std::string_view asked);

class Follow {
public:
    explicit Follow(std::string prefix)
        : prefix_(std::move(prefix)) {}

    enum class Heard {
        news,      // show it
        known,     // shown before, or not asked for
        gap,       // show it, and something before it is missing
        new_epoch, // vigild started again: begin with a snapshot
    };
    Heard message(std::string const& topic, std::uint64_t epoch, std::uint64_t seq, std::uint64_t count);
    // One stream of a digest, `place` as "site.unit.bed"; and the digest as a whole, after its streams.
    void digest_count(std::string const& cls, std::string const& place, std::uint64_t count, std::int64_t now_ms);
    void digest_end(std::uint64_t last_seq, std::int64_t now_ms);
    // Something a digest spoke of has not arrived in time.
    bool overdue(std::int64_t now_ms) const;
    // No digest for so long that the feed must be taken for lost.
    bool silent(std::int64_t now_ms) const { return now_ms - digest_ms_ > silent_after_ms; }

    // A snapshot or replay was shown up to here; whatever was missing is no longer.
    void repaired(std::uint64_t epoch, std::uint64_t last_seq, std::int64_t now_ms);
    // True once for each publication, whatever the way it came.
    bool first_time(std::string const& topic, std::uint64_t epoch, std::uint64_t seq, std::uint64_t count);
    // Everything up to here has been shown: a replay begins behind it.
    std::uint64_t safe_seq() const { return safe_seq_; }
    std::uint64_t epoch() const { return epoch_; }

private:
    static constexpr std::int64_t grace_ms = 2000;
    static constexpr std::int64_t silent_after_ms = 5000;

    bool follows(std::string const& stream) const { return stream.starts_with(prefix_); }

    struct Awaited {
        std::uint64_t count = 0;
        std::int64_t until_ms = 0;
    };
    std::string prefix_;
    std::uint64_t epoch_ = 0;
    std::uint64_t former_epoch_ = 0;
    std::uint64_t safe_seq_ = 0;
    std::uint64_t digest_seq_ = 0;
    std::int64_t digest_ms_ = 0;
    std::map<std::string, std::uint64_t> counts_; // by "vigil.v1.class.site.unit.bed."
    std::map<std::string, Awaited> awaited_;
    std::set<std::pair<std::uint64_t, std::string>> shown_;                           // seq and topic, above safe_seq_
    std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> shown_unrecorded_; // topic: epoch and count
};

} // namespace vigil::cli
