#pragma once
// Not on renal replacement, but it would be called for (SOFA-2, footnote p): potassium, or acidosis.

#include "core/scores/inquiry.hpp"
#include "core/scores/support.hpp"

namespace vigil::scores {

// A criterion, and what it rests on. `unknown`: a result that may or may not meet it, and none that does.
struct Criterion {
    Known met = Known::no;
    std::vector<model::Evidence> evidence;
    bool untyped = false;                // a gas that nobody said was arterial
    bool suspect = false, bound = false; // an extreme value; a comparator
};

struct Criteria {
    Criterion potassium, acid;
};
Criteria criteria(Inquiry& q);

// Potassium: the worst of the window; for `now` the newest.
Criterion high_potassium(Inquiry& q);
// pH and bicarbonate of one gas, or within the time the tables give: any of the window; for `now` the newest gas.
Criterion acidosis(Inquiry& q);

} // namespace vigil::scores
