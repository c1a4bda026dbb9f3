#pragma once
// What people ask for, as events.

#include "core/event.hpp"
#include "core/state.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace vigil::v1 {
class CommandRequest;
}

namespace vigil::wire {

// The event a command is, or one word of a closed list that says why it is none.
struct Command {
    core::What what;
    std::string_view refused;           // empty when `what` is to be stepped
    std::vector<std::string> allowed{}; // the words there are, where one of them was expected
};

// Names that only the dictionaries can resolve (the subject of an assignment) are looked up in `state`.
Command read_command(v1::CommandRequest const& request, core::State const& state, core::Rulebook const& rules);

} // namespace vigil::wire
