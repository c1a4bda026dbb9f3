#pragma once
// The alert rules and the vocabulary as shipped.

#include "core/rulebook.hpp"
#include "definitions/alert_rules.hpp"
#include "definitions/files.hpp"

#include <cstdlib>
#include <stdexcept>

namespace shipped {

inline std::string root() {
    const char* set = std::getenv("VIGIL_ROOT");
    return set == nullptr ? "." : set;
}

inline vigil::definitions::Files alert_files() {
    vigil::definitions::Problems problems;
    auto files = vigil::definitions::read_folder(root() + "/config/alerts", "alerts/", ".toml", problems);
    if (!problems.empty()) throw std::runtime_error(to_string(problems.front()));
    return files;
}

inline vigil::alerts::Rules rules() {
    vigil::definitions::Problems problems;
    auto loaded = vigil::definitions::load_alert_rules(alert_files(), problems);
    if (!problems.empty()) throw std::runtime_error(to_string(problems.front()));
    return loaded;
}

} // namespace shipped
