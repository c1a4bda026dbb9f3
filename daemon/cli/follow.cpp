#include "cli/follow.hpp"

#include "wire/topic.hpp"

#include <algorithm>

namespace vigil::cli {

namespace {

// "vigil.v1.class.site.unit.bed." of a topic; empty when it is none.
std::string stream_of(std::string const& topic) {
    if (!wire::parse_topic(topic)) return {};
    return topic.substr(0, topic.rfind('.') + 1);
}

} // namespace

std::string watch_prefix(std::string_view asked) {
    std::string out(asked.empty() ? "vigil.v1." : asked);
    if (!out.ends_with('.')) out += '.';
    return wire::is_prefix(out) ? out : std::string();
}

Follow::Heard Follow::message(std::string const& topic, std::uint64_t epoch, std::uint64_t seq, std::uint64_t count) {
    if (epoch != epoch_) return epoch == former_epoch_ ? Heard::known : Heard::new_epoch;
    const std::string stream = stream_of(topic);
    bool gap = false;
    if (!stream.empty() && follows(stream)) {
        auto [at, fresh] = counts_.try_emplace(stream, count);
        if (!fresh) {
            gap = count > at->second + 1;
            at->second = std::max(at->second, count);
        }
        const auto awaited = awaited_.find(stream);
        if (awaited != awaited_.end() && awaited->second.count <= count) awaited_.erase(awaited);
    }
    if (!topic.starts_with(prefix_)) return Heard::known;
    if (!first_time(topic, epoch, seq, count)) return gap ? Heard::gap : Heard::known;
    return gap ? Heard::gap : Heard::news;
}

void Follow::digest_count(std::string const& cls, std::string const& place, std::uint64_t count, std::int64_t now_ms) {
    const std::string stream = "vigil.v1." + cls + "." + place + ".";
    if (!follows(stream)) return;
    const auto [at, fresh] = counts_.try_emplace(stream, count);
    if (fresh || at->second >= count) return;
    // The digest is made by the loop and may overtake what still waits for its commit.
    awaited_.try_emplace(stream, Awaited{count, now_ms + grace_ms});
}

void Follow::digest_end(std::uint64_t last_seq, std::int64_t now_ms) {
    digest_ms_ = now_ms;
    if (!awaited_.empty()) return;
    safe_seq_ = std::max(safe_seq_, digest_seq_); // of the digest before: what it spoke of has had its time to arrive
    digest_seq_ = last_seq;
    shown_.erase(shown_.begin(), shown_.lower_bound({safe_seq_ + 1, std::string()}));
}

bool Follow::overdue(std::int64_t now_ms) const {
    return std::any_of(awaited_.begin(), awaited_.end(),
                       [&](auto const& one) { return one.second.until_ms <= now_ms; });
}

void Follow::repaired(std::uint64_t epoch, std::uint64_t last_seq, std::int64_t now_ms) {
    if (epoch != epoch_) {
        former_epoch_ = epoch_;
        epoch_ = epoch;
        counts_.clear();
    }
    for (auto const& [stream, awaited] : awaited_) counts_[stream] = std::max(counts_[stream], awaited.count);
    awaited_.clear();
    safe_seq_ = std::max(safe_seq_, last_seq);
    digest_seq_ = std::max(digest_seq_, last_seq);
    digest_ms_ = now_ms;
    shown_.erase(shown_.begin(), shown_.lower_bound({safe_seq_ + 1, std::string()}));
}

bool Follow::first_time(std::string const& topic, std::uint64_t epoch, std::uint64_t seq, std::uint64_t count) {
    if (seq == 0) {
        const std::pair mark{epoch, count};
        const auto [at, fresh] = shown_unrecorded_.try_emplace(topic, mark);
        if (!fresh && at->second >= mark) return false;
        at->second = mark;
        return true;
    }
    if (seq <= safe_seq_) return false;
    return shown_.emplace(seq, topic).second;
}

} // namespace vigil::cli
