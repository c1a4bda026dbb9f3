#pragma once
// SOFA, Vincent 1996 (doi 10.1007/BF01709751): six components, one file each. Thresholds are in
// config/scores/sofa.toml.

#include "core/scores/definition.hpp"

namespace vigil::scores {

extern const Definition sofa_definition;

SofaPolicy const& policy_of(Inquiry const& q);

model::ScorePart sofa_resp(Inquiry& q);
model::ScorePart sofa_coag(Inquiry& q);
model::ScorePart sofa_liver(Inquiry& q);
model::ScorePart sofa_cardio(Inquiry& q);
model::ScorePart sofa_cns(Inquiry& q);
model::ScorePart sofa_renal(Inquiry& q);

} // namespace vigil::scores
