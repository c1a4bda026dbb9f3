#include "loop/last_values.hpp"

#include "loop/limits.hpp"

#include "vigil/v1/envelope.pb.h"

#include <algorithm>

namespace vigil::loop {

namespace {
constexpr std::size_t closed_alerts_kept = 16'384;

std::string name_of(Publication const& p) {
    std::string out = p.topic;
    out.push_back('\0');
    return out.append(p.slot);
}

std::size_t held_by(Released const& r) {
    auto const& p = r.publication;
    return sizeof r + p.topic.capacity() + p.bytes.capacity() + p.slot.capacity() + p.encounter.capacity();
}
} // namespace

void LastValues::apply(ReleasedPtr const& released) {
    auto const& p = released->publication;
    last_seq_ = std::max(last_seq_, p.seq);
    if (released->count != 0) counts_[{p.cls, p.unit, p.bed}] = released->count;
    switch (p.keep) {
    case Keep::nothing: break;
    case Keep::put:
        if (!p.encounter.empty()) vacate(std::string{wire::no_place}, std::string{wire::no_place}, p.encounter);
        kept_.insert_or_assign(name_of(p), released);
        break;
    case Keep::merge: merge(released); break;
    case Keep::remove: kept_.erase(name_of(p)); break;
    case Keep::vacate: vacate(p.unit, p.bed, p.encounter); break;
    }
    if (p.cls == wire::TopicClass::alert && !p.slot.empty()) {
        alerts_.insert_or_assign(p.slot, released);
        if (p.keep == Keep::remove) closed_alerts_.push_back(p.slot);
        while (closed_alerts_.size() > closed_alerts_kept) {
            const auto found = alerts_.find(closed_alerts_.front());
            if (found != alerts_.end() && found->second->publication.keep == Keep::remove) alerts_.erase(found);
            closed_alerts_.pop_front();
        }
    }
    remember(released);
}

void LastValues::remember(ReleasedPtr const& released) {
    if (released->publication.seq == 0) return;
    recent_size_ += held_by(*released);
    recent_.push_back(released);
    while (recent_size_ > recent_bytes) {
        recent_size_ -= held_by(*recent_.front());
        complete_from_ = std::max(complete_from_, recent_.front()->publication.seq);
        recent_.pop_front();
    }
}

void LastValues::vacate(std::string const& unit, std::string const& bed, std::string const& encounter) {
    const auto over = [&](Publication const& kept) {
        return kept.cls != wire::TopicClass::alert && kept.unit == unit && kept.bed == bed &&
               kept.slot.starts_with(encounter) &&
               (kept.slot.size() == encounter.size() || kept.slot[encounter.size()] == '/');
    };
    std::erase_if(kept_, [&over](auto const& entry) { return over(entry.second->publication); });
    std::erase_if(observed_, [&over](auto const& entry) { return over(entry.second.back().released->publication); });
}

void LastValues::merge(ReleasedPtr const& released) {
    auto& frames = observed_[name_of(released->publication)];
    const auto now = released->publication.signals;
    std::erase_if(frames, [&now](Observed& older) {
        older.newest &= ~now;
        return older.newest.none();
    });
    frames.push_back({released, now});
}

ReleasedPtr LastValues::merged(std::vector<Observed> const& frames) {
    if (frames.size() == 1) return frames.front().released;
    auto out = std::make_shared<Released>(*frames.back().released);
    v1::Envelope whole;
    if (!whole.ParseFromString(out->publication.bytes)) return frames.back().released;
    whole.mutable_obs()->clear_values();
    for (auto const& frame : frames) {
        v1::Envelope one;
        if (!one.ParseFromString(frame.released->publication.bytes)) continue;
        for (auto& value : *one.mutable_obs()->mutable_values()) {
            const auto signal = model::parse_signal(value.signal());
            if (signal && frame.newest[static_cast<std::size_t>(*signal)])
                whole.mutable_obs()->add_values()->Swap(&value);
        }
    }
    out->publication.bytes = whole.SerializeAsString();
    return out;
}

std::vector<ReleasedPtr> LastValues::snapshot(std::string_view prefix) const {
    std::vector<ReleasedPtr> out;
    for (auto i = kept_.lower_bound(prefix); i != kept_.end() && i->first.starts_with(prefix); ++i)
        out.push_back(i->second);
    for (auto i = observed_.lower_bound(prefix); i != observed_.end() && i->first.starts_with(prefix); ++i)
        out.push_back(merged(i->second));
    return out;
}

std::vector<LastValues::Count> LastValues::counts() const {
    std::vector<Count> out;
    for (auto const& [stream, count] : counts_)
        out.push_back({std::get<0>(stream), std::get<1>(stream), std::get<2>(stream), count});
    return out;
}

bool LastValues::replay(std::string_view prefix, std::uint64_t from_seq, std::size_t limit,
                        std::vector<ReleasedPtr>& out) const {
    if (from_seq < complete_from_) return false;
    const auto first = std::partition_point(recent_.begin(), recent_.end(),
                                            [from_seq](auto const& r) { return r->publication.seq <= from_seq; });
    for (auto i = first; i != recent_.end() && out.size() < limit; ++i)
        if ((*i)->publication.topic.starts_with(prefix)) out.push_back(*i);
    return true;
}

ReleasedPtr LastValues::alert(std::string const& id) const {
    const auto found = alerts_.find(id);
    return found == alerts_.end() ? nullptr : found->second;
}

} // namespace vigil::loop
