#include "core/model/timeline.hpp"

#include <algorithm>
#include <cassert>

namespace vigil::model {

Inserted Timeline::insert(Signal signal, SignalKind kind, Sample const& sample, EventTime now, Retention const& keep) {
    auto& slot = slots_[static_cast<std::size_t>(signal)];
    if (slot == 0) {
        series_.emplace_back(signal, kind);
        slot = static_cast<std::uint8_t>(series_.size());
    }
    assert(slot <= series_.size());
    return series_[slot - 1U].insert(sample, now, keep);
}

void Timeline::erase(Signal signal, EventTime from, EventTime to) {
    if (const auto slot = slots_[static_cast<std::size_t>(signal)]; slot != 0) series_[slot - 1U].erase(from, to);
}

std::span<Sample const> Timeline::range(Signal signal, EventTime after, EventTime to) const {
    auto const* s = find(signal);
    return s == nullptr ? std::span<Sample const>{} : s->range(after, to);
}

std::optional<Sample> Timeline::latest(Signal signal, EventTime at, Duration max_age) const {
    auto const* s = find(signal);
    return s == nullptr ? std::nullopt : s->latest(at, max_age);
}

std::optional<EventTime> Timeline::next_time(Signal signal, EventTime after) const {
    auto const* s = find(signal);
    return s == nullptr ? std::nullopt : s->next_time(after);
}

std::size_t Timeline::bytes() const {
    std::size_t n = sizeof(Timeline);
    for (auto const& s : series_) n += s.bytes();
    return n;
}

} // namespace vigil::model
