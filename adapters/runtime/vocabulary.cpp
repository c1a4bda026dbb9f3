#include "adapters/runtime/vocabulary.hpp"

#include <vector>

namespace vigil::adapters {

namespace {

using model::CodeSystem;

std::vector<std::string_view> split(std::string_view text, std::string_view separators, bool keep_empty) {
    std::vector<std::string_view> out;
    while (true) {
        const auto cut = text.find_first_of(separators);
        const std::string_view one = text.substr(0, cut);
        if (keep_empty || !one.empty()) out.push_back(one);
        if (cut == std::string_view::npos) return out;
        text.remove_prefix(cut + 1);
    }
}

std::size_t index_of(CodeSystem system) {
    return static_cast<std::size_t>(system) - static_cast<std::size_t>(CodeSystem::LN);
}

constexpr std::size_t none = static_cast<std::size_t>(-1);

struct Columns {
    std::size_t id = none, loinc = none, mdc = none, atc = none, values = none;
};

Columns columns_of(std::string_view header) {
    Columns out;
    const auto names = split(header, "\t", true);
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == "id") out.id = i;
        if (names[i] == "loinc") out.loinc = i;
        if (names[i] == "mdc") out.mdc = i;
        if (names[i] == "atc") out.atc = i;
        if (names[i] == "values") out.values = i;
    }
    return out;
}

} // namespace

std::set<std::string, std::less<>> const* CodedValues::words(CodeSystem system, std::string_view code) const {
    if (system < CodeSystem::LN || system > CodeSystem::LOCAL) return nullptr;
    auto const& table = by_code[index_of(system)];
    const auto row = table.find(code);
    return row == table.end() ? nullptr : &row->second;
}

std::size_t CodedValues::size() const {
    std::size_t n = 0;
    for (auto const& table : by_code) n += table.size();
    return n;
}

bool read_coded_values(std::string_view tsv, CodedValues& out, std::string& why) {
    Columns columns;
    bool header = false;
    for (std::string_view line : split(tsv, "\n", false)) {
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        if (line.empty() || line[0] == '#') continue;
        if (!header) {
            columns = columns_of(line);
            header = true;
            if (columns.id == none || columns.values == none) {
                why = "the first row must name the columns id and values";
                return false;
            }
            continue;
        }
        const auto cells = split(line, "\t", true);
        const auto cell = [&](std::size_t i) { return i < cells.size() ? cells[i] : std::string_view{}; };
        const auto words = split(cell(columns.values), " ,;", false);
        if (words.empty()) continue;
        const auto add = [&](CodeSystem system, std::size_t column) {
            for (const std::string_view code : split(cell(column), " ,;", false))
                for (const std::string_view word : words)
                    out.by_code[index_of(system)][std::string(code)].insert(std::string(word));
        };
        add(CodeSystem::VIGIL, columns.id);
        add(CodeSystem::LN, columns.loinc);
        add(CodeSystem::MDC, columns.mdc);
        add(CodeSystem::ATC, columns.atc);
    }
    if (!header) why = "the table is empty";
    return header;
}

} // namespace vigil::adapters
