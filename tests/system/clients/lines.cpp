#include "lines.hpp"

#include <algorithm>
#include <chrono>
#include <sstream>

namespace vigil::client {
namespace {

// vigil.v1.alert.site.unit.bed.key: alert.unit.bed
std::string stream_of(std::string const& topic) {
    std::istringstream in(topic);
    std::vector<std::string> words;
    for (std::string word; std::getline(in, word, '.');) words.push_back(word);
    return words.at(2) + '.' + words.at(4) + '.' + words.at(5);
}

std::string listed(Counts const& counts) {
    std::ostringstream out;
    for (const char* comma = ""; auto const& [stream, n] : counts) {
        out << comma << stream.cls << '.' << stream.unit << '.' << stream.bed << '=' << n;
        comma = ",";
    }
    return counts.empty() ? "-" : out.str();
}

double monotonic() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

} // namespace

std::string line_of(Event const& event) {
    std::ostringstream out;
    out << std::fixed;
    if (auto const* update = std::get_if<Update>(&event)) {
        auto const& e = update->envelope;
        out << "M " << stream_of(update->topic) << ' ' << e.epoch() << ' ' << e.seq() << ' ' << e.count() << ' '
            << update->replayed;
    } else if (auto const* state = std::get_if<Resynchronised>(&event)) {
        std::string reason(name_of(state->reason));
        std::replace(reason.begin(), reason.end(), ' ', '_');
        out << "S " << reason << ' ' << state->epoch << ' ' << state->seq << ' ' << state->history << ' '
            << listed(state->counts) << ' ' << listed(state->lost);
    } else if (auto const* lost = std::get_if<Lost>(&event)) {
        out << "L " << monotonic() << ' ' << lost->why;
    } else {
        out << "B " << monotonic();
    }
    return out.str();
}

} // namespace vigil::client
