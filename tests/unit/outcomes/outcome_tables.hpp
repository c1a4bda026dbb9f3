#pragma once
// config/outcomes.toml of this source tree.

#include "definitions/outcome_tables.hpp"

#include <cstdlib>
#include <stdexcept>

namespace vigil::test {

inline outcomes::Tables const& outcome_tables() {
    static const outcomes::Tables tables = [] {
        char const* root = std::getenv("VIGIL_ROOT");
        const auto path = std::string{root == nullptr ? "." : root} + "/config/outcomes.toml";
        definitions::Problems problems;
        const auto text = definitions::read_file(path, problems);
        auto read = text ? definitions::load_outcome_tables({"outcomes.toml", path, *text}, problems) : std::nullopt;
        if (!read) throw std::runtime_error{problems.empty() ? path : definitions::to_string(problems.front())};
        return *read;
    }();
    return tables;
}

} // namespace vigil::test
