#pragma once
// Unit spellings to UCUM (devices.md 24). Spelling only: no value is ever converted here.

#include "adapters/hl7/scratch.hpp"
#include "adapters/hl7/syntax.hpp"
#include "adapters/runtime/tokens.hpp"

#include <cstdint>
#include <string_view>

namespace vigil::hl7 {

// UCUM of an MDC unit code (262144 + term) or of its reference id; empty when unknown.
std::string_view ucum_of_mdc(std::uint32_t code);
std::string_view ucum_of_refid(std::string_view refid);
// UCUM of a unit written as text, in UTF-8 or Latin-1; empty when unknown.
std::string_view ucum_of_text(std::string_view text);

// What goes on the wire for an OBX-6 field: UCUM when recognised; otherwise the text as sent if it is
// [A-Za-z0-9%/*.^[]{}_-]{1,24}, else "?" and eight digits that are the same for the same text. So do triplets that
// contradict each other. Empty for an empty field.
std::string_view unit_of(std::string_view obx6, Delimiters const& d, adapters::SiteKey const& key, Scratch& scratch);

} // namespace vigil::hl7
