#pragma once
// What is wrong with a definition file, and where. A loader collects every problem before it gives up, so that one run
// shows them all.

#include <string>
#include <vector>

namespace vigil::definitions {

struct Problem {
    std::string file;
    int line = 0;   // 1-based; 0 when the whole file is meant
    int column = 0; // 1-based; 0 when the whole line is meant
    std::string key;
    std::string message;

    friend bool operator==(Problem const&, Problem const&) = default;
};
using Problems = std::vector<Problem>;

std::string to_string(Problem const& problem); // "file:line:col: key: message"

} // namespace vigil::definitions
