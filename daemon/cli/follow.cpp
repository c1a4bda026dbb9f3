#include "cli/follow.hpp"

#include "wire/topic.hpp"

#include <algorithm>

namespace vigil::cli {

namespace {

// "class.unit.bed": a daemon has one site.
std::string stream_of(std::string_view cls, std::string_view unit, std::string_view bed) {
    return std::string(cls).append(1, '.').append(unit).append(1, '.').append(bed);
}

} // namespace

std::string watch_prefix(std::string_view asked) {
    std::string out(asked.empty() ? "vigil.v1." : asked);
    if (!out.ends_with('.') && !wire::parse_topic(out)) out += '.';
    return wire::is_prefix(out) ? out : std::string();
}

Follow::Heard Follow::message(std::string const& topic, std::uint64_t epoch, std::uint64_t seq, std::uint64_t count) {
    if (epoch != epoch_) return epoch == former_epoch_ ? Heard::known : Heard::new_epoch;
    if (const auto parts = wire::parse_topic(topic); parts && follows(topic)) {
        const auto stream = stream_of(name_of(parts->cls), parts->unit, parts->bed);
        auto& known = counts_[stream];
        gap_ = gap_ || count > known + 1;
        known = std::max(known, count);
        const auto awaited = awaited_.find(stream);
        if (awaited != awaited_.end() && awaited->second.count <= count) awaited_.erase(awaited);
    }
    if (gap_ && seq != 0) return Heard::known; // the journal has it, after what is missing
    return wants(topic) && first_time(topic, epoch, seq, count) ? Heard::news : Heard::known;
}

void Follow::digest_count(std::string const& cls, std::string const& place, std::uint64_t count, std::int64_t now_ms) {
    if (!follows("vigil.v1." + cls + "." + place + ".")) return;
    const auto stream = cls + place.substr(place.find('.'));
    const auto at = counts_.find(stream);
    if (at != counts_.end() && at->second >= count) return;
    // The digest is made by the loop and may overtake what still waits for its commit.
    awaited_.try_emplace(stream, Awaited{count, now_ms + grace_ms});
}

void Follow::digest_end(std::uint64_t last_seq, std::int64_t now_ms) {
    digest_ms_ = now_ms;
    if (gap_ || !awaited_.empty()) return;
    safe_seq_ = std::max(safe_seq_, digest_seq_); // of the digest before: what it spoke of has had its time to arrive
    digest_seq_ = last_seq;
    shown_.erase(shown_.begin(), shown_.lower_bound({safe_seq_ + 1, std::string()}));
}

bool Follow::overdue(std::int64_t now_ms) const {
    return std::any_of(awaited_.begin(), awaited_.end(),
                       [&](auto const& one) { return one.second.until_ms <= now_ms; });
}

void Follow::repaired(std::uint64_t epoch, std::uint64_t last_seq, std::map<std::string, std::uint64_t> counts,
                      std::int64_t now_ms) {
    if (epoch != epoch_) {
        former_epoch_ = epoch_;
        epoch_ = epoch;
    }
    counts_ = std::move(counts);
    awaited_.clear();
    gap_ = false;
    safe_seq_ = std::max(safe_seq_, last_seq);
    digest_seq_ = std::max(digest_seq_, last_seq);
    digest_ms_ = now_ms;
    shown_.erase(shown_.begin(), shown_.lower_bound({safe_seq_ + 1, std::string()}));
}

bool Follow::is_new(std::string const& topic, std::uint64_t epoch, std::uint64_t seq, std::uint64_t count) const {
    if (seq != 0) return seq > safe_seq_ && !shown_.contains({seq, topic});
    const auto at = shown_unrecorded_.find(topic);
    return at == shown_unrecorded_.end() || at->second < std::pair{epoch, count};
}

bool Follow::first_time(std::string const& topic, std::uint64_t epoch, std::uint64_t seq, std::uint64_t count) {
    if (!is_new(topic, epoch, seq, count)) return false;
    if (seq != 0)
        shown_.emplace(seq, topic);
    else
        shown_unrecorded_[topic] = {epoch, count};
    return true;
}

} // namespace vigil::cli
