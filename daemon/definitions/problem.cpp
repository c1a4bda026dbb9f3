#include "definitions/problem.hpp"

namespace vigil::definitions {

std::string to_string(Problem const& problem) {
    return problem.file + ":" + std::to_string(problem.line) + ":" + std::to_string(problem.column) + ": " +
           problem.key + ": " + problem.message;
}

} // namespace vigil::definitions
