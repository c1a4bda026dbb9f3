#pragma once
// config/vocabulary.tsv: what every signal is called by others, its unit, limits and age.

#include "core/rulebook.hpp"
#include "definitions/files.hpp"

#include <vector>

namespace vigil::definitions {

struct Vocabulary {
    std::vector<core::VocabularyEntry> entries;       // indexed by Signal, always complete
    std::vector<std::vector<model::Unit>> alternates; // of each signal: column `also`
    std::vector<int> lines;                           // where each signal stands; 0 = nowhere
    std::string file;
};

Vocabulary load_vocabulary(File const& file, Problems& problems);

// "30s", "5min", "24h" or "0"; empty when it is none of these.
std::optional<model::Duration> parse_duration(std::string_view text);
// UCUM or an accepted spelling; "-" is a reading without a unit.
std::optional<model::Unit> parse_unit_cell(std::string_view text);
// Blank-separated words of a cell.
std::vector<std::string_view> words_of(std::string_view cell);

} // namespace vigil::definitions
