#pragma once
// What people attested of a person's course, as outcome measures need it.

#include "core/model/timeline.hpp"
#include "core/outcomes/outcomes.hpp"

#include <array>

namespace vigil::outcomes {

struct Facts {
    Person person;
    std::optional<model::EventTime> enrolled;
    std::vector<ToldProcedure> procedures;
};
// A later `no` takes back the `yes` before it.
Facts facts_of(model::Timeline const& timeline);

inline constexpr std::array fact_signals = {model::Signal::enrolled,      model::Signal::death,
                                            model::Signal::alive_known,   model::Signal::left_unit,
                                            model::Signal::left_hospital, model::Signal::procedural_ventilation};

} // namespace vigil::outcomes
