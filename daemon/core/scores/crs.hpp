#pragma once
// Cytokine release syndrome by the ASTCT consensus, Lee 2019 (doi 10.1016/j.bbmt.2018.12.758): fever, and the worse of
// hypotension and hypoxia. Thresholds are in config/scores/crs.toml.

#include "core/scores/cell_therapy.hpp"
#include "core/scores/definition.hpp"
#include "core/scores/finding.hpp"

namespace vigil::scores {

extern const Definition crs_definition;

// Of a quantity of which there is nothing after T0.
inline Finding nothing_told(RangeTable const& table) {
    Finding f;
    f.points = {0, most_points(table)};
    return f;
}

// In the part of the question after T0. Support that was there at T0, and has been there since, is nothing of the
// product's: only what is worse than it counts, and then as what it is.
model::ScorePart crs_hypotension(Inquiry& q, Course const& course);
model::ScorePart crs_hypoxia(Inquiry& q, Course const& course);

} // namespace vigil::scores
