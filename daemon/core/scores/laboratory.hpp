#pragma once
// The worst laboratory result of the window (product `now`: the newest usable) in the columns of a part (scores.md 1.2,
// 1.5, 0.1). A result from before the window is carried so long where there is none in it.

#include "core/scores/bands.hpp"
#include "core/scores/inquiry.hpp"

namespace vigil::scores {

model::ScorePart laboratory(Inquiry& q, std::span<BandTable const> columns, model::Part part, model::Signal signal,
                            model::Duration carried = {});

} // namespace vigil::scores
