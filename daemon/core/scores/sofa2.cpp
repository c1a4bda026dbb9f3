#include "core/scores/sofa2.hpp"

#include "core/scores/laboratory.hpp"
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
    Signal::support_precluded,
    Signal::ecls,
    Signal::ecls_indication,
    Signal::mcs,
    Signal::map,
    Signal::sbp,
    Signal::dbp,
    Signal::nibp_map,
    Signal::nibp_sbp,
    Signal::nibp_dbp,
    Signal::vasoactive_precluded,
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
    Signal::cam,
    Signal::haloperidol,
    Signal::quetiapine,
    Signal::olanzapine,
    Signal::risperidone,
    Signal::ziprasidone,
    Signal::home_antipsychotic,
};
constexpr auto signals = with_sedating(own_signals);

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
