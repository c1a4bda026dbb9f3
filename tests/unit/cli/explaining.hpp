#pragma once
// For tests of what `vigil explain` prints.

#include "core/model/time.hpp"

#include <functional>
#include <optional>
#include <string>

namespace vigil::testing {

// What a score of one stay is made of, of the rows of a readings CSV: obs_ts,encounter,system,code,value,unit.
std::string explained(std::string const& rows, std::string const& name, std::optional<model::EventTime> at = {},
                      std::string const& product = "rolling");
// What is written to stderr meanwhile.
std::string complaints_of(std::function<void()> const& run);

} // namespace vigil::testing
