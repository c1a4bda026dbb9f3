#pragma once
// config/scores/*.toml → cut-points and policies.

#include "core/scores/tables.hpp"
#include "definitions/files.hpp"

namespace vigil::definitions {

// Files by their archive names, "scores/sofa.toml"; every problem names the file as File::shown.
scores::Tables load_score_tables(Files const& files, Problems& problems);

// Which score a file is a definition of, by its `id`; empty, with a problem, when it says none that exists.
std::optional<model::ScoreId> id_of_definition(File const& file, Problems& problems);

} // namespace vigil::definitions
