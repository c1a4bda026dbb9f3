#pragma once
// What OBX-5 says when it says a number: an optional comparator, a decimal, nothing else.

#include "core/model/reading.hpp"

#include <string_view>

namespace vigil::hl7 {

struct Number {
    enum class Fault : std::uint8_t { none, empty, text, unreadable };
    Fault fault = Fault::empty;
    model::Comparator comparator = model::Comparator::exactly;
    model::Decimal value;
    bool decimal_comma = false;
};

// `comma` = the source is known to write a decimal comma: then "1.234" is refused, otherwise "1,234", for nobody can
// tell what it means. More than nine digits before the point are refused: no measurement has them, but record numbers
// do.
Number parse_number(std::string_view text, bool comma);
// SN: comparator^number^separator^number; a range, ratio or titre is unreadable.
Number parse_structured(std::string_view text, char component_separator, bool comma);

} // namespace vigil::hl7
