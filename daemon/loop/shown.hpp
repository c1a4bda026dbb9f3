#pragma once
// What stood on the screens at an instant of the past: the newest of what was published about a stay by then, as the
// journal keeps it.

#include "core/effect.hpp"
#include "core/state.hpp"
#include "store/reader.hpp"

#include <string>
#include <vector>

namespace vigil::loop {

struct Shown {
    std::vector<core::ScoreChanged> scores; // the newest of each run, in the order of their keys; none of who had left
    std::vector<alerts::Alert> alerts;      // that were not closed
};

// Of the encounter itself, up to row `up_to`: what it absorbed later stood on screens of its own. What was shown and
// not recorded (degraded mode) is not there. Empty, with a reason, when the journal cannot be read or it takes too
// long.
std::optional<Shown> shown_at(store::Reader& reader, core::State const& state, model::EncounterId encounter,
                              model::LogTime at, std::uint64_t up_to, std::string& why);

} // namespace vigil::loop
