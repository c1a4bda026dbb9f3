#include "core/scores/settled.hpp"

#include <algorithm>
#include <vector>

namespace vigil::scores {

bool Rests::stands(model::Signal signal, model::PastChange const& change) const {
    const auto i = static_cast<std::size_t>(signal);
    if (!reads.any.test(i)) return true;
    const bool gone =
        change.gone_to != model::PastChange{}.gone_to && (reads.far.test(i) || change.gone_to >= reads.since);
    return change.from >= before && !gone;
}

bool SettledStretch::is_within(Inquiry const& q) const {
    return rests.before <= q.at && after <= q.after && known_to >= q.after;
}

void SettledStretch::settle(Inquiry const& q, model::EventTime to) {
    known_to = to;
    rests.reads.add(q.timeline.reads());
    rests.before = to + looks_ahead;
}

Settled* settled_for(Inquiry const& q) { return q.explain && !q.whole_minutes && q.past.ms == 0 ? q.settled : nullptr; }

bool SettledVital::judged_by(RangeTable const& other) const {
    const auto alike = [](Range const& x, Range const& y) {
        return x.from == y.from && x.inclusive == y.inclusive && x.points == y.points;
    };
    return table.part == other.part && table.signal == other.signal && table.unit == other.unit &&
           table.rounded_to == other.rounded_to &&
           std::equal(table.ranges.begin(), table.ranges.end(), other.ranges.begin(), other.ranges.end(), alike);
}

void Settled::keep_up(model::Timeline& timeline) {
    std::vector<std::pair<model::Signal, model::PastChange>> changes;
    timeline.take_changes([&](model::Signal signal, model::PastChange const& change) {
        const model::PastChange none;
        if (change.from != none.from || change.gone_to != none.gone_to) changes.emplace_back(signal, change);
    });
    if (changes.empty()) return;
    const auto fell = [&](auto const& kept) {
        return std::any_of(changes.begin(), changes.end(),
                           [&](auto const& c) { return !kept.second.rests.stands(c.first, c.second); });
    };
    std::erase_if(vitals, fell);
    std::erase_if(mechanics, fell);
    std::erase_if(quarters, fell);
}

} // namespace vigil::scores
