#pragma once
// config/scores/vasoactive.toml.

#include "core/scores/tables.hpp"
#include "definitions/toml_reader.hpp"

namespace vigil::definitions {

void read_vasoactive(TomlReader& in, scores::VasoactiveTables& t);

} // namespace vigil::definitions
