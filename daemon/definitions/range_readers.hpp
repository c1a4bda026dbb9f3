#pragma once
// Tables of ranges that adjoin: read, and refused where they do not cover the line once.

#include "core/scores/tables.hpp"
#include "definitions/toml_reader.hpp"

#include <span>
#include <vector>

namespace vigil::definitions {

// ranges = [{ below = 36, points = 1 }, { from = 36, up_to = 38, points = 0 }, { above = 38, points = 1 }]
// The first has no beginning, the last no end, and each begins where the one before it ends. With `rounded_to` (digits
// after the point) the edges are written as the definition is printed, both included, and the next range begins one
// unit of the last digit further on: { up_to = 8, points = 3 }, { from = 9, up_to = 11, points = 1 }.
void read_ranges(TomlReader& in, scores::RangeTable& table, std::int64_t most, std::string_view key = "ranges");

// A column that a score needs.
struct RangeColumn {
    model::Part part{};
    model::Signal signal{};
    model::Unit unit{};
};
// [[columns]]: those needed and no others, each once, with its citation; in the order of `needed`.
void read_range_columns(TomlReader& in, std::span<RangeColumn const> needed, std::int64_t most,
                        std::vector<scores::RangeTable>& columns);

} // namespace vigil::definitions
