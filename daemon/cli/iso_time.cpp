#include "cli/iso_time.hpp"

#include "adapters/csv/reading_row.hpp"

#include <chrono>
#include <fmt/format.h>

namespace vigil::cli {

namespace {

namespace chrono = std::chrono;

struct Civil {
    chrono::year_month_day day{};
    chrono::hh_mm_ss<chrono::milliseconds> time;
};

Civil civil(std::int64_t ms) {
    const chrono::sys_time<chrono::milliseconds> at{chrono::milliseconds(ms)};
    const auto day = chrono::floor<chrono::days>(at);
    return {chrono::year_month_day(day), chrono::hh_mm_ss<chrono::milliseconds>(at - day)};
}

} // namespace

std::optional<std::int64_t> parse_instant(std::string_view text) { return csv::parse_instant(text); }

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

std::string hl7_instant(std::int64_t ms) {
    const Civil c = civil(ms);
    return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}.{:03}+0000", static_cast<int>(c.day.year()),
                       static_cast<unsigned>(c.day.month()), static_cast<unsigned>(c.day.day()), c.time.hours().count(),
                       c.time.minutes().count(), c.time.seconds().count(), c.time.subseconds().count());
}

std::string show_length(std::int64_t ms) {
    const std::int64_t minutes = ms / 60'000;
    if (ms < 60'000) return fmt::format("{} s", ms / 1000);
    if (minutes < 60) return fmt::format("{} min", minutes);
    if (minutes < 48 * 60) return fmt::format("{} h {:02} min", minutes / 60, minutes % 60);
    return fmt::format("{} d {} h", minutes / 1440, minutes / 60 % 24);
}

} // namespace vigil::cli
