#pragma once
// Instants as people and files write them: ISO 8601 with an offset, read exactly, written in UTC.

#include "wire/instant.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vigil::cli {

// As in the readings CSV: "2026-11-21T09:50:03Z", with a fraction, "Z" or "+01:00". A time without an offset is none.
std::optional<std::int64_t> parse_instant(std::string_view text);
using wire::show_instant;
// "20261121095003.000+0000" of HL7 v2.
std::string hl7_instant(std::int64_t ms);
// "3 min", "2 h 05 min" for a person.
std::string show_length(std::int64_t ms);

} // namespace vigil::cli
