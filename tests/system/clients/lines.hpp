#pragma once
// What a subject writes down of an event: a line, as subject.py does.

#include "vigil/client.hpp"

#include <string>

namespace vigil::client {
std::string line_of(Event const& event);
} // namespace vigil::client
