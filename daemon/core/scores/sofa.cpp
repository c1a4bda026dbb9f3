#include "core/scores/sofa.hpp"

#include "core/scores/laboratory.hpp"

#include <algorithm>
#include <array>

namespace vigil::scores {

using model::PartState;
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

constexpr auto signals = [] {
    std::array<Signal, own_signals.size() + model::sedating.size()> all{};
    std::copy(model::sedating.begin(), model::sedating.end(),
              std::copy(own_signals.begin(), own_signals.end(), all.begin()));
    return all;
}();

using model::Part;

constexpr std::array parts = {Part::total, Part::resp, Part::coag, Part::liver, Part::cardio, Part::cns, Part::renal};

constexpr std::array components = {
    Component{one_part<sofa_resp>, 1},   Component{one_part<sofa_coag>, 2}, Component{one_part<sofa_liver>, 3},
    Component{one_part<sofa_cardio>, 4}, Component{one_part<sofa_cns>, 5},  Component{one_part<sofa_renal>, 6},
};

// The sum of what was measured, bounded by what was not (scores.md 1.3). Its state is the least certain of its parts'.
void add_up(std::span<model::ScorePart> all) {
    model::ScorePart total;
    std::int32_t points = 0;
    bool carried = false, provisional = false;
    for (auto const& p : all.subspan(1)) {
        total.lower += p.lower;
        total.upper += p.upper;
        carried = carried || p.state == PartState::carried;
        provisional = provisional || p.state == PartState::provisional;
        if (p.points)
            points += *p.points;
        else
            ++total.missing;
    }
    const bool some = total.missing < components.size();
    if (some || provisional)
        total.state = provisional ? PartState::provisional : carried ? PartState::carried : PartState::valued;
    if (some) total.points = points;
    all[0] = total;
}

} // namespace

model::ScorePart sofa_coag(Inquiry& q) {
    return laboratory(q, q.rules.tables.sofa.columns, model::Part::coag, model::Signal::plt);
}
model::ScorePart sofa_liver(Inquiry& q) {
    return laboratory(q, q.rules.tables.sofa.columns, model::Part::liver, model::Signal::bili);
}

constinit const Definition sofa_definition{model::ScoreId::sofa, parts, components, add_up, signals};

SofaPolicy const& policy_of(Inquiry const& q) {
    auto const& policies = q.rules.tables.sofa.policies;
    return policies[q.key.policy < policies.size() ? q.key.policy : 0U];
}

} // namespace vigil::scores
