#include "core/scores/sofa.hpp"

#include "core/scores/laboratory.hpp"
#include "core/scores/signal_groups.hpp"
#include "core/scores/total.hpp"

#include <array>

namespace vigil::scores {

using model::Signal;

namespace {

constexpr std::array own_signals = {
    Signal::plt, Signal::bili, Signal::crea, Signal::uo, Signal::uo_day, Signal::rrt,
};
constexpr auto signals =
    joined(own_signals, oxygenation_signals, pressure_signals, vasoactive_signals, coma_signals, model::sedating);

using model::Part;

constexpr std::array parts = {Part::total, Part::resp, Part::coag, Part::liver, Part::cardio, Part::cns, Part::renal};

constexpr std::array components = {
    Component{one_part<sofa_resp>, 1},   Component{one_part<sofa_coag>, 2}, Component{one_part<sofa_liver>, 3},
    Component{one_part<sofa_cardio>, 4}, Component{one_part<sofa_cns>, 5},  Component{one_part<sofa_renal>, 6},
};

} // namespace

model::ScorePart sofa_coag(Inquiry& q) {
    return laboratory(q, q.rules.tables.sofa.columns, model::Part::coag, model::Signal::plt);
}
model::ScorePart sofa_liver(Inquiry& q) {
    return laboratory(q, q.rules.tables.sofa.columns, model::Part::liver, model::Signal::bili);
}

constinit const Definition sofa_definition{model::ScoreId::sofa,     parts, components, add_up, signals,
                                           edition_of<&Tables::sofa>};

SofaPolicy const& policy_of(Inquiry const& q) {
    auto const& policies = q.rules.tables.sofa.policies;
    return policies[q.key.policy < policies.size() ? q.key.policy : 0U];
}

} // namespace vigil::scores
