#pragma once
// config/maps/*.tsv: what the codes of one feed mean, where they are not those of the vocabulary.

#include "definitions/vocabulary.hpp"

namespace vigil::definitions {

// Rows of all files, in the order of file and line. A row for a feed that is not configured is a mistake; `sources`
// empty: not checked.
std::vector<core::SourceMapRow> load_source_maps(Files const& files, Vocabulary const& vocabulary,
                                                 std::vector<core::SourceSettings> const& sources, Problems& problems);

} // namespace vigil::definitions
