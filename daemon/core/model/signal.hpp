#pragma once
// Every quantity that Vigil knows by meaning: the ids of scores.md section 2 and 0.7. config/vocabulary.tsv gives each
// its codes, unit, plausible range and maximum age; the loader refuses a vocabulary that does not cover this list
// exactly.

#include "core/model/names.hpp"

#include <array>
#include <bitset>
#include <cstdint>

namespace vigil::model {

// clang-format off
#define VIGIL_SIGNALS(X) \
    X(hr) X(pulse) X(sbp) X(map) X(dbp) X(nibp_sbp) X(nibp_map) X(nibp_dbp) X(cvp) X(rr) X(rr_set) X(rr_total) X(rr_spont) \
    X(spo2) X(pi) X(temp) X(etco2) \
    X(pao2) X(pvo2) X(po2_untyped) X(paco2) X(pco2_untyped) X(ph) X(ph_untyped) X(hco3) X(base_excess) X(sao2) X(cohb) X(methb) \
    X(fio2) X(fio2_set) X(o2_flow) X(peep) X(peep_set) X(peep_total) X(peep_intrinsic) X(pplat) X(pmean) X(ppeak) \
    X(ve) X(vt) X(vt_set) X(crs) X(pf_device) X(vent_mode) X(resp_device) \
    X(gcs_total) X(gcs_eye) X(gcs_verbal) X(gcs_motor) X(rass) X(cam) \
    X(plt) X(bili) X(crea) X(urea) X(na) X(k) X(wbc) X(bands) X(hct) X(hgb) X(lact) X(inr) X(pt) X(aptt) X(ddimer) X(fib) \
    X(alb) X(glu) X(crp) X(pct) X(ferritin) X(troponin) X(ast) X(alt) \
    X(uo) X(urinary_catheter) X(weight) X(height) \
    X(norepinephrine) X(epinephrine) X(dopamine) X(dobutamine) X(vasopressin) X(phenylephrine) X(milrinone) X(levosimendan) \
    X(angiotensin_ii) X(metaraminol) X(isoprenaline) X(terlipressin) X(enoximone) \
    X(propofol) X(midazolam) X(dexmedetomidine) X(ketamine) X(opioid) X(volatile_anaesthetic) X(neuromuscular_block) \
    X(haloperidol) X(quetiapine) X(olanzapine) X(risperidone) X(ziprasidone) \
    X(rrt) X(ecls) X(mcs) \
    X(ards_imaging) X(ards_origin) X(ards_onset) X(barometric_pressure) X(arterial_gas) \
    X(uo_day) \
    X(support_precluded) X(vasoactive_precluded) X(home_antipsychotic) X(ecls_indication) \
    X(ascites) X(encephalopathy) X(dic_disorder) X(sepsis) X(crea_baseline) X(chronic_dialysis) X(cxr_quadrants) X(acvpu) X(news2_scale2) X(cytopenia) \
    X(culture) X(antibiotic) X(sofa_baseline) X(fluid_resuscitated) X(sofa_sum) X(sofa_most) \
    X(admission_type) X(chronic_health) X(metastatic_cancer) X(haematological_malignancy) X(aids) X(acute_renal_failure) X(apache2_weight) \
    X(cell_product) X(crs_status) X(icans_status) X(oxygen_before) X(vasopressors_before) X(sbp_baseline) X(intubation_reason) \
    X(antipyretic) X(anticytokine) X(steroid) \
    X(ice_total) X(ice_orientation) X(ice_naming) X(ice_command) X(ice_writing) X(ice_counting) \
    X(awakening) X(seizure) X(motor_deficit) X(icp_sign) \
    X(enrolled) X(death) X(alive_known) X(left_unit) X(left_hospital) X(procedural_ventilation) \
    X(asystole) X(v_fib) X(v_tach) X(monitor_alarm) X(device_alarm) \
    X(fio2_unreadable)
// clang-format on

VIGIL_ENUM(Signal, std::uint8_t, signal, VIGIL_SIGNALS)
using SignalSet = std::bitset<signal_count>;

// Under these a coma score says nothing of the brain (scores.md 0.7).
inline constexpr std::array sedating = {
    Signal::propofol,
    Signal::midazolam,
    Signal::dexmedetomidine,
    Signal::ketamine,
    Signal::opioid,
    Signal::volatile_anaesthetic,
    Signal::neuromuscular_block,
};

// How a signal's readings are kept and fall silent (vocabulary column `kind`).
// monitor: streams; kept per minute. setting: a device setting or charted state that holds until changed. laboratory,
// charted: kept whole. infusion: a rate that holds until changed. interval: a volume over [time, until). attested:
// entered. derived: worked out from the others and kept, never told by a feed. alarm: what a device says of an alarm of
// its own; of each of them its beginning and what was said last are kept.
// clang-format off
#define VIGIL_SIGNAL_KINDS(X) X(monitor) X(setting) X(laboratory) X(charted) X(infusion) X(interval) X(attested) X(derived) X(alarm)
// clang-format on
VIGIL_ENUM(SignalKind, std::uint8_t, signal_kind, VIGIL_SIGNAL_KINDS)

// Closed lists of words that stand where a number could (vocabulary column `values` says which word goes with which
// signal). `unreadable` is nobody's word: intake puts it where something that holds was told and cannot be read.
// clang-format off
#define VIGIL_WORDS(X) \
    X(none) X(room_air) X(nasal_cannula) X(simple_mask) X(venturi) X(nrb) X(trach_collar) X(hfno) X(cpap) X(niv) X(imv) X(home_vent) \
    X(standby) X(controlled) X(assisted) X(spontaneous) X(other) \
    X(crrt) X(ihd) X(sled) X(pd) X(nonrenal) X(ended) \
    X(vv) X(va) X(vav) X(av) X(unknown) X(iabp) X(lvad) X(rvad) X(bivad) X(impella) \
    X(NT) X(positive) X(negative) X(in) X(out) X(running) X(stopped) \
    X(bilateral) X(not_bilateral) X(not_cardiac) X(cardiac) X(known) X(arterial) X(venous) X(yes) X(no) X(respiratory) X(both) \
    X(mild) X(moderate) X(severe) X(alert) X(confusion) X(voice) X(pain) X(unresponsive) \
    X(taken) X(treatment) X(prophylaxis) \
    X(medical) X(scheduled_surgical) X(unscheduled_surgical) \
    X(immune_effector) X(msc) X(confirmed) X(other_cause) X(death) X(hypoxia) X(airway) X(neurological) X(given) \
    X(tactile) X(vigorous) X(unarousable) X(brief) X(nonconvulsive) X(prolonged) X(repetitive) X(hemiparesis) X(paraparesis) \
    X(focal_oedema) X(diffuse_oedema) X(decorticate) X(decerebrate) X(abducens_palsy) X(papilloedema) X(cushing) \
    X(high) X(medium) X(low) X(note) X(unranked) \
    X(unreadable)
// clang-format on
VIGIL_ENUM(Word, std::uint8_t, word, VIGIL_WORDS)

} // namespace vigil::model
