#pragma once
// Acute kidney injury, KDIGO 2012 (doi 10.1038/kisup.2012.1): three paths to a stage, the worst of which is the score.
// Thresholds are in config/scores/kdigo.toml.

#include "core/scores/definition.hpp"

namespace vigil::scores {

extern const Definition kdigo_definition;

model::ScorePart kdigo_creatinine(Inquiry& q);
model::ScorePart kdigo_urine(Inquiry& q);
model::ScorePart kdigo_rrt(Inquiry& q);

// Who was on dialysis before has no acute injury to stage: the part as it then is.
std::optional<model::ScorePart> on_chronic_dialysis(Inquiry& q, model::Part part);
// The worst stage there is.
std::int32_t worst_stage(Inquiry const& q);

} // namespace vigil::scores
