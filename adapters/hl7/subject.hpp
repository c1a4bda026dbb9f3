#pragma once
// PID and PV1: whom a message speaks of (tokens), where, and the card for vigil-identity.

#include "adapters/hl7/decoded.hpp"
#include "adapters/hl7/settings.hpp"
#include "adapters/hl7/syntax.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace vigil::hl7 {

struct TextRules { // of the message
    Delimiters delimiters;
    std::optional<Charset> charset;
};

// Either view may be empty. The tokens: PV1-19 (or PID-18 where configured, or a PID-3 of type VN) and PID-3 (or
// PID-2).
Subject subject_of(std::string_view pid, std::string_view pv1, TextRules const& rules, Settings const& settings,
                   Scratch& scratch);
// Nothing when the message names nobody.
std::optional<Card> card_of(std::string_view pid, Subject const& subject, TextRules const& rules,
                            Settings const& settings, Scratch& scratch);

// Patient tokens of a CX field (PID-3, MRG-1), the configured authority's first.
std::vector<std::string> patient_tokens(std::string_view cx_list, TextRules const& rules, Settings const& settings,
                                        Scratch& scratch);
std::string visit_token(std::string_view cx, TextRules const& rules, Settings const& settings, Scratch& scratch);
std::optional<adapters::Place> place_of(std::string_view pl, TextRules const& rules, Settings const& settings,
                                        Scratch& scratch);

} // namespace vigil::hl7
