#include "core/scores/sofa.hpp"

#include "core/scores/laboratory.hpp"
#include "core/scores/total.hpp"

#include <array>

namespace vigil::scores {

using model::Signal;

namespace {

constexpr std::array own_signals = {
    Signal::plt,
    Signal::bili,
    Signal::crea,
    Signal::uo,
    Signal::uo_day,
    Signal::rrt,
    Signal::pao2,
    Signal::po2_untyped,
    Signal::arterial_gas,
    Signal::paco2,
    Signal::pco2_untyped,
    Signal::sao2,
    Signal::spo2,
    Signal::pi,
    Signal::fio2,
    Signal::fio2_set,
    Signal::o2_flow,
    Signal::resp_device,
    Signal::vent_mode,
    Signal::peep_set,
    Signal::rr_set,
    Signal::vt_set,
    Signal::barometric_pressure,
    Signal::ecls,
    Signal::mcs,
    Signal::map,
    Signal::sbp,
    Signal::dbp,
    Signal::nibp_map,
    Signal::nibp_sbp,
    Signal::nibp_dbp,
    Signal::weight,
    Signal::norepinephrine,
    Signal::epinephrine,
    Signal::dopamine,
    Signal::dobutamine,
    Signal::vasopressin,
    Signal::phenylephrine,
    Signal::milrinone,
    Signal::levosimendan,
    Signal::angiotensin_ii,
    Signal::metaraminol,
    Signal::isoprenaline,
    Signal::terlipressin,
    Signal::enoximone,
    Signal::gcs_total,
    Signal::gcs_eye,
    Signal::gcs_verbal,
    Signal::gcs_motor,
};

constexpr auto signals = with_sedating(own_signals);

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
