#pragma once
// What of the vasopressors and inotropes runs at one time, and what SOFA-2 makes of it (table 2, footnotes j to l).

#include "core/scores/bands.hpp"
#include "core/scores/infusion.hpp"
#include "core/scores/vasopressor.hpp"

#include <vector>

namespace vigil::scores {

// One rate of one drug.
struct Rate {
    model::Signal drug{};
    model::Sample rate;        // the reading that set it
    model::EventTime from, to; // [from, to)
    bool running = false;      // holds at the instant asked for
    bool silent = false;       // nothing was heard of it for too long
    Dose dose;
    std::optional<model::Ratio> exact; // ug/kg/min before it is rounded: of what may be added; the least of what is
                                       // told as "more than"
    bool counts = false;               // its infusion ran for an hour
    bool beside = false;               // another pump gives the same drug; each is a rate of its own
    bool before_rise = false;          // counts in place of a rate that runs and may be a bolus
    bool holds_at(model::EventTime t) const { return from <= t && (t < to || running); }
};

struct UnheardDrug {
    model::Signal drug{};
    model::Sample rate; // as heard last
};

struct VasoactiveDrugs {
    std::vector<Rate> rates;          // in question, of infusions that ran long enough or may yet
    std::vector<Rate> too_short;      // in question, and over
    std::vector<UnheardDrug> unheard; // nobody knows whether they still run
    std::optional<model::Sample> weight;
};
// What of these drugs is in question.
VasoactiveDrugs vasoactive_drugs(Inquiry& q, std::span<model::Signal const> drugs);

// The worst that ran at one instant of the question.
struct WorstMix {
    PointRange points; // upper: of any instant
    model::EventTime at;
    bool catecholamine = false, other = false; // norepinephrine or epinephrine, or another drug, is in it
    bool found = false;
    bool both = false;                 // norepinephrine and epinephrine are
    std::optional<model::Decimal> sum; // ug/kg/min, as it was compared, of several rates: of dopamine where it is alone
};

struct Vasoactive {
    VasoactiveDrugs drugs;
    WorstMix counted, all; // of what counts already; of everything that runs
};
Vasoactive vasoactive(Inquiry& q);
// What it would be worth alone.
PointRange alone(Inquiry const& q, Rate const& rate);
// The most that a drug nobody has heard of can make of a score of `points`; whether another drug would add to it.
std::int32_t most_with(Inquiry const& q, UnheardDrug const& drug, std::int32_t points, bool would_add);

} // namespace vigil::scores
