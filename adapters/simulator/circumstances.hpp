#pragma once

#include "adapters/simulator/archetype.hpp"

namespace vigil::simulator {

// Beds whose story is more than an illness: where they lie, who they are, what is decided about them.
Archetype trauma_bleeding();
Archetype paediatric();
Archetype empty_bed();
Archetype care_limits();
Archetype identity_conflict();

} // namespace vigil::simulator
