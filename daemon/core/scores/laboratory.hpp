#pragma once
// The worst laboratory result of the window (product `now`: the newest usable) in the columns of a part (scores.md 1.2,
// 1.5, 0.1). A result from before the window is carried so long where there is none in it.

#include "core/scores/bands.hpp"
#include "core/scores/inquiry.hpp"

namespace vigil::scores {

model::ScorePart laboratory(Inquiry& q, std::span<BandTable const> columns, model::Part part, model::Signal signal,
                            model::Duration carried = {});

// A creatinine or bilirubin told in mg/dL that is beyond its soft limit is probably one in umol/L (scores.md 13.1), and
// a creatinine below 17.7 umol/L one in mg/dL: it counts as told, flagged `unit_suspect`.
bool unit_in_doubt(core::Rulebook const& rules, model::Signal signal, model::Sample const& sample);

} // namespace vigil::scores
