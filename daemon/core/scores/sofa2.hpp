#pragma once
// SOFA-2, Ranzani 2025 (doi 10.1001/jama.2025.20516): six components, one file each. Thresholds are in
// config/scores/sofa2.toml; what was chosen where the definition is silent is in docs/accuracy.md.

#include "core/scores/definition.hpp"

namespace vigil::scores {

extern const Definition sofa2_definition;

Sofa2Policy const& sofa2_policy(Inquiry const& q);

model::ScorePart sofa2_brain(Inquiry& q);
model::ScorePart sofa2_resp(Inquiry& q);
model::ScorePart sofa2_cardio(Inquiry& q);
model::ScorePart sofa2_liver(Inquiry& q);
model::ScorePart sofa2_kidney(Inquiry& q);
model::ScorePart sofa2_hemo(Inquiry& q);

} // namespace vigil::scores
