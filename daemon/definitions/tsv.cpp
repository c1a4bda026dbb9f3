#include "definitions/tsv.hpp"

#include <algorithm>

namespace vigil::definitions {

namespace {

struct Cell {
    std::string_view text;
    int column = 0;
};

Cell trimmed(std::string_view line, std::size_t begin, std::size_t end) {
    while (begin < end && line[begin] == ' ') ++begin;
    while (end > begin && line[end - 1] == ' ') --end;
    return {line.substr(begin, end - begin), static_cast<int>(begin) + 1};
}

std::vector<Cell> split(std::string_view line) {
    std::vector<Cell> out;
    for (std::size_t begin = 0;;) {
        const auto tab = std::min(line.find('\t', begin), line.size());
        out.push_back(trimmed(line, begin, tab));
        if (tab == line.size()) return out;
        begin = tab + 1;
    }
}

// Where each wanted column stands in the file; absent ones are reported once.
std::vector<std::size_t> header_places(TsvTable const& table, std::vector<Cell> const& header, int line,
                                       Problems& problems) {
    std::vector<std::size_t> places;
    for (auto const& name : table.names) {
        const auto found = std::find_if(header.begin(), header.end(), [&](Cell const& c) { return c.text == name; });
        if (found == header.end()) problems.push_back({table.file, line, 1, name, "the column is missing"});
        places.push_back(static_cast<std::size_t>(found - header.begin()));
    }
    for (std::size_t i = 0; i < header.size(); ++i) {
        const std::string name(header[i].text);
        const auto same = [&](Cell const& c) { return c.text == header[i].text; };
        if (std::find(table.names.begin(), table.names.end(), name) == table.names.end())
            problems.push_back({table.file, line, header[i].column, name, "unknown column"});
        else if (std::any_of(header.begin(), header.begin() + static_cast<std::ptrdiff_t>(i), same))
            problems.push_back({table.file, line, header[i].column, name, "the column stands twice"});
    }
    return places;
}

} // namespace

void TsvTable::problem(Problems& problems, TsvRow const& row, std::size_t column, std::string message) const {
    problems.push_back({file, row.line, row.columns.at(column), names.at(column), std::move(message)});
}

TsvTable read_tsv(File const& file, std::span<std::string_view const> wanted, Problems& problems) {
    TsvTable table{file.shown, {wanted.begin(), wanted.end()}, {}};
    std::vector<std::size_t> places;
    std::size_t width = 0;
    int number = 0;
    for (std::string_view rest = file.content; !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        ++number;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty() || line.front() == '#') continue;
        const auto cells = split(line);
        if (width == 0) {
            const auto before = problems.size();
            places = header_places(table, cells, number, problems);
            width = cells.size();
            if (problems.size() != before) return table;
            continue;
        }
        if (cells.size() != width) {
            problems.push_back(
                {table.file, number, 1, "row",
                 "has " + std::to_string(cells.size()) + " cells, the header has " + std::to_string(width)});
            continue;
        }
        TsvRow row{number, {}, {}};
        for (const auto place : places) {
            row.cells.push_back(cells[place].text);
            row.columns.push_back(cells[place].column);
        }
        table.rows.push_back(std::move(row));
    }
    if (width == 0) problems.push_back({table.file, 1, 1, "header", "the table has no header row"});
    return table;
}

} // namespace vigil::definitions
