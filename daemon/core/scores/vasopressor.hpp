#pragma once
// What of the vasopressors and inotropes that ran counts for the cardiovascular component (scores.md 3.1, 3.4, 0.8).

#include "core/scores/bands.hpp"
#include "core/scores/inquiry.hpp"

#include <vector>

namespace vigil::scores {

// A rate of a drug.
struct Vasopressor {
    model::Signal drug{};
    model::Sample rate;                      // the reading that set it
    std::vector<model::Sample> also;         // what other pumps give beside it; doses and points are of all together
    std::optional<model::Decimal> ug_kg_min; // empty when it cannot be said
    PointRange points;
    bool weight_missing = false;
    bool implausible = false; // or in a unit that nobody knows
    bool silent = false;      // nothing was heard of it for too long
};

struct Vasopressors {
    std::optional<Vasopressor> valued; // ran long enough
    std::optional<Vasopressor> provisional;
    std::optional<Vasopressor> unheard; // nobody knows whether it still runs
    std::int32_t upper = 0;             // of what runs but does not count yet, or has no known dose
    std::optional<model::Sample> weight;
    bool unlisted = false; // one runs that has no points of its own
};

Vasopressors vasopressors(Inquiry& q);

// A rate in ug/kg/min, as base of its salt.
struct Dose {
    std::optional<model::Decimal> ug_kg_min; // as it is compared; empty when it cannot be said
    bool weight_missing = false;
    bool implausible = false; // or in a unit that nobody knows
};
Dose dose_of(Inquiry const& q, model::Signal drug, model::Sample const& rate, std::optional<model::Decimal> weight_kg);
// Of a rate told as "more than" so much: as much runs for certain, exactly. Empty for every other, and beyond what can
// be.
std::optional<model::Ratio> told_at_least(Inquiry const& q, model::Signal drug, model::Sample const& rate,
                                          std::optional<model::Decimal> weight_kg);
// The weight of drugs and of urine is the admission weight, the same for the whole stay (scores.md 2.1).
std::optional<model::Sample> admission_weight(Inquiry const& q);
// Of that, in kg; empty when there is none or its unit is not known.
std::optional<model::Decimal> in_kg(Inquiry const& q, std::optional<model::Sample> const& weight);

} // namespace vigil::scores
