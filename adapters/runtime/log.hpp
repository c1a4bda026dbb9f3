#pragma once
// Diagnostics on stderr with the priority prefixes journald reads. Callers pass addresses, counts and words of closed
// lists: never a message, a name, a number of a person or free text.

#include <string_view>

namespace vigil::adapters {

enum class Priority : int { error = 3, warning = 4, notice = 5, info = 6 };

void log(Priority priority, std::string_view text);

} // namespace vigil::adapters
