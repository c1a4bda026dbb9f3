#pragma once
// What a rule compares with, in words and the figures of its table: for whoever asks why.

#include "core/alerts/alert.hpp"
#include "core/rulebook.hpp"

#include <string>

namespace vigil::alerts {

// Empty where the rule's sentence says it all.
std::string criterion(Alert const& alert, core::Rulebook const& rules);

} // namespace vigil::alerts
