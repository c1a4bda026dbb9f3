#pragma once
// ADT: who came, moved, left, and which numbers turned out to be the same person (devices.md 9).

#include "adapters/hl7/decoded.hpp"
#include "adapters/hl7/settings.hpp"
#include "adapters/hl7/subject.hpp"
#include "adapters/hl7/syntax.hpp"
#include "adapters/hl7/time.hpp"

#include <optional>
#include <string_view>

namespace vigil::hl7 {

// Kind::none for an event that is not ours. A07 is a transfer only where PV1-3 names a bed, else an update.
Movement::Kind movement_kind(std::string_view trigger);
// An event that says nothing of where anybody lies: it is acknowledged, and no reason to refuse what an engine sends
// along.
bool moves_nobody(std::string_view trigger);

// Appends movements and cards to `out`, or sets its fault: one movement of most triggers, one for each pair of a merge,
// the two of a swap.
void read_movements(std::string_view trigger, Message const& message, TextRules const& text, TimeRules const& time,
                    std::optional<std::int64_t> message_time, Settings const& settings, Scratch& scratch, Decoded& out);

} // namespace vigil::hl7
