#pragma once
// NEWS2, Royal College of Physicians 2017 (ISBN 978-1-86016-682-2): seven parts. Thresholds are in
// config/scores/news2.toml.

#include "core/scores/definition.hpp"
#include "core/scores/ventilated.hpp"

namespace vigil::scores {

extern const Definition news2_definition;

// Whether the patient breathed oxygen at `t`: any device but room air, a flow, or more inspired oxygen than air has. On
// air: charted so, or no more inspired oxygen than that. Anything else is unknown.
struct Supplied {
    Known oxygen = Known::unknown;
    std::vector<model::Evidence> evidence;
};
Supplied supplied_at(Inquiry& q, model::EventTime t);

model::ScorePart news2_oxygen(Inquiry& q);

} // namespace vigil::scores
