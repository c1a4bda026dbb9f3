#pragma once
// Lines for the log: addresses, counts, keys and words of closed lists, never a name or a number of a person.

#include <functional>
#include <string>

namespace vigil::outbound {

enum class Loudness { error, warning, notice };
using Say = std::function<void(Loudness, std::string const&)>;

} // namespace vigil::outbound
