#include "tests/unit/simulator/listener.hpp"

#include <chrono>
#include <functional>
#include <limits>
#include <stdexcept>

namespace vigil::simulator::test {
namespace {

using Fields = std::vector<std::string_view>;

Fields split(std::string_view text, char separator) {
    Fields out;
    for (std::size_t at = 0;;) {
        const std::size_t end = text.find(separator, at);
        out.push_back(text.substr(at, end - at));
        if (end == std::string_view::npos) return out;
        at = end + 1;
    }
}

std::string_view field(const Fields& fields, std::size_t n) {
    return n < fields.size() ? fields[n] : std::string_view{};
}
std::string_view first(std::string_view text) { return text.substr(0, text.find('^')); }

[[noreturn]] void refuse(const std::string& why, std::string_view message) {
    throw std::runtime_error{why + " in:\n" + std::string{message}};
}

void need(bool held, const char* rule, std::string_view message) {
    if (!held) refuse(rule, message);
}

// YYYYMMDDHHMMSS[.mmm]+0000
double hours_since(std::string_view dtm, Millis start) {
    const std::string text{dtm};
    if (text.size() != 19 && text.size() != 23) throw std::runtime_error{"time: " + text};
    if (!text.ends_with("+0000")) throw std::runtime_error{"no offset: " + text};
    const auto part = [&](std::size_t from, std::size_t count) { return std::stoi(text.substr(from, count)); };
    const std::chrono::year_month_day day{std::chrono::year{part(0, 4)},
                                          std::chrono::month{static_cast<unsigned>(part(4, 2))},
                                          std::chrono::day{static_cast<unsigned>(part(6, 2))}};
    if (!day.ok()) throw std::runtime_error{"date: " + text};
    const double midnight = static_cast<double>(std::chrono::sys_days{day}.time_since_epoch().count()) * 24.0;
    return midnight + part(8, 2) + part(10, 2) / 60.0 + part(12, 2) / 3600.0 - static_cast<double>(start) / 3.6e6;
}

bool number(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    const std::size_t dot = text.find('.');
    const auto digits = [](std::string_view part) {
        return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
    };
    return dot == std::string_view::npos ? digits(text) : digits(text.substr(0, dot)) && digits(text.substr(dot + 1));
}

} // namespace

void Listener::hear_time(const Message& message, std::string_view msh_time) {
    need(message.send_at >= last_send_, "not in the order of sending", message.text);
    last_send_ = message.send_at;
    if (message.untidy) return;
    std::string& last = last_time_[{message.feed, message.feed == Feed::devices ? message.bed : 0}];
    if (!last.empty()) need(msh_time.size() == last.size() && msh_time >= last, "MSH-7 goes back", message.text);
    last = msh_time;
}

void Listener::hear(const Message& message) {
    const std::string_view text = message.text;
    for (const char c : mllp_frame(text)) digest_ = (digest_ ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    ++messages_;
    need(text.starts_with("MSH|^~\\&|") && text.ends_with('\r'), "framing", text);
    need(text.find_first_of("\n\x0B\x1C") == std::string_view::npos, "control character", text);

    std::string bed, drug, dose, observation_time;
    double obr_hour = 0.0;
    int set_id = 0;
    for (const std::string_view segment : split(text.substr(0, text.size() - 1), '\r')) {
        const Fields f = split(segment, '|');
        if (f[0] == "MSH") {
            need(field(f, 10) == "T", "MSH-11 must be T", text); // MSH counts its separator
            need(!field(f, 9).empty() && field(f, 9).size() <= 20, "MSH-10", text);
            const bool pcd = field(f, 11) == "2.6";
            need(pcd == (field(f, 14) == "AL" && field(f, 15) == "NE"), "acknowledgement mode", text);
            hear_time(message, field(f, 6));
            const auto [known, fresh] =
                control_ids_.try_emplace(std::string{field(f, 9)}, std::hash<std::string_view>{}(text));
            if (!fresh) need(known->second == std::hash<std::string_view>{}(text), "control id used twice", text);
            repeats_ += fresh ? 0 : 1;
            if (field(f, 8).starts_with("ADT^")) observation_time = split(field(f, 8), '^').at(1);
        } else if (f[0] == "PV1") {
            const Fields place = split(field(f, 3), '^');
            need(place.size() == 3 && place[0] == "ICU", "PV1-3", text);
            bed = place[2];
            if (!observation_time.empty()) ++triggers_[observation_time + " " + bed];
        } else if (f[0] == "OBR") {
            obr_hour = hours_since(field(f, 8).empty() ? field(f, 7) : field(f, 8), start_);
        } else if (f[0] == "OBX") {
            need(field(f, 1) == std::to_string(++set_id), "OBX-1", text);
            need(split(field(f, 3), '^').size() == 3, "OBX-3", text);
            need(field(f, 11).size() == 1, "OBX-11", text);
            if (field(f, 2).empty()) need(field(f, 5).empty() && field(f, 11) == "X", "structural row", text);
            if (field(f, 2) == "NM") need(number(field(f, 5)), "NM", text);
            const std::string code{first(field(f, 3))};
            if (code == "184330") drug = field(f, 5);
            if (code == "157924") dose = field(f, 5);
            if (field(f, 5).empty()) continue;
            const double hour = field(f, 14).empty() ? obr_hour : hours_since(field(f, 14), start_);
            series_[{bed, code}].push_back({hour, std::string{field(f, 5)}, std::string{field(f, 8)}, field(f, 11)[0]});
        } else {
            need(f[0] == "PID" || f[0] == "EVN" || f[0] == "SPM", "unknown segment", text);
        }
    }
    if (!drug.empty()) series_[{bed, drug}].push_back({obr_hour, dose, "", 'R'});
}

std::vector<Heard> Listener::series(const std::string& bed, const std::string& code) const {
    const auto found = series_.find({bed, code});
    return found == series_.end() ? std::vector<Heard>{} : found->second;
}

double Listener::lowest(const std::string& bed, const std::string& code, double from_h, double to_h) const {
    double best = std::numeric_limits<double>::infinity();
    for (const Heard& h : series(bed, code))
        if (h.hour >= from_h && h.hour < to_h && h.flags.empty()) best = std::min(best, std::stod(h.value));
    return best;
}

double Listener::highest(const std::string& bed, const std::string& code, double from_h, double to_h) const {
    double best = -std::numeric_limits<double>::infinity();
    for (const Heard& h : series(bed, code))
        if (h.hour >= from_h && h.hour < to_h && h.flags.empty()) best = std::max(best, std::stod(h.value));
    return best;
}

std::vector<std::pair<double, double>> Listener::pf_ratios(const std::string& bed) const {
    std::vector<std::pair<double, double>> out;
    const std::vector<Heard> settings = series(bed, "16929412");
    for (const Heard& gas : series(bed, "2703-7")) {
        double fio2 = 0.0;
        for (const Heard& set : settings)
            if (set.hour <= gas.hour && set.hour > gas.hour - 0.1) fio2 = std::stod(set.value);
        if (fio2 > 0.0) out.emplace_back(gas.hour, 100.0 * std::stod(gas.value) / fio2);
    }
    return out;
}

} // namespace vigil::simulator::test
