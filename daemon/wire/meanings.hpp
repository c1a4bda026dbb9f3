#pragma once
// What each flag of a part and each reason of an evidence means, in a sentence that is understood at the bedside: what
// it says of the number, and what one can do.

#include "core/model/evidence.hpp"

#include <string_view>

namespace vigil::wire {

std::string_view meaning(model::Flag flag);
// Empty of Reason::none.
std::string_view meaning(model::Reason reason);

// Of their names as the wire has them; empty of one that this version does not know.
std::string_view meaning_of_flag(std::string_view name);
std::string_view meaning_of_reason(std::string_view name);

} // namespace vigil::wire
