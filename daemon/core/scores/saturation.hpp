#pragma once
// Oxygenation from the pulse oximeter when there is no arterial gas (scores.md 3.2, 5.4, 0.10): the median saturation
// of a quarter hour, at least half its samples valid, the oxygen unchanged.

#include "core/scores/oxygen.hpp"

namespace vigil::scores {

struct Saturation {
    model::Sample sample; // the median minute's reading
    model::Ratio percent;
    Inspired inspired;
    Support support;
    std::optional<model::Ratio> pf; // imputed, or the bound that it is not below
    bool bound = false;             // saturation too high to impute from: P/F is at least `pf`
};

// The quarter hours of (after, at] that can be judged, oldest first.
std::vector<Saturation> quarter_hours(Inquiry& q, std::span<model::Word const> support);
// The fifteen minutes up to `at`, its newest reading not older than a saturation may be.
std::optional<Saturation> last_quarter_hour(Inquiry& q, std::span<model::Word const> support);

} // namespace vigil::scores
