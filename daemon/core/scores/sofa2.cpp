#include "core/scores/sofa2.hpp"

#include "core/scores/laboratory.hpp"
#include "core/scores/signal_groups.hpp"
#include "core/scores/total.hpp"

#include <array>

namespace vigil::scores {

using model::Part;
using model::Signal;

namespace {

constexpr std::array own_signals = {
    Signal::plt,
    Signal::bili,
    Signal::crea,
    Signal::k,
    Signal::ph,
    Signal::ph_untyped,
    Signal::hco3,
    Signal::uo,
    Signal::uo_day,
    Signal::rrt,
    Signal::chronic_dialysis,
    Signal::support_precluded,
    Signal::ecls_indication,
    Signal::vasoactive_precluded,
    Signal::cam,
    Signal::haloperidol,
    Signal::quetiapine,
    Signal::olanzapine,
    Signal::risperidone,
    Signal::ziprasidone,
    Signal::home_antipsychotic,
};
constexpr auto signals =
    joined(own_signals, oxygenation_signals, pressure_signals, vasoactive_signals, coma_signals, model::sedating);

constexpr std::array parts = {Part::total, Part::brain,  Part::resp, Part::cardio,
                              Part::liver, Part::kidney, Part::hemo};

constexpr std::array components = {
    Component{one_part<sofa2_brain>, 1}, Component{one_part<sofa2_resp>, 2},   Component{one_part<sofa2_cardio>, 3},
    Component{one_part<sofa2_liver>, 4}, Component{one_part<sofa2_kidney>, 5}, Component{one_part<sofa2_hemo>, 6},
};

} // namespace

constinit const Definition sofa2_definition{model::ScoreId::sofa2,     parts, components, add_up, signals,
                                            edition_of<&Tables::sofa2>};

Sofa2Policy const& sofa2_policy(Inquiry const& q) {
    auto const& policies = q.rules.tables.sofa2.policies;
    return policies[q.key.policy < policies.size() ? q.key.policy : 0U];
}

model::ScorePart sofa2_liver(Inquiry& q) {
    auto const& t = q.rules.tables.sofa2;
    return laboratory(q, t.columns, Part::liver, Signal::bili, t.carried_for);
}

model::ScorePart sofa2_hemo(Inquiry& q) {
    auto const& t = q.rules.tables.sofa2;
    return laboratory(q, t.columns, Part::hemo, Signal::plt, t.carried_for);
}

} // namespace vigil::scores
