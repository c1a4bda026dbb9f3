#pragma once
// The facets of one alarm event of IHE PCD-04 (ORU^R40; devices.md 7), folded into one reading: the event's code, a
// word for whether and how urgently it stands, the alarm's own identity in place of the order.

#include "adapters/hl7/codes.hpp"
#include "adapters/hl7/decoded.hpp"
#include "adapters/hl7/syntax.hpp"
#include "adapters/hl7/time.hpp"

#include <string_view>

namespace vigil::hl7 {

// What a row of an alarm is about, by its OBX-3; `none` for the event itself, its source's value, and device rows.
enum class Facet : std::uint8_t { none, source, phase, state, inactivation, priority, type };
Facet facet_of(std::string_view obx3, Delimiters const& d);

struct AlarmEvent {
    Code code;
    std::string_view about; // what it is about: the number of a quantity, or the sender's name of a part
    bool technical = false;
    bool own = false;   // one of Vigil's alerts, come back
    bool typed = false; // said to be about the patient or the device, and not only by its form
    std::string_view phase, state, priority;
    When changed; // OBX-14 of the event
    model::Validity validity = model::Validity::ok;
    bool retracted = false; // OBX-11 says that it was never so
};

// OBX-8 of the older form, `A~PM~SP`: priority and type.
void take_flags(std::string_view obx8, Delimiters const& d, AlarmEvent& event);
void take_type(std::string_view text, AlarmEvent& event);
void take_priority(std::string_view text, AlarmEvent& event);
// A code of a Vigil, this one or another: what comes back from an alert manager is no alarm of a device.
bool is_own_code(std::string_view coded, Delimiters const& d);

// It happened, and neither stands nor ends: it was at its time only.
bool is_of_a_moment(AlarmEvent const& event);

// `made`: when the message says it was made. Code and identity are the caller's.
void fold(AlarmEvent const& event, When const& made, Notes& notes, Result& out);

} // namespace vigil::hl7
