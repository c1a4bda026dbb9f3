#pragma once
// What a block of minutes comes to for whoever looks for a low value that lasts: the block need not be unpacked unless
// it has one.

#include "core/model/minute_record.hpp"

#include <span>

namespace vigil::model {

struct MinuteOutline {
    // Every minute from the first to the last has a median, of one unit and to as many digits, and in each at least
    // half of the readings are valid. If not, nothing below holds.
    bool even = false;
    Unit unit{};
    std::uint8_t scale = 0;           // of the mantissas
    std::int32_t lowest = 0;          // of all valid readings
    std::int32_t highest = 0;         // of the medians
    std::int32_t first = 0, last = 0; // medians
    std::int32_t lasting = 0;         // the lowest that two minutes in a row do not exceed
    std::uint8_t lasting_at = 0; // the later of those two, counted from the first minute; the newest if there are more
    std::uint16_t first_ms = 0, last_ms = 0, lasting_ms = 0; // of those medians, within their minutes

    Decimal value(std::int32_t mantissa) const { return {mantissa, scale}; }
};

// Of records in the order of their minutes, at least one. Of one alone `lasting` means nothing.
MinuteOutline outline_of(std::span<MinuteRecord const> records);

} // namespace vigil::model
