#pragma once
// HL7 date/time: YYYY[MM[DD[HH[MM[SS[.S+]]]]]][+ZZZZ]. What a message leaves open stays visible as a quality (design.md
// 5 "When").

#include "adapters/runtime/zone.hpp"
#include "core/model/reading.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace vigil::hl7 {

struct Stamp {
    enum class Precision : std::uint8_t { year, month, day, hour, minute, second, fraction };
    Precision precision = Precision::second;
    std::int64_t local_ms = 0;         // the wall clock as if it were UTC
    std::optional<int> offset_minutes; // as sent
    bool has_time() const { return precision >= Precision::hour; }
};

// Strict: every digit in its range, nothing after it. Also takes 17 digits (milliseconds without a point), as one
// vendor sends.
std::optional<Stamp> parse_stamp(std::string_view text);

struct TimeRules {
    std::optional<int> message_offset;  // of MSH-7, in minutes
    std::int64_t message_local_ms = 0;  // MSH-7 on its own wall clock
    std::optional<adapters::Zone> zone; // the source's configured zone
    bool continuous = false;            // a device that reports as it measures
    std::int64_t receipt_ms = 0;        // when the message came
};

struct When {
    std::optional<std::int64_t> ms;
    model::TimeQuality quality = model::TimeQuality::unspecified;
    bool unreadable = false; // something stands there and says no time: no other time may take its place
};

// An offset sent with the time itself counts; else the source's zone where it agrees with the offset that MSH-7 carries
// (a stay spans clock changes, an offset does not); else that offset; else the zone. Nothing for what stands where a
// sender has no date.
When resolve(Stamp const& stamp, TimeRules const& rules);
// Nothing for an empty text (or the explicit null); nothing and `unreadable` for one that is no time, whose zone
// nobody knows, or that stands for no date.
When read_time(std::string_view text, TimeRules const& rules);

// A date alone says when no more than to the day; the next time that falls on that day says the rest.
When completed(When const& said, When const& next);

// Whole years from birth to `at_ms` (UTC); nothing for an unreadable date, a future birth or more years than anybody
// lived (of 1753 or 1900, where a sender has no date).
std::optional<unsigned> age_years(std::string_view birth, std::int64_t at_ms);
// "1970-01-31", "1970-01" or "1970"; empty when unreadable.
std::string iso_date(std::string_view birth);
// "20261121100000.000+0000"
std::string stamp_of(std::int64_t utc_ms);

} // namespace vigil::hl7
