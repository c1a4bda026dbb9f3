#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vigil::simulator {

// Simulated time: milliseconds since 1970-01-01T00:00:00Z.
using Millis = std::int64_t;

inline constexpr Millis kSecond = 1000;
inline constexpr Millis kMinute = 60 * kSecond;
inline constexpr Millis kHour = 60 * kMinute;

constexpr Millis hours(double h) { return static_cast<Millis>(h * static_cast<double>(kHour)); }

std::string dtm_millis(Millis at);  // 20260105060000.000+0000, as PCD-01 devices send it
std::string dtm_seconds(Millis at); // 20260105060000+0000, as v2.5 systems send it
std::string iso_seconds(Millis at); // 2026-01-05T06:00:00Z
double hour_of_day(Millis at);

// "2026-01-05T06:00:00Z"; nothing else is accepted.
std::optional<Millis> parse_utc(std::string_view text);

} // namespace vigil::simulator
