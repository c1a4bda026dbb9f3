#pragma once
// config/scores/*.toml → cut-points and policies.

#include "core/scores/tables.hpp"
#include "definitions/files.hpp"

namespace vigil::definitions {

// Files by their archive names, "scores/sofa.toml"; every problem names the file as File::shown.
scores::Tables load_score_tables(Files const& files, Problems& problems);

} // namespace vigil::definitions
