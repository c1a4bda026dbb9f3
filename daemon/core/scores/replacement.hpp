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

// What to say of one that is lost.
inline model::Flag flag_of_lost(model::Sample const& said) {
    return is_unreadable(said) ? model::Flag::unreadable : model::Flag::replacement_unheard;
}

Replacement replacement(Inquiry& q, ReplacementRule const& rule);

} // namespace vigil::scores
