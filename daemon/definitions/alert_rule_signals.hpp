#pragma once
// What an alert rule reads must be of the kind that it reads: said where its file says it.

#include "core/rulebook.hpp"
#include "definitions/files.hpp"

namespace vigil::definitions {

// `files`: those the rules were loaded from, by whatever names. Without a vocabulary nothing can be said.
void check_what_rules_read(Files const& files, core::Rulebook const& rules, Problems& problems);

} // namespace vigil::definitions
