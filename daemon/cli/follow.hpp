#pragma once
// Whether what was heard of the feed is everything that was said (design 4.4). Pure: the caller brings messages and a
// clock. Counts are dense per (class, place) within an epoch, so a jump is a loss; the digest of counts shows a lost
// last message. A snapshot says how far each stream was: from there on every message is accounted for.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace vigil::cli {

// A whole topic, or a beginning with its final dot: "vigil.v1." when nothing was asked for. Empty when it is neither.
std::string watch_prefix(std::string_view asked);

class Follow {
public:
    explicit Follow(std::string asked)
        : asked_(std::move(asked)),
          prefix_(asked_.substr(0, asked_.rfind('.') + 1)) {}

    // What to subscribe to and ask for: losses show in whole streams only, so a single topic's stream is heard whole.
    std::string const& prefix() const { return prefix_; }
    bool wants(std::string_view topic) const {
        return asked_.ends_with('.') ? topic.starts_with(asked_) : topic == asked_;
    }

    enum class Heard {
        news,      // show it
        known,     // shown before, not asked for, or told in order by the repair
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

    // Something is missing, until `repaired`.
    bool broken() const { return gap_; }
    void lose() { gap_ = true; }
    // A snapshot, and all that was journaled before it, was shown up to here; `counts` says how much each stream
    // ("class.unit.bed") had said by then. One that is not named has said nothing.
    void repaired(std::uint64_t epoch, std::uint64_t last_seq, std::map<std::string, std::uint64_t> counts,
                  std::int64_t now_ms);
    // Whether it has not been shown yet, whatever the way it came.
    bool is_new(std::string const& topic, std::uint64_t epoch, std::uint64_t seq, std::uint64_t count) const;
    // The same, and it is shown now.
    bool first_time(std::string const& topic, std::uint64_t epoch, std::uint64_t seq, std::uint64_t count);
    // Everything up to here has been shown: a replay begins behind it.
    std::uint64_t safe_seq() const { return safe_seq_; }
    std::uint64_t epoch() const { return epoch_; }

private:
    static constexpr std::int64_t grace_ms = 2000;
    static constexpr std::int64_t silent_after_ms = 5000;

    // The digests' own stream too: with a digest everything it would have told is lost.
    bool follows(std::string_view stream) const {
        return stream.starts_with(prefix_) || stream.starts_with("vigil.v1.sys.");
    }

    struct Awaited {
        std::uint64_t count = 0;
        std::int64_t until_ms = 0;
    };
    std::string asked_, prefix_;
    std::uint64_t epoch_ = 0;
    std::uint64_t former_epoch_ = 0;
    std::uint64_t safe_seq_ = 0;
    std::uint64_t digest_seq_ = 0;
    std::int64_t digest_ms_ = 0;
    bool gap_ = false;
    std::map<std::string, std::uint64_t> counts_; // by "class.unit.bed"
    std::map<std::string, Awaited> awaited_;
    std::set<std::pair<std::uint64_t, std::string>> shown_;                           // seq and topic, above safe_seq_
    std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> shown_unrecorded_; // topic: epoch and count
};

} // namespace vigil::cli
