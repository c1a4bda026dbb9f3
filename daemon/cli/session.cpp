#include "cli/session.hpp"

#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace vigil::cli {

std::string configuration_named(std::string const& asked) {
    const char* set = std::getenv("VIGIL_CONFIG");
    return asked.empty() && set != nullptr ? set : asked;
}

void complain(std::string const& message) { std::fprintf(stderr, "vigil: %s\n", message.c_str()); }

bool colour_on_stdout() {
    const char* refused = std::getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) == 1 && (refused == nullptr || *refused == '\0');
}

bool progress_on_stderr() { return isatty(STDERR_FILENO) == 1; }

} // namespace vigil::cli
