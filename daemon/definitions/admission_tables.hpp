#pragma once
// config/scores/apache2.toml and saps2.toml: scores of the first day in the unit.

#include "core/scores/tables.hpp"
#include "definitions/toml_reader.hpp"

namespace vigil::definitions {

void read_apache2(TomlReader& in, scores::Apache2Tables& t);
void read_saps2(TomlReader& in, scores::Saps2Tables& t);

} // namespace vigil::definitions
