#include "adapters/simulator/sim_time.hpp"

#include <chrono>

namespace vigil::simulator {
namespace {

constexpr Millis kDay = 24 * kHour;

Millis floor_day(Millis at) {
    const Millis rest = at % kDay;
    return at - (rest < 0 ? rest + kDay : rest);
}

void append_digits(std::string& out, Millis value, int width) {
    Millis divisor = 1;
    for (int i = 1; i < width; ++i) divisor *= 10;
    for (; divisor > 0; divisor /= 10) out.push_back(static_cast<char>('0' + (value / divisor) % 10));
}

std::string to_second(Millis at) {
    const Millis midnight = floor_day(at);
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{midnight / kDay}}};
    const Millis of_day = at - midnight;
    std::string out;
    out.reserve(24);
    append_digits(out, static_cast<int>(date.year()), 4);
    append_digits(out, static_cast<Millis>(static_cast<unsigned>(date.month())), 2);
    append_digits(out, static_cast<Millis>(static_cast<unsigned>(date.day())), 2);
    append_digits(out, of_day / kHour, 2);
    append_digits(out, of_day / kMinute % 60, 2);
    append_digits(out, of_day / kSecond % 60, 2);
    return out;
}

std::optional<int> number(std::string_view text, std::size_t from, std::size_t count) {
    int value = 0;
    for (const char c : text.substr(from, count)) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

} // namespace

std::string iso_seconds(Millis at) {
    const std::string s = to_second(at);
    return s.substr(0, 4) + "-" + s.substr(4, 2) + "-" + s.substr(6, 2) + "T" + s.substr(8, 2) + ":" + s.substr(10, 2) +
           ":" + s.substr(12, 2) + "Z";
}

std::string dtm_millis(Millis at) {
    std::string out = to_second(at);
    out.push_back('.');
    append_digits(out, (at - floor_day(at)) % kSecond, 3);
    out += "+0000";
    return out;
}

std::string dtm_seconds(Millis at) { return to_second(at) + "+0000"; }

double hour_of_day(Millis at) { return static_cast<double>(at - floor_day(at)) / static_cast<double>(kHour); }

std::optional<Millis> parse_utc(std::string_view text) {
    constexpr std::string_view form = "0000-00-00T00:00:00Z";
    if (text.size() != form.size()) return std::nullopt;
    for (std::size_t i = 0; i < form.size(); ++i)
        if (form[i] != '0' && form[i] != text[i]) return std::nullopt;
    const auto year = number(text, 0, 4), month = number(text, 5, 2), day = number(text, 8, 2);
    const auto hour = number(text, 11, 2), minute = number(text, 14, 2), second = number(text, 17, 2);
    if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
    const Millis days = std::chrono::sys_days{date}.time_since_epoch().count();
    return days * kDay + *hour * kHour + *minute * kMinute + *second * kSecond;
}

} // namespace vigil::simulator
