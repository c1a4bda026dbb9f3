#pragma once
// What scores that are sums of organs share.

#include "core/model/score.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace vigil::scores {

// The first part is the sum of the others as far as they were measured, bounded by what was not (scores.md 1.3). Its
// state is the least certain of theirs.
void add_up(std::span<model::ScorePart> all);

// A score that looks at the coma score looks at everything that sedates.
template <std::size_t n>
constexpr auto with_sedating(std::array<model::Signal, n> const& own) {
    std::array<model::Signal, n + model::sedating.size()> all{};
    std::copy(model::sedating.begin(), model::sedating.end(), std::copy(own.begin(), own.end(), all.begin()));
    return all;
}

} // namespace vigil::scores
