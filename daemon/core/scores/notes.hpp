#pragma once
// What a component worked out of instants that are over and need not work out again. Whoever keeps the notes throws
// them away as soon as anything the component read changes in the past.

#include "core/scores/pressure.hpp"
#include "core/scores/remembered.hpp"
#include "core/scores/saturation.hpp"
#include "core/scores/urine.hpp"
#include "core/scores/vasopressor.hpp"

namespace vigil::scores {

struct Notes {
    WholeQuarters quarters;
    SiteMinutes pressures;
    UrineDays urine; // nothing of it is remembered
    std::optional<Remembered<Vasopressors>> vasopressors;

    // As new, but for the memory it holds.
    void clear() {
        quarters = {};
        for (auto& site : pressures) site.clear();
        vasopressors.reset();
    }
};

} // namespace vigil::scores
