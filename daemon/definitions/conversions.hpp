#pragma once
// config/conversions.tsv: how a signal's other units become its canonical one.

#include "definitions/vocabulary.hpp"

namespace vigil::definitions {

// Every alternate of the vocabulary must have exactly one row, and every row must be an alternate of the vocabulary.
std::vector<core::Conversion> load_conversions(File const& file, Vocabulary const& vocabulary, Problems& problems);

} // namespace vigil::definitions
