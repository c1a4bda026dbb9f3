#pragma once
// What scores that are sums of organs share.

#include "core/model/score.hpp"

#include <span>

namespace vigil::scores {

// The first part is the sum of the others as far as they were measured (of one that is only known to be at least so
// much, that), bounded by what was not (scores.md 1.3). Its
// state is the least certain of theirs.
void add_up(std::span<model::ScorePart> all);

// Whether a total reaches `least`, whatever was not measured; `unknown` where that matters.
inline model::Label positive_from(model::ScorePart const& total, std::int32_t least) {
    if (total.lower >= least) return model::Label::positive;
    return total.upper < least ? model::Label::negative : model::Label::unknown;
}

} // namespace vigil::scores
