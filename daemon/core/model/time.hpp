#pragma once
// Two kinds of time that never mix: when something was true of the patient, and when the journal took it.

#include <compare>
#include <cstdint>

namespace vigil::model {

// A length of time in milliseconds.
struct Duration {
    std::int64_t ms = 0;
    friend constexpr auto operator<=>(Duration, Duration) = default;
    friend constexpr Duration operator+(Duration a, Duration b) { return {a.ms + b.ms}; }
    friend constexpr Duration operator-(Duration a, Duration b) { return {a.ms - b.ms}; }
    friend constexpr Duration operator*(Duration a, std::int64_t n) { return {a.ms * n}; }
};
constexpr Duration seconds(std::int64_t n) { return {n * 1000}; }
constexpr Duration minutes(std::int64_t n) { return {n * 60'000}; }
constexpr Duration hours(std::int64_t n) { return {n * 3'600'000}; }

// An instant as milliseconds since 1970-01-01T00:00:00Z. The tag keeps event time and log time apart at compile time.
template <class Tag>
struct Instant {
    std::int64_t ms = 0;
    friend constexpr auto operator<=>(Instant, Instant) = default;
    friend constexpr Instant operator+(Instant a, Duration d) { return {a.ms + d.ms}; }
    friend constexpr Instant operator-(Instant a, Duration d) { return {a.ms - d.ms}; }
    friend constexpr Duration operator-(Instant a, Instant b) { return {a.ms - b.ms}; }
};
using EventTime = Instant<struct EventTimeTag>;   // true of the patient
using LogTime = Instant<struct LogTimeTag>;       // taken by the journal; never goes backwards
using DeviceTime = Instant<struct DeviceTimeTag>; // as a device or adapter clock said it, before any correction

// The instant of the patient's life that is "now" when the journal says `at`.
constexpr EventTime patient_now(LogTime at) { return {at.ms}; }

} // namespace vigil::model
