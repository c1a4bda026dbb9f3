#pragma once
// config/scores/sepsis3.toml and septic_shock.toml.

#include "core/scores/tables.hpp"
#include "definitions/toml_reader.hpp"

namespace vigil::definitions {

void read_sepsis3(TomlReader& in, scores::SepsisTables& t);
void read_septic_shock(TomlReader& in, scores::SepticShockTables& t);

} // namespace vigil::definitions
