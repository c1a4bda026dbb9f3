#pragma once
// Whether a code can be one of its system at all. A mistyped code would silently map nothing, or something else.

#include <optional>
#include <string>
#include <string_view>

namespace vigil::definitions {

// Each returns what is wrong with the code, or nothing.
// LOINC: digits, a hyphen and a mod-10 check digit; a short named list of codes in wide use breaks the rule.
std::optional<std::string> loinc_fault(std::string_view code);
// MDC: decimal partition * 65536 + term; partitions that hold quantities, settings and patient attributes.
std::optional<std::string> mdc_fault(std::string_view code);
// The same of partition 3, which holds events: what alarms are about.
std::optional<std::string> mdc_event_fault(std::string_view code);
// ATC: up to seven characters (A10BA02); a group ends with '*' (N02A*).
std::optional<std::string> atc_fault(std::string_view code);

// True when `pattern`, an ATC code or a group ending in '*', covers `code`.
bool atc_covers(std::string_view pattern, std::string_view code);

} // namespace vigil::definitions
