#include "follow.hpp"

#include <algorithm>

namespace vigil::client {

Heard Follow::message(Stream const& stream, v1::Envelope const& envelope) {
    if (envelope.epoch() != epoch_) return envelope.epoch() < epoch_ ? Heard::known : Heard::new_epoch;
    const auto known = count(stream);
    if (envelope.count() <= known) return Heard::known;
    if (envelope.count() > known + 1 || told(stream, envelope.seq())) return Heard::hole;
    tell(stream, envelope.seq(), envelope.count());
    return Heard::news;
}

std::set<Stream> Follow::digest(std::string_view site, v1::Digest const& digest) {
    if (digest.part() == 0) digest_seq_ = heard_seq_;
    for (auto const& one : digest.counts()) {
        Stream stream{one.cls(), one.unit(), one.bed()};
        if (prefix_.follows(stream, site)) awaited_.insert_or_assign(std::move(stream), one.count());
    }
    return short_of();
}

std::set<Stream> Follow::short_of() {
    std::erase_if(awaited_, [this](auto const& one) { return one.second <= count(one.first); });
    std::set<Stream> out;
    for (auto const& [stream, n] : awaited_) out.insert(stream);
    return out;
}

bool Follow::digest_ended() {
    if (!digest_seq_ || !awaited_.empty()) return false;
    safe_seq_ = std::max(safe_seq_, *digest_seq_);
    return true;
}

Heard Follow::replayed(Stream const& stream, v1::Envelope const& envelope) {
    if (told(stream, envelope.seq())) return Heard::known;
    const auto next = count(stream) + 1;
    if (envelope.epoch() == epoch_ && envelope.count() != 0 && envelope.count() != next) return Heard::hole;
    tell(stream, envelope.seq(), next);
    return Heard::news;
}

bool Follow::told(Stream const& stream, std::uint64_t seq) const {
    const auto last = seqs_.find(stream);
    return seq != 0 && seq <= std::max(base_seq_, last == seqs_.end() ? base_seq_ : last->second);
}

std::uint64_t Follow::skipped(Stream const& stream, v1::Envelope const& envelope) {
    const auto next = count(stream) + 1;
    tell(stream, envelope.seq(), envelope.count());
    return envelope.count() > next ? envelope.count() - next : 0;
}

Counts Follow::missing(std::string_view site, Counts const& counts) const {
    Counts out;
    for (auto const& [stream, n] : counts)
        if (const auto known = count(stream); n > known && prefix_.asks(stream, site)) out[stream] = n - known;
    return out;
}

void Follow::resynchronised(std::uint64_t epoch, std::uint64_t seq, Counts counts) {
    epoch_ = epoch;
    counts_ = std::move(counts);
    seqs_.clear();
    awaited_.clear();
    base_seq_ = heard_seq_ = safe_seq_ = seq;
    digest_seq_.reset();
}

std::uint64_t Follow::count(Stream const& stream) const {
    const auto known = counts_.find(stream);
    return known == counts_.end() ? 0 : known->second;
}

void Follow::tell(Stream const& stream, std::uint64_t seq, std::uint64_t count) {
    counts_[stream] = count;
    if (seq == 0) return;
    auto& last = seqs_[stream];
    last = std::max(last, seq);
    heard_seq_ = std::max(heard_seq_, seq);
}

} // namespace vigil::client
