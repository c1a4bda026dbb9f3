#include "gateway/feed_tracker.hpp"

namespace vigil::gateway {

void FeedTracker::snapshot_taken(std::uint64_t epoch, std::uint64_t last_seq, Counts counts) {
    if (epoch != epoch_) former_epoch_ = epoch_;
    epoch_ = epoch;
    snapshot_seq_ = last_seq;
    synced_ = true;
    trouble_ = Trouble::none;
    contained_ = std::move(counts);
    counts_ = contained_;
    awaited_.clear();
}

FeedTracker::Take FeedTracker::message(const std::string& cls, const std::string& unit, const std::string& bed,
                                       std::uint64_t epoch, std::uint64_t seq, std::uint64_t count) {
    if (!synced_ || epoch != epoch_) {
        // What an earlier daemon said can still be in the pipe after the snapshot of its successor.
        if (synced_ && epoch != former_epoch_) trouble_ = Trouble::new_epoch;
        return Take::foreign;
    }
    if (cls != "sys" && count != 0) {
        const Stream stream{cls, unit, bed};
        if (const auto held = contained_.find(stream); held != contained_.end() && count <= held->second)
            return Take::contained;
        auto& known = counts_[stream];
        if (count <= known) return Take::duplicate;
        if (count != known + 1 && trouble_ == Trouble::none) trouble_ = Trouble::gap;
        known = count;
        if (const auto awaited = awaited_.find(stream); awaited != awaited_.end() && awaited->second.count <= count)
            awaited_.erase(awaited);
    }
    return seq != 0 && seq <= snapshot_seq_ ? Take::contained : Take::apply;
}

void FeedTracker::digest_heard(std::uint64_t epoch, std::int64_t now_ms) {
    if (synced_ && epoch != epoch_) {
        if (epoch == former_epoch_) return;
        trouble_ = Trouble::new_epoch;
    }
    heard_digest_ = true;
    digest_ms_ = now_ms;
}

void FeedTracker::digest_count(const std::string& cls, const std::string& unit, const std::string& bed,
                               std::uint64_t count, std::int64_t now_ms) {
    if (!synced_ || count == 0 || cls == "sys") return;
    const Stream stream{cls, unit, bed};
    const auto known = counts_.find(stream);
    if (known != counts_.end() && known->second >= count) return;
    // The deadline of the first digest that said so stands; a later one only raises the count of a new wait.
    awaited_.try_emplace(stream, Awaited{count, now_ms + grace_ms});
}

FeedTracker::Trouble FeedTracker::trouble(std::int64_t now_ms) {
    if (trouble_ == Trouble::none)
        for (const auto& [stream, awaited] : awaited_)
            if (now_ms > awaited.until_ms) trouble_ = Trouble::gap;
    return trouble_;
}

bool FeedTracker::lost(std::int64_t now_ms) const { return !heard_digest_ || now_ms - digest_ms_ > lost_after_ms; }

} // namespace vigil::gateway
