#pragma once
// MSH-18 and what to do without it: the declared set; else strict UTF-8, then the source's configured set, then
// Latin-1.

#include "adapters/hl7/scratch.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace vigil::hl7 {

enum class Charset : std::uint8_t { undeclared, ascii, latin1, latin9, utf8 };

// "8859/1", "UNICODE UTF-8", …; empty is undeclared. Nothing for a set we cannot read (ISO IR87, GB 18030-2000, …):
// then only ASCII is certain and every other character becomes U+FFFD.
std::optional<Charset> charset_of(std::string_view msh18);

bool is_utf8(std::string_view text);
// `declared` nothing = unreadable set. ASCII text is returned as it is.
std::string_view to_utf8(std::string_view text, std::optional<Charset> declared, Charset configured, Scratch& scratch);

} // namespace vigil::hl7
