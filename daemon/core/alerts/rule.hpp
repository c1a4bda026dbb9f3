#pragma once
// Alert rules as data: config/alerts/*.toml.

#include "core/alerts/alert.hpp"

namespace vigil::alerts {

struct Rules {};

} // namespace vigil::alerts
