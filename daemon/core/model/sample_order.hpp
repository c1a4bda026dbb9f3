#pragma once
// Internal to series*.cpp: samples in the order of time, and which of them say the same.

#include "core/model/series.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace vigil::model {

inline bool same_meaning(Sample const& a, Sample const& b) {
    return a.is_word == b.is_word && a.word == b.word && a.value.mantissa == b.value.mantissa &&
           a.value.scale == b.value.scale && a.comparator == b.comparator && a.unit == b.unit &&
           a.suspect == b.suspect && a.status == b.status && a.channel == b.channel && a.specimen == b.specimen &&
           a.method == b.method && a.salt == b.salt;
}

// Of equal repeats within a slot the ends are kept. A setting holds until changed; a pump that falls silent is told
// sooner.
inline std::int64_t slot_of(SignalKind kind, EventTime t) { return t.ms / span_ms(kind); }

// `holds` up to a place, and behind it no more: at `from`, not at `to`. The first at which it does not.
template <class Holds>
std::ptrdiff_t first_without(std::ptrdiff_t from, std::ptrdiff_t to, Holds const& holds) {
    while (to - from > 1) {
        const auto middle = from + (to - from) / 2;
        (holds(middle) ? from : to) = middle;
    }
    return to;
}

// The first that is not before t. Readings mostly come at even intervals: it is looked for where it would be then, and
// from there in growing steps.
inline std::vector<Sample>::const_iterator lower(std::vector<Sample> const& list, EventTime t) {
    auto const* const s = list.data();
    const auto before = [s, t](std::ptrdiff_t i) { return s[i].time < t; };
    if (list.empty() || !before(0)) return list.begin();
    const auto last = static_cast<std::ptrdiff_t>(list.size()) - 1;
    if (before(last)) return list.end();
    const auto span = difference(s[last].time.ms, s[0].time.ms);
    const auto guess = static_cast<std::ptrdiff_t>(static_cast<double>(t.ms - s[0].time.ms) *
                                                   static_cast<double>(last) / static_cast<double>(span));
    // Always: from is before t, to is not.
    std::ptrdiff_t from = 0, to = last;
    const auto middle = std::clamp<std::ptrdiff_t>(guess, 0, last);
    const bool forward = before(middle);
    (forward ? from : to) = middle;
    for (std::ptrdiff_t step = 1; step < to - from; step *= 2) {
        const auto next = forward ? from + step : to - step;
        const bool earlier = before(next);
        (earlier ? from : to) = next;
        if (earlier != forward) break;
    }
    return list.begin() + first_without(from, to, before);
}

// Few are mostly few for good, and a stream stands at the length of a minute or two: so much room, and little more.
inline void add_last(std::vector<Sample>& list, Sample const& s) {
    constexpr std::size_t first = 4, minute = 128;
    if (const auto n = list.size(); n == list.capacity() && n < minute)
        list.reserve(n < 16 ? std::max(first, n * 2) : n + 16);
    list.push_back(s);
}

} // namespace vigil::model
