#pragma once
// A table of one's own beside the one that was delivered: a limit may be moved, but not by so much that it must be in
// another unit (mm[Hg] and kPa, mg/dL and umol/L, per cent and fraction), and what a definition gives points for keeps
// its points (docs/decisions/0026).

#include "definitions/files.hpp"

namespace vigil::definitions {

// Of SOFA's table: it differs from the one that was delivered in more than SOFA's own points and options.
bool is_modified_for_all(File const& file);

// Of files named "scores/ID.toml"; those that are as delivered have no problems, and nor has what cannot be parsed.
void check_against_delivered(Files const& files, Problems& problems);

} // namespace vigil::definitions
