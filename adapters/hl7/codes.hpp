#pragma once
// OBX-3: which of its two triplets names the quantity in a system Vigil knows.

#include "adapters/hl7/decoded.hpp"
#include "adapters/hl7/scratch.hpp"
#include "adapters/hl7/syntax.hpp"
#include "adapters/runtime/tokens.hpp"

#include <cstdint>
#include <string_view>

namespace vigil::hl7 {

struct Code {
    model::CodeSystem system = model::CodeSystem::unspecified;
    std::string_view code;
    std::string_view local_system;
    std::uint32_t mdc = 0;        // the number when system is MDC
    bool setting = false;         // named as something that is set, whatever the number says
    bool disagreement = false;    // number and reference id named different things; the reference id was believed
    bool bad_check_digit = false; // a LOINC code with a wrong check digit: kept, and known to nobody but a map
};

// A local code without a coding system has an empty local_system: it is the sender's own.
Code code_of(std::string_view obx3, Delimiters const& d, adapters::SiteKey const& key, Scratch& scratch);

// Of the name that a coded element gives its coding system, case apart; unspecified for any other.
model::CodeSystem system_of(std::string_view name);
bool loinc_check_digit(std::string_view code);
std::uint32_t mdc_of_refid(std::string_view refid); // 0 when unknown
// "0002-4182", a partition and a term in hexadecimal, as the context-free number; 0 for anything else.
std::uint32_t mdc_of_hex(std::string_view text);
std::string_view refid_of_mdc(std::uint32_t code); // empty when unknown
// [A-Za-z0-9_.^/-]{1,40} as it is, anything else as a token.
std::string_view plain_or_token(std::string_view text, std::string_view kind, std::size_t longest,
                                adapters::SiteKey const& key, Scratch& scratch);

} // namespace vigil::hl7
