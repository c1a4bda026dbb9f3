#pragma once
// What a score is made of: components, each a pure function of a timeline and an instant, and what follows from their
// parts.

#include "core/scores/inquiry.hpp"

#include <span>

namespace vigil::scores {

struct Component {
    // Fills its parts of the score.
    void (*answer)(Inquiry& q, std::span<model::ScorePart> parts) = nullptr;
    std::uint8_t first = 0; // of the score's parts
    std::uint8_t count = 1;
};

struct Definition {
    model::ScoreId id;
    std::span<model::Part const> parts; // in the order they are shown
    std::span<Component const> components;
    // Fills the parts that no component fills; nullptr: there are none.
    void (*assemble)(std::span<model::ScorePart> parts);
    std::span<model::Signal const> signals; // everything that any component may ever look at
};

// A component that answers one part.
template <model::ScorePart (*answer)(Inquiry&)>
void one_part(Inquiry& q, std::span<model::ScorePart> parts) {
    parts[0] = answer(q);
}

} // namespace vigil::scores
