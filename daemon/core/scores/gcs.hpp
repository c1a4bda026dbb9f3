#pragma once
// Glasgow coma scores that may be scored (scores.md 3.5, 0.7): whole sets only, a verbal score that cannot be tested
// derived from eyes and motor, nothing charted under sedation or neuromuscular block.

#include "core/scores/inquiry.hpp"

namespace vigil::scores {

struct Coma {
    model::EventTime time; // when the set was complete
    std::int32_t total = 0;
    bool verbal_imputed = false;
    bool sedated = false; // under a sedative or a block: observed, not scored
    bool after_sedation = false;
    std::vector<model::Evidence> evidence;
};

// A stretch of sedation or block up to q.at: also while nobody knows whether it still runs, for nothing charted then
// can be told from its effect.
struct Sedation {
    model::EventTime from, to;
    bool running = false;
    model::EventTime known_to; // until then it ran for certain
};

// Everything charted up to q.at, oldest first.
std::vector<Coma> coma_scores(Inquiry& q, Verbal verbal, std::vector<Sedation> const& sedation, model::EventTime after);
std::vector<Sedation> sedations(Inquiry& q);

} // namespace vigil::scores
