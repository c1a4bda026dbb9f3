#pragma once
// config/alerts/*.toml → alert rules.

#include "core/alerts/rule.hpp"
#include "definitions/files.hpp"

namespace vigil::definitions {

// Files by their archive names, "alerts/sofa_rise.toml"; every problem names the file as File::shown.
alerts::Rules load_alert_rules(Files const& files, Problems& problems);

} // namespace vigil::definitions
