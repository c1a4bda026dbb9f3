#pragma once
// Urine over a day (scores.md 3.6, 0.10).

#include "core/scores/inquiry.hpp"

namespace vigil::scores {

// The day that ends with one charting.
struct Urine {
    model::EventTime at;
    std::optional<model::Ratio> ml_per_day; // only when enough of the day is covered
    model::Duration covered;
    model::Ratio volume;                  // mL
    model::Sample const* last = nullptr;  // the charting that ends it
    model::Sample const* first = nullptr; // the oldest in it
};

// The day that ends with each charting in (after, q.at], oldest first: the volumes whose intervals end in it. A charted
// volume covers the time since the charting before it; the first of all, and one after a silence longer than
// `urine_interval`, covers a time nobody knows and counts for nothing. What is covered is scaled to the day.
std::vector<Urine> urine_days(Inquiry const& q, model::EventTime after);

} // namespace vigil::scores
