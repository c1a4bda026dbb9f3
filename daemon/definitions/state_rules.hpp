#pragma once
// Alert rules on alarms that devices say they have: `reads = "state"`.

#include "core/alerts/rule.hpp"
#include "definitions/toml_reader.hpp"

#include <string>

namespace vigil::definitions {

void read_state_rule(TomlReader& in, std::string const& id, alerts::Rules& rules);

} // namespace vigil::definitions
