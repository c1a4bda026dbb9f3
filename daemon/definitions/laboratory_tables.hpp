#pragma once
// Readers of config/scores/meld*.toml, child_pugh.toml, isth_dic.toml and sic.toml.

#include "core/scores/tables.hpp"
#include "definitions/toml_reader.hpp"

namespace vigil::definitions {

void read_meld(TomlReader& in, scores::MeldTables& t);
void read_meld_na(TomlReader& in, scores::MeldTables& t);
void read_meld3(TomlReader& in, scores::MeldTables& t);
void read_child_pugh(TomlReader& in, scores::ChildPughTables& t);
void read_isth_dic(TomlReader& in, scores::IsthDicTables& t);
void read_sic(TomlReader& in, scores::SicTables& t);

} // namespace vigil::definitions
