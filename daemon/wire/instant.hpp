#pragma once
// Instants as people and files write them, in UTC.

#include <chrono>
#include <cstdint>
#include <string>

namespace vigil::wire {

struct Civil {
    std::chrono::year_month_day day{};
    std::chrono::hh_mm_ss<std::chrono::milliseconds> time;
};
// Of milliseconds since 1970.
Civil civil(std::int64_t ms);

// "2026-11-21T09:50:03Z"; milliseconds only when there are any.
std::string show_instant(std::int64_t ms);

} // namespace vigil::wire
