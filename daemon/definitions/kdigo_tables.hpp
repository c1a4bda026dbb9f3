#pragma once
// config/scores/kdigo.toml.

#include "core/scores/tables.hpp"
#include "definitions/toml_reader.hpp"

namespace vigil::definitions {

void read_kdigo(TomlReader& in, scores::KdigoTables& t);

} // namespace vigil::definitions
