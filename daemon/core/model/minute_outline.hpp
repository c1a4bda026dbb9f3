#pragma once
// What a block of minutes comes to for whoever looks for a low value that lasts, or for the least and the greatest of
// it: the block need not be unpacked for more than those.

#include "core/model/minute_record.hpp"

#include <span>

namespace vigil::model {

struct MinuteOutline {
    std::int32_t lowest = 0;  // of all valid readings
    std::int32_t highest = 0; // of the medians
    // Medians, as what they are above `lowest`: the first and the last, the lowest that two minutes in a row do not
    // exceed, and the least of all.
    std::uint16_t first_above = 0, last_above = 0, lasting_above = 0, least_above = 0;
    std::uint16_t first_ms = 0, last_ms = 0, lasting_ms = 0; // of the first three, within their minutes
    // Counted from the first minute: the later of those two, the least, the highest; the newest if there are more.
    std::uint8_t lasting_at = 0, least_at = 0, highest_at = 0;
    std::uint8_t scale = 0; // of the mantissas
    Unit unit{};
    // Every minute from the first to the last has a median, of one unit and to as many digits, and in each at least
    // half of the readings are valid. If not, nothing above holds.
    bool even = false;

    Decimal value(std::int32_t mantissa) const { return {mantissa, scale}; }
    Decimal above(std::uint16_t lowest_and) const { return {std::int64_t{lowest} + lowest_and, scale}; }
};
static_assert(sizeof(MinuteOutline) == 28); // one of every hour and signal is held

// Of records in the order of their minutes, at least one. Of one alone `lasting` means nothing.
MinuteOutline outline_of(std::span<MinuteRecord const> records);

} // namespace vigil::model
