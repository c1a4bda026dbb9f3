#pragma once
// What a score of one stay is made of, as `vigil explain` prints it.

#include "core/model/time.hpp"

#include <optional>
#include <string>

namespace vigil::testing {

// Of the rows of a readings CSV: obs_ts,encounter,system,code,value,unit.
std::string explained(std::string const& rows, std::string const& name, std::optional<model::EventTime> at = {},
                      std::string const& product = "rolling");

} // namespace vigil::testing
