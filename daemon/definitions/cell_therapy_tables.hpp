#pragma once
// config/scores/crs.toml and icans.toml: what is graded after a cell product.

#include "core/scores/tables.hpp"
#include "definitions/toml_reader.hpp"

namespace vigil::definitions {

void read_crs(TomlReader& in, scores::CrsTables& t);
void read_icans(TomlReader& in, scores::IcansTables& t);

} // namespace vigil::definitions
