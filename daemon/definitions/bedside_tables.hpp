#pragma once
// config/scores/sirs.toml, qsofa.toml and news2.toml: scores made of vital signs.

#include "core/scores/tables.hpp"
#include "definitions/toml_reader.hpp"

namespace vigil::definitions {

void read_sirs(TomlReader& in, scores::SirsTables& t);
void read_qsofa(TomlReader& in, scores::QsofaTables& t);
void read_news2(TomlReader& in, scores::News2Tables& t);

} // namespace vigil::definitions
