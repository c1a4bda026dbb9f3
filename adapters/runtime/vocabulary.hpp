#pragma once
// The words a coded value may have. Free text never leaves an adapter, so a word that is not listed for its code is no
// value.

#include "core/model/reading.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace vigil::adapters {

struct CodedValues {
    // Ordered sets: a few dozen codes with a few words each.
    std::map<std::string, std::set<std::string, std::less<>>, std::less<>> by_code[5]; // LN, MDC, ATC, VIGIL, LOCAL

    std::set<std::string, std::less<>> const* words(model::CodeSystem system, std::string_view code) const;
    std::size_t size() const;
};

// Reads the columns id, loinc, mdc, atc and values of config/vocabulary.tsv (codes and words separated by blanks or
// commas); rows without values are passed over. False with `why` = "line: message" when there is no such table in the
// text.
bool read_coded_values(std::string_view tsv, CodedValues& out, std::string& why);

} // namespace vigil::adapters
