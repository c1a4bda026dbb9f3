#pragma once
// The shipped configuration, and copies of it with one thing changed.

#include "definitions/files.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace fixtures {

using vigil::definitions::File;
using vigil::definitions::Problems;

inline std::string root() {
    const char* set = std::getenv("VIGIL_ROOT");
    return set == nullptr ? "." : set;
}

inline File shipped(std::string const& name) {
    Problems problems;
    auto text = vigil::definitions::read_file(root() + "/config/" + name, problems);
    if (!text) throw std::runtime_error("config/" + name + " is not there; is VIGIL_ROOT set?");
    return {name, name, *text};
}

// Every table of a score.
inline vigil::definitions::Files delivered() {
    Problems problems;
    auto files = vigil::definitions::read_folder(root() + "/config/scores", "scores/", ".toml", problems);
    if (!problems.empty()) throw std::runtime_error(to_string(problems.front()));
    return files;
}

// The file with the first occurrence of `from` replaced; throws when it is not there, so that no test passes by
// accident.
inline File changed(File file, std::string const& from, std::string const& to) {
    const auto at = file.content.find(from);
    if (at == std::string::npos) throw std::runtime_error(file.name + " does not contain " + from);
    file.content.replace(at, from.size(), to);
    return file;
}

inline std::string shown(Problems const& problems) {
    std::string out;
    for (auto const& p : problems) out += to_string(p) + "\n";
    return out;
}

inline bool mentions(Problems const& problems, std::string const& key, std::string const& part) {
    return std::any_of(problems.begin(), problems.end(),
                       [&](auto const& p) { return p.key == key && p.message.find(part) != std::string::npos; });
}

} // namespace fixtures
