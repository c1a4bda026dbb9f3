#pragma once
// MSH-18 and what to do without it: the declared set; else strict UTF-8, then the source's configured set, then
// Latin-1. What no set can read becomes private-use characters, one for each byte: visibly no text, and two numbers of
// people that differ stay different.

#include "adapters/hl7/scratch.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace vigil::hl7 {

// The numbers from 2 to 16 are parts of ISO 8859.
enum class Charset : std::uint8_t { undeclared = 0, latin1 = 1, latin9 = 15, ascii = 100, utf8 = 101 };

// "8859/1" to "8859/16", "UNICODE UTF-8", "ASCII"; empty is undeclared. Nothing for a set we cannot read (ISO IR87, GB
// 18030-2000, …): then UTF-8 is believed where it is well formed.
std::optional<Charset> charset_of(std::string_view msh18);
// Of the whole field: the first repetition that says more than ASCII and can be read.
std::optional<Charset> charset_of_field(std::string_view msh18, char repetition);

bool is_utf8(std::string_view text);
// `declared` nothing = unreadable set. ASCII text is returned as it is.
std::string_view to_utf8(std::string_view text, std::optional<Charset> declared, Charset configured, Scratch& scratch);

} // namespace vigil::hl7
