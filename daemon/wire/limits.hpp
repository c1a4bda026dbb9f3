#pragma once
// What one message may hold at most. Everything from outside is bounded before it is looked at.

#include <cstddef>
#include <cstdint>

namespace vigil::wire {

inline constexpr std::size_t readings_per_frame = 256;  // the contract; a longer message travels as parts
inline constexpr std::size_t census_per_frame = 16;     // one ADT message is one; batches of a feed are a few
inline constexpr std::size_t patients_per_subject = 8;  // PID-3 repetitions that carry a configured authority
inline constexpr std::size_t parts_per_message = 4'096; // a million readings: a day of one bed at 12 a second
// Channels of one source. From the first limit on a new sub-id opens none of its own; from the second on neither does a
// new code, whose readings are kept and counted together as `overflow`.
inline constexpr std::size_t channels_with_sub_id = 2'048;
inline constexpr std::size_t channels_per_source = 4'096;
inline constexpr std::size_t token_bytes = 64;       // identifiers as adapters make them
inline constexpr std::size_t message_id_bytes = 199; // MSH-10 of HL7 v2.6
inline constexpr std::size_t code_bytes = 128;       // longest codes seen in the field are under 80
inline constexpr std::size_t unit_bytes = 64;
inline constexpr std::size_t user_bytes = 64;
inline constexpr std::size_t reason_bytes = 160; // of a decision about an alert, in a person's words
inline constexpr std::size_t rules_per_command = 64;
// Instants a message may name: year 1800 to 2300. Arithmetic on them cannot overflow, and no device means anything
// beyond.
inline constexpr std::int64_t earliest_ms = -5'364'662'400'000;
inline constexpr std::int64_t latest_ms = 10'413'792'000'000;
inline constexpr std::int64_t offset_ms =
    3'652LL * 86'400'000; // a device clock ten years off is a broken one, still a number

} // namespace vigil::wire
