#pragma once
// config/scores/: lung_indices, ards_global, ards_kigali, rox, murray and eolia.toml.

#include "core/scores/tables.hpp"
#include "definitions/toml_reader.hpp"

namespace vigil::definitions {

void read_lung_indices(TomlReader& in, scores::LungTables& t);
void read_ards_global(TomlReader& in, scores::GlobalTables& t);
void read_ards_kigali(TomlReader& in, scores::KigaliTables& t);
void read_rox(TomlReader& in, scores::RoxTables& t);
void read_murray(TomlReader& in, scores::MurrayTables& t);
void read_eolia(TomlReader& in, scores::EoliaTables& t);

} // namespace vigil::definitions
