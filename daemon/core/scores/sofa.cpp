#include "core/scores/sofa.hpp"

#include <array>

namespace vigil::scores {

using model::PartState;
using model::Signal;

namespace {

constexpr std::array signals = {
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
    Signal::propofol,
    Signal::midazolam,
    Signal::dexmedetomidine,
    Signal::ketamine,
    Signal::opioid,
    Signal::volatile_anaesthetic,
    Signal::neuromuscular_block,
};

// The sum of what was measured, bounded by what was not (scores.md 1.3). Its state is the least certain of its parts'.
model::ScorePart total_of(std::vector<model::ScorePart> const& parts) {
    model::ScorePart total;
    std::int32_t points = 0;
    bool carried = false, provisional = false;
    for (auto const& p : parts) {
        total.lower += p.lower;
        total.upper += p.upper;
        carried = carried || p.state == PartState::carried;
        provisional = provisional || p.state == PartState::provisional;
        if (p.points)
            points += *p.points;
        else
            ++total.missing;
    }
    if (total.missing == parts.size() && !provisional) return total;
    total.state = provisional ? PartState::provisional : carried ? PartState::carried : PartState::valued;
    if (total.missing < parts.size()) total.points = points;
    return total;
}

model::Score for_children(model::Score score) {
    for (auto part : {model::Part::total, model::Part::resp, model::Part::coag, model::Part::liver, model::Part::cardio,
                      model::Part::cns, model::Part::renal}) {
        model::ScorePart p;
        p.part = part;
        p.state = PartState::not_applicable;
        score.parts.push_back(p);
    }
    return score;
}

} // namespace

std::span<Signal const> sofa_signals() { return signals; }

SofaPolicy const& policy_of(Inquiry const& q) {
    auto const& policies = q.rules.tables.sofa.policies;
    return policies[q.key.policy < policies.size() ? q.key.policy : 0U];
}

model::Score sofa(model::ScoreKey key, Patient const& patient, model::EventTime at, core::Rulebook const& rules) {
    model::Score score;
    score.key = key;
    score.as_of = at;
    if (patient.age_years && *patient.age_years < rules.tables.sofa.adult_from) return for_children(score);
    auto q = ask(key, patient, at, rules);
    look_ahead(q, signals);
    std::vector<model::ScorePart> parts;
    parts.reserve(6);
    for (auto component : {sofa_resp, sofa_coag, sofa_liver, sofa_cardio, sofa_cns, sofa_renal})
        parts.push_back(component(q));
    score.parts.push_back(total_of(parts));
    for (auto& p : parts) score.parts.push_back(std::move(p));
    score.next_change = q.due.next();
    return score;
}

} // namespace vigil::scores
