#pragma once
// OBX-5 by its type: a number, a listed word, or the reason there is neither. Text is never kept.

#include "adapters/hl7/decoded.hpp"
#include "adapters/hl7/settings.hpp"
#include "adapters/hl7/syntax.hpp"

#include <string_view>

namespace vigil::hl7 {

// Fills number, comparator, coded or absent of `out`; system and code are set already.
void read_value(std::string_view type, std::string_view obx5, Delimiters const& d, Settings const& settings,
                Scratch& scratch, Notes& notes, Result& out);

// The listed word that `text` spells, case apart. Where a code's list has "other" (and "standby"), unknown words become
// it.
std::string_view listed_word(std::string_view text, model::CodeSystem system, std::string_view code,
                             adapters::CodedValues const& lists);

} // namespace vigil::hl7
