#pragma once
// Renal replacement over a question's window.

#include "core/scores/inquiry.hpp"

namespace vigil::scores {

// A continuous treatment runs until something else is charted; when nothing is for longer than it is carried, nobody
// knows, and after `held` it is taken for over. An intermittent session holds for the days between, until the whole
// treatment is ended. Of what was told and cannot be read nobody knows, either.
struct Replacement {
    std::optional<model::Sample> session, continuous, lost;
};

Replacement replacement(Inquiry& q, ReplacementRule const& rule);

} // namespace vigil::scores
