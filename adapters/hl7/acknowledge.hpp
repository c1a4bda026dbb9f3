#pragma once
// The reply to a message, in original and enhanced mode (devices.md 5).

#include "adapters/hl7/decoded.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace vigil::hl7 {

enum class Outcome : std::uint8_t { accepted, error, rejected };

// What a fault is to the sender: not stored for the moment is an error, what would be refused again is a rejection.
Outcome outcome_of(Fault fault);
// Table 0357.
unsigned error_code(Fault fault);

struct Answer {
    Outcome outcome = Outcome::accepted;
    Fault fault = Fault::none;
    std::string_view reason; // a word of a closed list, instead of the fault's own name
};

// The framed reply or replies (accept and application acknowledgement), to be written with one send; empty when the
// message asks for none, is itself an acknowledgement, or has no MSH to answer to. `serial` numbers our own control
// ids.
std::string acknowledge(Header const& header, Answer const& answer, std::string_view own_id, std::int64_t now_ms);

} // namespace vigil::hl7
