#pragma once
// Tab-separated tables with a header row: every cell remembers where it stands, so that a problem can be shown there.
// Lines that begin with '#' and empty lines are comments; there is no quoting.

#include "definitions/files.hpp"

#include <span>

namespace vigil::definitions {

struct TsvRow {
    int line = 0;
    std::vector<std::string_view> cells; // in the order of the wanted columns, blanks trimmed
    std::vector<int> columns;            // 1-based position of each cell in its line
};

// Views point into the File's content.
struct TsvTable {
    std::string file;
    std::vector<std::string> names; // the wanted columns
    std::vector<TsvRow> rows;

    void problem(Problems& problems, TsvRow const& row, std::size_t column, std::string message) const;
};

// The header must name each wanted column once and nothing else, in any order; a row must have as many cells as the
// header. Rows that do not are reported and left out.
TsvTable read_tsv(File const& file, std::span<std::string_view const> wanted, Problems& problems);

} // namespace vigil::definitions
