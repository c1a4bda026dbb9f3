#include "adapters/runtime/log.hpp"

#include <string>
#include <unistd.h>

namespace vigil::adapters {

void log(Priority priority, std::string_view text) {
    std::string line = "<" + std::to_string(static_cast<int>(priority)) + ">";
    line.append(text).push_back('\n');
    std::string_view rest = line;
    while (!rest.empty()) {
        const ssize_t wrote = ::write(STDERR_FILENO, rest.data(), rest.size());
        if (wrote <= 0) return; // nowhere to complain to
        rest.remove_prefix(static_cast<std::size_t>(wrote));
    }
}

} // namespace vigil::adapters
