#pragma once
// Whether the tables of config/scores/*.toml have the shape that their scores need: units, columns that say the same,
// no points left out.

#include "core/rulebook.hpp"
#include "definitions/files.hpp"

namespace vigil::definitions {

// Of tables that somebody gives. What stands in a journal was in force and is read as it is: it is never asked about
// here, or a journal from before a check could not be opened. Without a vocabulary in `rules` only the units are not
// compared with it.
void check_score_shapes(Files const& files, core::Rulebook const& rules, Problems& problems);

} // namespace vigil::definitions
