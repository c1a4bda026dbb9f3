#pragma once
// The one list of adapter kinds.

#include "adapters/runtime/host.hpp"

#include <span>

namespace vigil::adapters {

std::span<Kind const> kinds();

} // namespace vigil::adapters
