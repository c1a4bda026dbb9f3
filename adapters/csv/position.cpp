#include "adapters/csv/position.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>

namespace vigil::csv {

std::string text_of(Position const& p) {
    std::ostringstream out;
    out << "vigil-csv-position 1\nfile " << p.marks << "\ndone " << p.done.offset << ' ' << p.done.lines << '\n';
    if (p.done.within) out << "within\n";
    for (auto size : p.seen) out << "seen " << size << '\n';
    return out.str();
}

std::optional<Position> parse_position(std::string_view text) {
    std::istringstream in{std::string{text}};
    std::string title, version, word;
    Position p;
    if (!(in >> title >> version) || title != "vigil-csv-position" || version != "1") return std::nullopt;
    if (!(in >> word >> p.marks) || word != "file") return std::nullopt;
    if (!(in >> word >> p.done.offset >> p.done.lines) || word != "done") return std::nullopt;
    for (std::uint64_t size = 0; in >> word;) {
        if (word == "within" && !p.done.within && p.seen.empty()) {
            p.done.within = true;
            continue;
        }
        if (word != "seen" || !(in >> size) || size <= (p.seen.empty() ? p.done.offset : p.seen.back()))
            return std::nullopt;
        p.seen.push_back(size);
    }
    return p;
}

std::optional<Position> read_position(std::string const& path) {
    std::ifstream in{path, std::ios::binary};
    std::ostringstream text;
    if (!in || !(text << in.rdbuf())) return std::nullopt;
    return parse_position(text.str());
}

bool write_position(std::string const& path, Position const& position) {
    const auto next = path + ".new";
    {
        std::ofstream out{next, std::ios::binary | std::ios::trunc};
        out << text_of(position);
        if (!out.flush()) return false;
    }
    return std::rename(next.c_str(), path.c_str()) == 0;
}

} // namespace vigil::csv
