#pragma once
// Alert rules that a site can have as many of as it likes: `reads = "score"` a class or stage of a score,
// `reads = "lact"`, "pf" or "ne_equivalent" a trend, `reads = "state"` an alarm of a device. And the two that are about
// one patient: the card of an admission, limits.

#include "core/alerts/rule.hpp"
#include "definitions/toml_reader.hpp"

#include <string>

namespace vigil::definitions {

void read_reading_rule(TomlReader& in, std::string const& id, alerts::Rules& rules);
void read_admission(TomlReader& in, alerts::Rules& rules);
void read_patient_limit(TomlReader& in, alerts::Rules& rules);

} // namespace vigil::definitions
