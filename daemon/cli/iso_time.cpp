#include "cli/iso_time.hpp"

#include "adapters/csv/reading_row.hpp"

#include <fmt/format.h>

namespace vigil::cli {

std::optional<std::int64_t> parse_instant(std::string_view text) { return csv::parse_instant(text); }

std::string hl7_instant(std::int64_t ms) {
    const auto c = wire::civil(ms);
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
