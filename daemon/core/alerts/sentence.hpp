#pragma once
// The one sentence that says why: the rule's template, filled with figures and words of closed lists. Never free text.

#include "core/alerts/alert.hpp"
#include "core/alerts/rule.hpp"

#include <string>
#include <string_view>

namespace vigil::alerts {

std::string sentence(Alert const& alert, Rules const& rules);
// Whether a template may say {name}; sentence.cpp lists them.
bool is_placeholder(std::string_view name);

} // namespace vigil::alerts
