#pragma once
// Urine over a day (scores.md 3.6, 0.10).

#include "core/scores/inquiry.hpp"

namespace vigil::scores {

struct Urine {
    std::optional<model::Ratio> ml_per_day; // only when enough of the day is covered
    model::Duration covered;
    model::Ratio volume;                   // mL
    std::vector<model::Evidence> evidence; // newest and oldest volume
};

// The volumes whose intervals end in the window. A charted volume covers the time since the last charting, at most six
// hours.
Urine urine_of(Inquiry& q);

} // namespace vigil::scores
