#pragma once
// config/scores/sofa2.toml.

#include "core/scores/tables.hpp"
#include "definitions/toml_reader.hpp"

namespace vigil::definitions {

void read_sofa2(TomlReader& in, scores::Sofa2Tables& t);

} // namespace vigil::definitions
