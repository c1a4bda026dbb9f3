#pragma once
// Small CSV files a person hands over: a census, a grid of times, a map of shifts. RFC 4180, header row, columns by
// name.

#include "wire/text.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::cli {

struct TableRow {
    int line = 0;
    std::map<std::string, std::string, std::less<>> cells;
    // Empty when the column is not there.
    std::string const& operator[](std::string_view column) const;
};

struct TableFile {
    std::vector<std::string> columns;
    std::vector<TableRow> rows;
    std::vector<std::string> problems; // "line 3: …"; such rows are left out
};

// The cells of the record that begins at `at`; moves `at` and `line` behind it. A quote that is never closed takes the
// rest.
std::vector<std::string> take_record(std::string_view text, std::size_t& at, int& line);

TableFile parse_table(std::string_view text);
// Empty when the file cannot be read; it has then been said why.
std::optional<TableFile> read_table(std::string const& path);
using wire::csv_cell;

} // namespace vigil::cli
