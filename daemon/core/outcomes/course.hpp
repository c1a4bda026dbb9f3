#pragma once
// When a person was supported, from the readings. What nobody said is unknown, never free.

#include "core/model/timeline.hpp"
#include "core/outcomes/tables.hpp"
#include "core/rulebook.hpp"
#include "core/scores/support.hpp"

#include <vector>

namespace vigil::outcomes {

using scores::Known;

// [from, to) of one answer; a course is a row of them without gaps.
struct Stretch {
    model::EventTime from, to;
    Known supported = Known::unknown;
    friend bool operator==(Stretch const&, Stretch const&) = default;
};
using Course = std::vector<Stretch>;

// By tube, or by mask where that counts; on an extracorporeal circuit.
Course assisted_breathing(model::Timeline const& timeline, model::EventTime from, model::EventTime to,
                          core::Rulebook const& rules, Tables const& tables);
// Through a tube: the first instant is the intubation.
Course invasive_breathing(model::Timeline const& timeline, model::EventTime from, model::EventTime to,
                          core::Rulebook const& rules);
// By a device of the list, by high flow, or by a vasoactive infusion.
Course organ_support(model::Timeline const& timeline, model::EventTime from, model::EventTime to,
                     core::Rulebook const& rules, Tables const& tables);

// Everything the three may ever look at.
std::vector<model::Signal> support_signals(Tables const& tables);

} // namespace vigil::outcomes
