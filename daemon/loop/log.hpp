#pragma once
// The one door to the log: lines on stderr with the priority prefixes journald reads. Callers pass counts, sequences
// and words of closed lists, never a name, a record number, a message or free text from outside.

#include <string_view>

namespace vigil::loop::log {

void start(); // once, before the first line
void error(std::string_view line);
void warning(std::string_view line);
void notice(std::string_view line);
void info(std::string_view line);

} // namespace vigil::loop::log
