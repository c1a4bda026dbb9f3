#include "cli/table_file.hpp"

#include "cli/session.hpp"
#include "definitions/files.hpp"

namespace vigil::cli {

std::vector<std::string> take_record(std::string_view text, std::size_t& at, int& line) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '\n') ++line;
        if (quoted) {
            if (c != '"')
                cells.back() += c;
            else if (at + 1 < text.size() && text[at + 1] == '"')
                cells.back() += text[++at];
            else
                quoted = false;
        } else if (c == '"' && cells.back().empty())
            quoted = true;
        else if (c == ',')
            cells.emplace_back();
        else if (c == '\n') {
            ++at;
            return cells;
        } else if (c != '\r')
            cells.back() += c;
    }
    return cells;
}

std::string const& TableRow::operator[](std::string_view column) const {
    static const std::string nothing;
    const auto found = cells.find(column);
    return found == cells.end() ? nothing : found->second;
}

TableFile parse_table(std::string_view text) {
    TableFile out;
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    int line = 1;
    for (std::size_t at = 0; at < text.size();) {
        const int first_line = line;
        auto cells = take_record(text, at, line);
        if (cells.size() == 1 && cells[0].empty()) continue;
        if (out.columns.empty()) {
            out.columns = std::move(cells);
            continue;
        }
        if (cells.size() != out.columns.size()) {
            out.problems.push_back("line " + std::to_string(first_line) + ": has " + std::to_string(cells.size()) +
                                   " fields, the header has " + std::to_string(out.columns.size()));
            continue;
        }
        TableRow row{first_line, {}};
        for (std::size_t i = 0; i < cells.size(); ++i) row.cells[out.columns[i]] = std::move(cells[i]);
        out.rows.push_back(std::move(row));
    }
    if (out.columns.empty()) out.problems.emplace_back("line 1: there is no header row");
    return out;
}

std::optional<TableFile> read_table(std::string const& path) {
    definitions::Problems problems;
    const auto text = definitions::read_file(path, problems);
    for (auto const& problem : problems) complain(problem.file + ": " + problem.message);
    if (!text) return std::nullopt;
    return parse_table(*text);
}

} // namespace vigil::cli
