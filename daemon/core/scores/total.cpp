#include "core/scores/total.hpp"

#include <utility>

namespace vigil::scores {

using model::PartState;

void add_up(std::span<model::ScorePart> all) {
    model::ScorePart total;
    std::int32_t points = 0;
    bool carried = false, provisional = false;
    for (auto const& p : all.subspan(1)) {
        total.lower += p.lower;
        total.upper += p.upper;
        carried = carried || p.state == PartState::carried;
        provisional = provisional || p.state == PartState::provisional;
        points += p.points ? *p.points : p.lower; // what is certain of one that is not measured counts
        if (!p.points) ++total.missing;
    }
    const bool some = total.missing + 1U < all.size();
    if (some || provisional)
        total.state = provisional ? PartState::provisional : carried ? PartState::carried : PartState::valued;
    if (some) total.points = points;
    all[0] = std::move(total);
}

} // namespace vigil::scores
