#pragma once
// What a component worked out of instants that are over and need not work out again. Whoever keeps the notes throws
// them away as soon as anything the component read changes in the past.

#include "core/scores/pressure.hpp"
#include "core/scores/saturation.hpp"

namespace vigil::scores {

struct Notes {
    WholeQuarters quarters;
    SiteMinutes pressures;
};

} // namespace vigil::scores
