#pragma once
// Dialysis of the past week, as MELD counts it (scores.md 8.1).

#include "core/scores/inquiry.hpp"

namespace vigil::scores {

// The last that was told of replacement, where nobody can read it.
std::optional<model::Sample> unreadable_replacement(Inquiry& q, model::Duration within);
// The newest entry of what was enough: so many sessions, or so long a continuous treatment, in the time before the
// instant asked for; empty: not enough. A treatment for other than renal reasons is not told apart by its kind and does
// not count, nor does peritoneal dialysis.
std::optional<model::Sample> enough_dialysis(Inquiry& q, DialysisRule const& rule);

} // namespace vigil::scores
