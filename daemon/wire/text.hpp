#pragma once
// What strings from outside may look like, and how a table holds them.

#include <string>
#include <string_view>

namespace vigil::wire {

// A token as adapters make them of identifiers: letters, digits and _ . : - + / =, 1 to 64 of them. No space: no name
// fits by accident.
bool is_identifier(std::string_view text);
// Valid UTF-8 without control characters, at most `bytes` long; empty is fine.
bool is_printable(std::string_view text, std::size_t bytes);
// A cell of a CSV, quoted where RFC 4180 wants it.
std::string csv_cell(std::string_view text);

} // namespace vigil::wire
