#include "adapters/hl7/time.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace vigil::hl7 {

namespace {

using Precision = Stamp::Precision;
using model::TimeQuality;
namespace chr = std::chrono;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int number(std::string_view digits) {
    int n = 0;
    for (const char c : digits) n = n * 10 + (c - '0');
    return n;
}

std::size_t digit_count(std::string_view text) {
    std::size_t n = 0;
    while (n < text.size() && is_digit(text[n])) ++n;
    return n;
}

std::optional<int> parse_offset(std::string_view text) {
    if (text == "Z") return 0; // neither this nor a bare hour is HL7; both can mean only one thing
    if (text.size() == 3) {
        const std::array<char, 5> whole = {text[0], text[1], text[2], '0', '0'};
        return parse_offset(std::string_view(whole.data(), whole.size()));
    }
    if (text.size() == 6 && text[3] == ':') {
        // Not HL7, but one gateway writes +01:00.
        const std::array<char, 5> plain = {text[0], text[1], text[2], text[4], text[5]};
        return parse_offset(std::string_view(plain.data(), plain.size()));
    }
    if (text.size() != 5 || (text[0] != '+' && text[0] != '-') || digit_count(text.substr(1)) != 4) return std::nullopt;
    const int hours = number(text.substr(1, 2)), minutes = number(text.substr(3, 2));
    if (hours > 14 || minutes > 59) return std::nullopt;
    return (text[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
}

// Milliseconds from up to any number of fraction digits.
int milliseconds(std::string_view digits) {
    int ms = 0;
    for (std::size_t i = 0; i < 3; ++i) ms = ms * 10 + (i < digits.size() ? digits[i] - '0' : 0);
    return ms;
}

std::optional<std::int64_t> civil_ms(std::string_view digits, int ms) {
    const auto at = [&](std::size_t from, int otherwise) {
        return digits.size() > from ? number(digits.substr(from, 2)) : otherwise;
    };
    const int year = number(digits.substr(0, 4));
    const chr::year_month_day day{chr::year(year), chr::month(static_cast<unsigned>(at(4, 1))),
                                  chr::day(static_cast<unsigned>(at(6, 1)))};
    const int hour = at(8, 0), minute = at(10, 0), second = at(12, 0);
    if (year < 1801 || year > 2299 || !day.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    const std::int64_t days = chr::sys_days(day).time_since_epoch().count();
    return ((days * 24 + hour) * 60 + minute) * 60'000 + second * 1000 + ms;
}

std::optional<Precision> precision_of(std::size_t digits) {
    switch (digits) {
    case 4: return Precision::year;
    case 6: return Precision::month;
    case 8: return Precision::day;
    case 10: return Precision::hour;
    case 12: return Precision::minute;
    case 14: return Precision::second;
    default: return std::nullopt;
    }
}

} // namespace

std::optional<Stamp> parse_stamp(std::string_view text) {
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    std::size_t count = digit_count(text);
    std::string_view digits = text.substr(0, count);
    text.remove_prefix(count);
    std::string_view fraction;
    if (count == 17) {
        fraction = digits.substr(14);
        digits = digits.substr(0, 14);
        count = 14;
    } else if (count == 14 && !text.empty() && text[0] == '.') {
        const std::size_t length = digit_count(text.substr(1));
        if (length == 0 || length > 9) return std::nullopt;
        fraction = text.substr(1, length);
        text.remove_prefix(1 + length);
    }
    const auto precision = precision_of(count);
    if (!precision) return std::nullopt;
    Stamp out;
    out.precision = fraction.empty() ? *precision : Precision::fraction;
    if (!text.empty()) {
        out.offset_minutes = parse_offset(text);
        if (!out.offset_minutes) return std::nullopt;
    }
    const auto ms = civil_ms(digits, milliseconds(fraction));
    if (!ms) return std::nullopt;
    out.local_ms = *ms;
    return out;
}

namespace {

struct Instants { // of a wall-clock time in a zone
    std::int64_t first = 0, second = 0;
    adapters::LocalInstant::Kind kind = adapters::LocalInstant::Kind::unique;
};

Instants instants(std::int64_t local_ms, adapters::Zone const& zone) {
    const std::int64_t seconds = local_ms >= 0 ? local_ms / 1000 : -((-local_ms + 999) / 1000);
    const std::int64_t rest = local_ms - seconds * 1000;
    const auto local = zone.at(seconds);
    return {local.first_s * 1000 + rest, local.second_s * 1000 + rest, local.kind};
}

bool zone_agrees_with_message(TimeRules const& rules) {
    const auto zoned = instants(rules.message_local_ms, *rules.zone);
    const std::int64_t said = rules.message_local_ms - *rules.message_offset * 60'000LL;
    return said == zoned.first || said == zoned.second;
}

// 1753, 1899-12-30, 1900 and 1970-01-01 are what databases put where they have no date, and 1970 is when a clock begins
// that lost its time: nobody who lies here was measured or moved then.
constexpr std::int64_t no_date_before_ms = 31'536'000'000; // 1971, on the sender's wall clock

} // namespace

When resolve(Stamp const& stamp, TimeRules const& rules) {
    if (stamp.local_ms < no_date_before_ms) return {};
    const auto dated = [&](TimeQuality quality) { return stamp.has_time() ? quality : TimeQuality::date_only; };
    const auto shifted = [&](int offset) {
        return When{stamp.local_ms - offset * 60'000LL, dated(TimeQuality::synchronised)};
    };
    if (stamp.offset_minutes) return shifted(*stamp.offset_minutes);
    if (rules.message_offset && !(rules.zone && zone_agrees_with_message(rules))) return shifted(*rules.message_offset);
    if (!rules.zone) return {};
    const auto [first, second, kind] = instants(stamp.local_ms, *rules.zone);
    if (kind == adapters::LocalInstant::Kind::unique) {
        const bool as_message = rules.message_offset && first == stamp.local_ms - *rules.message_offset * 60'000LL;
        return {first, dated(as_message ? TimeQuality::synchronised : TimeQuality::zone_assumed)};
    }
    if (kind == adapters::LocalInstant::Kind::skipped || !rules.continuous)
        return {first, dated(TimeQuality::ambiguous)};
    const auto away = [&](std::int64_t at) {
        return at > rules.receipt_ms ? at - rules.receipt_ms : rules.receipt_ms - at;
    };
    return {away(second) < away(first) ? second : first, dated(TimeQuality::zone_assumed)};
}

When read_time(std::string_view text, TimeRules const& rules) {
    if (text.empty() || text == "\"\"") return {};
    const auto stamp = parse_stamp(text);
    When when = stamp ? resolve(*stamp, rules) : When{};
    when.unreadable = !when.ms;
    return when;
}

When completed(When const& said, When const& next) {
    constexpr std::int64_t day_ms = 86'400'000;
    const bool open = said.ms && said.quality == TimeQuality::date_only;
    const bool full = next.ms && next.quality != TimeQuality::date_only;
    return open && full && *next.ms >= *said.ms && *next.ms - *said.ms < day_ms ? next : said;
}

std::optional<unsigned> age_years(std::string_view birth, std::int64_t at_ms) {
    const auto stamp = parse_stamp(birth);
    if (!stamp || stamp->precision < Precision::month) return std::nullopt;
    const auto day_of = [](std::int64_t ms) {
        return chr::year_month_day(chr::floor<chr::days>(chr::sys_time<chr::milliseconds>(chr::milliseconds(ms))));
    };
    const auto born = day_of(stamp->local_ms), now = day_of(at_ms);
    int years = static_cast<int>(now.year()) - static_cast<int>(born.year());
    if (now.month() < born.month() || (now.month() == born.month() && now.day() < born.day())) --years;
    constexpr int oldest = 122; // Jeanne Calment
    if (years < 0 || years > oldest) return std::nullopt;
    return static_cast<unsigned>(years);
}

std::string iso_date(std::string_view birth) {
    const auto stamp = parse_stamp(birth);
    if (!stamp) return {};
    std::string out(birth.substr(0, 4));
    if (stamp->precision >= Precision::month) out.append("-").append(birth.substr(4, 2));
    if (stamp->precision >= Precision::day) out.append("-").append(birth.substr(6, 2));
    return out;
}

std::string stamp_of(std::int64_t utc_ms) {
    const chr::sys_time<chr::milliseconds> at{chr::milliseconds(utc_ms)};
    const auto day = chr::floor<chr::days>(at);
    const chr::year_month_day date(day);
    const chr::hh_mm_ss<chr::milliseconds> time(at - day);
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%04d%02u%02u%02d%02d%02d.%03d+0000", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
    return text.data();
}

} // namespace vigil::hl7
