#pragma once
// config/outcomes.toml: how outcome measures are counted. No part of a rulebook: vigild decides nothing by it.

#include "core/outcomes/tables.hpp"
#include "definitions/files.hpp"

namespace vigil::definitions {

// Empty, with problems, when anything in it is wrong.
std::optional<outcomes::Tables> load_outcome_tables(File const& file, Problems& problems);

} // namespace vigil::definitions
