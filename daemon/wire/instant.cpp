#include "wire/instant.hpp"

#include <fmt/format.h>

namespace vigil::wire {

namespace chrono = std::chrono;

Civil civil(std::int64_t ms) {
    const chrono::sys_time<chrono::milliseconds> at{chrono::milliseconds(ms)};
    const auto day = chrono::floor<chrono::days>(at);
    return {chrono::year_month_day(day), chrono::hh_mm_ss<chrono::milliseconds>(at - day)};
}

std::string show_instant(std::int64_t ms) {
    const Civil c = civil(ms);
    const auto year = static_cast<int>(c.day.year());
    std::string out = year >= 0 && year <= 9999 ? "0000-00-00T00:00:00" : fmt::format("{:04}-00-00T00:00:00", year);
    // Digits before a place that is told from the end: a year may have more than four.
    const auto put = [&out](std::size_t from_end, std::int64_t n) {
        for (auto i = out.size() - from_end; n > 0; n /= 10) out[--i] = static_cast<char>('0' + n % 10);
    };
    if (year >= 0 && year <= 9999) put(15, year);
    put(12, static_cast<unsigned>(c.day.month()));
    put(9, static_cast<unsigned>(c.day.day()));
    put(6, c.time.hours().count());
    put(3, c.time.minutes().count());
    put(0, c.time.seconds().count());
    if (c.time.subseconds().count() != 0) out += fmt::format(".{:03}", c.time.subseconds().count());
    return out + "Z";
}

} // namespace vigil::wire
