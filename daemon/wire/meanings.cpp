#include "wire/meanings.hpp"

#include <array>

namespace vigil::wire {

namespace {

using model::Flag;
using model::Reason;

template <class Token>
struct Row {
    Token token;
    std::string_view meaning;
};

// clang-format off
constexpr auto flags = std::to_array<Row<Flag>>({
    {Flag::basis_disagreement, "the column of the other unit would give other points; the one named in the heading counts"},
    {Flag::unlisted_vasoactive, "a vasoactive drug ran that the definition does not list; it gives no points"},
    {Flag::on_ecls, "an extracorporeal circuit ran; gases and ventilator settings are its doing too"},
    {Flag::fio2_estimated, "the inspired oxygen is estimated from the flow; chart the fraction for an exact ratio"},
    {Flag::map_derived, "nobody told a mean pressure; worked out as (systolic + 2 diastolic)/3"},
    {Flag::surrogate, "something stands in for what was not measured: the oximeter for an arterial gas, or GCS for the word of consciousness"},
    {Flag::surrogate_bound, "the saturation is too high to tell a P/F from; it says only that P/F is not below the figure shown"},
    {Flag::renal_masked_by_rrt, "renal replacement is running, so that creatinine and urine look better than the kidneys are"},
    {Flag::recent_sedation, "charted soon after a sedative or block was stopped; it may still act"},
    {Flag::salt_unknown, "nobody says whether the rate is told as salt or base; taken for base"},
    {Flag::provisional_rate, "a drug has not run for long enough yet to count; the upper bound says what it will be worth if it goes on"},
    {Flag::support_unknown, "nobody knows which respiratory support ran; what needs support is only possible, chart the device"},
    {Flag::extreme_verify, "a value is far out of what is usual; verify it"},
    {Flag::unit_suspect, "a dose is impossible or in an unknown unit, or a result so high or low that it may be in another unit; check both"},
    {Flag::weight_missing, "a rate per kg cannot be told without the weight; chart the admission weight"},
    {Flag::noninvasive, "on a mask or helmet; the definition allows no class above mild there"},
    {Flag::pf_in_moderate_or_severe_range, "by the ratio alone it would be moderate or severe; on a mask it is called mild"},
    {Flag::unconfirmed, "not confirmed by a second reading"},
    {Flag::frozen_class, "a circuit runs or has just ended; the class is the one from before it"},
    {Flag::altitude_corrected, "the ratio was multiplied by barometric pressure/760, as the site is at altitude"},
    {Flag::low_coverage, "urine was not charted for long enough without a gap; nothing certain can be told from it"},
    {Flag::pair_implausible, "a gas holds more oxygen than the inspired fraction allows; it is refused, check both"},
    {Flag::verbal_imputed, "speech cannot be tested; its points are worked out from motor and eyes"},
    {Flag::pump_silent, "nothing was heard of a pump that is not known to have been stopped; its last rate is carried, check the pump"},
    {Flag::late_result, "a result came after the score had been shown"},
    {Flag::artefact_dropped, "pressures without a pulse, or not between diastolic and systolic, were left out as artefacts"},
    {Flag::comparator_bound, "a result was told only as above or below a limit"},
    {Flag::device_pf_disagrees, "the analyser's own P/F is not the one worked out here"},
    {Flag::timing_not_met, "it did not begin within the time that the definition gives it"},
    {Flag::imaging_not_met, "the images are attested as not those of ARDS"},
    {Flag::origin_not_met, "heart failure or fluid is attested to explain the oedema"},
    {Flag::pressure_not_met, "the set PEEP or CPAP was below what the definition asks for"},
    {Flag::transient_ignored, "a worse ratio was soon better again on the same device; it is taken for suctioning or a slipped mask"},
    {Flag::support_precluded, "advanced respiratory support is attested as precluded; the full points count without it"},
    {Flag::vasoactive_precluded, "vasoactive drugs are attested as precluded; the lower tiers of pressure count"},
    {Flag::rrt_criteria, "not on replacement, but creatinine or urine with potassium or acidosis call for it: counts as 4"},
    {Flag::gas_untyped, "the acidosis was read from a gas that is venous or that nobody called arterial"},
    {Flag::ecls_unknown, "nobody recorded the kind of circuit or what for; it may be worth 4, record it"},
    {Flag::motor_only, "eyes or speech could not be tested; the best motor response alone counts"},
    {Flag::sedated_unknown, "sedated, and no GCS was charted before the sedative; 0 stands for nobody knows, anything to 4 is possible"},
    {Flag::delirium_drug, "a drug for delirium was given; it is 1 point at least"},
    {Flag::right_ventricular_device, "the device supports the right ventricle; the definition does not name it, it counts as 4"},
    {Flag::replacement_unheard, "a continuous renal replacement was not charted for long; chart whether it still runs"},
    {Flag::acute_use_unvalidated, "the score was made for chronic liver disease, not for the acutely ill"},
    {Flag::sex_unknown, "nobody told the sex, which the formula needs; enter it with the admission"},
    {Flag::creatinine_by_dialysis, "on dialysis; creatinine is set to the highest value of the formula"},
    {Flag::local_limits_unset, "the limits of this laboratory are not in the configuration; general ones are used"},
    {Flag::baseline_presumed, "no creatinine from before is known; a presumed one stands for it, enter the true one"},
    {Flag::spo2_too_high, "the saturation is too high to tell a ratio from; an arterial gas would"},
    {Flag::peep_total_unknown, "the total PEEP was not measured; the set one is used, so that trapped air is not seen"},
    {Flag::berlin_peep_met, "PEEP was high enough for the Berlin definition too"},
    {Flag::support_not_met, "flow or pressure was below what the definition asks for"},
    {Flag::flow_unknown, "nobody charted the oxygen flow, on which it depends"},
    {Flag::too_early, "high flow began too short a while ago for this index to mean anything"},
    {Flag::compliance_reported, "the compliance is the ventilator's own, not worked out from volume and pressures"},
    {Flag::gases_too_far_apart, "the gases are too far apart to say that it lasted"},
    {Flag::intubated_too_long, "the tube has been in for longer than the trial allowed"},
    {Flag::intubation_unknown, "nobody charted when the tube was put in; chart it"},
    {Flag::ventilation_unverified, "the ventilator was not seen at the rate and plateau pressure that the trial asks for; look whether it was optimised"},
    {Flag::rr_not_spontaneous, "breaths of a controlled ventilator are not the patient's; SIRS leaves their rate out, qSOFA counts it"},
    {Flag::wbc_confounded, "the leucocytes are attested to be low for another reason"},
    {Flag::not_validated, "the score was not made for a patient with a tube"},
    {Flag::baseline_assumed, "nothing is known from before the infection; SOFA before it is taken for 0"},
    {Flag::fluid_not_attested, "nobody attested that enough fluid was given first; attest it"},
    {Flag::fever_waived, "fever was treated after it began; it need not go on to count"},
    {Flag::treated_before_onset, "a drug that hides fever was given before any; nobody knows whether there would be one"},
    {Flag::other_cause, "another cause is attested; the grade is 0"},
    {Flag::support_before_product, "what the patient needed before the product already is not counted"},
    {Flag::baseline_unknown, "nobody knows what support the patient needed before the product; attest it"},
    {Flag::tube_without_hypoxia, "the tube is attested for the airway or the brain, not for lack of oxygen; it gives no points"},
    {Flag::sedated, "a sedative ran; what could not be told apart from it leaves the upper bound open"},
    {Flag::no_equivalence, "a vasopressor has no agreed equivalence to norepinephrine; it is not in the sum"},
    {Flag::pumps_added, "two pumps ran the same drug together; their rates are added"},
    {Flag::catecholamines_added, "norepinephrine and epinephrine ran together; the sum of their doses is what counts"},
    {Flag::cuff_line_apart, "cuff and arterial line told means far apart, twice in a row; the line counts, check both"},
    {Flag::unreadable, "something that holds until it is changed was told last and cannot be read; what stood before it is not relied on"},
    {Flag::gcs_disagrees, "the total of the coma scale is not the sum of its parts, or a set a moment apart is another; look again"},
});

constexpr auto reasons = std::to_array<Row<Reason>>({
    {Reason::none, ""},
    {Reason::not_in_window, "nothing to go by in the time looked at"},
    {Reason::out_of_range, "impossible for this quantity"},
    {Reason::soft_range, "far out of what is usual"},
    {Reason::stale, "too old to be used"},
    {Reason::future, "its time lies ahead of the clock"},
    {Reason::ambiguous_time, "its time stands for two instants, as the clock was set back"},
    {Reason::date_only, "only a date was told, no time"},
    {Reason::no_time, "no usable time was told"},
    {Reason::unmapped, "the code or setting is not known here"},
    {Reason::unknown_unit, "the unit is not understood"},
    {Reason::no_value, "there is no usable value"},
    {Reason::text, "told as text, not as a value"},
    {Reason::several, "several values in one field"},
    {Reason::comparator, "told only as above or below a limit"},
    {Reason::invalid, "the device called it invalid"},
    {Reason::questionable, "the device was in doubt, or most of the minute's values were bad"},
    {Reason::demo, "test or demonstration data"},
    {Reason::not_production, "training or test message, never scored"},
    {Reason::retracted, "taken back by its source"},
    {Reason::superseded, "replaced by a later word"},
    {Reason::not_arterial, "not known to be arterial, or looks venous"},
    {Reason::no_fio2, "no inspired oxygen is known for its time"},
    {Reason::fio2_estimated, "oxygen estimated from the flow"},
    {Reason::no_weight, "no body weight is known, neither told nor worked out from sex and height"},
    {Reason::unit_suspect, "the unit can hardly be right"},
    {Reason::too_short, "did not run for long enough"},
    {Reason::sedated, "a sedative or block was running"},
    {Reason::not_testable, "cannot be tested, or is the ventilator's and not the patient's"},
    {Reason::artefact, "looks like an artefact"},
    {Reason::coverage, "what there is was not enough to judge"},
    {Reason::unknown_support, "which respiratory support ran is not known"},
    {Reason::device_changed, "the respiratory device was changed since"},
    {Reason::recomputed, "is being worked out again"},
    {Reason::behind_horizon, "too late to be placed"},
    {Reason::duplicate, "told before"},
    {Reason::implausible_pair, "more oxygen than the inspired fraction allows"},
    {Reason::charting_gap, "too long between two chartings"},
    {Reason::pump_silent, "the pump was not heard any more"},
    {Reason::identity_conflict, "the patient named is not the one in that bed"},
    {Reason::unassigned, "nobody knows whose it is"},
    {Reason::suspended, "the stay is suspended after a fault, all is kept"},
    {Reason::overflow, "the number is too large to work with"},
    {Reason::salt_unknown, "salt or base is not told"},
    {Reason::ecls, "an extracorporeal circuit runs"},
    {Reason::conflict, "contradicts another reading"},
    {Reason::not_blood, "not of blood"},
    {Reason::no_baseline, "nothing is known from before"},
    {Reason::too_high, "too high to tell a ratio from"},
    {Reason::setting_changed, "a setting was changed meanwhile"},
    {Reason::prophylaxis, "given to prevent, not to treat"},
    {Reason::no_equivalence, "no agreed equivalence to norepinephrine"},
    {Reason::unreadable, "what was told last cannot be read, and what stood before it stands no longer"},
    {Reason::no_culture, "no culture was taken near enough to it"},
});
// clang-format on

template <class Rows>
constexpr bool is_whole(Rows const& rows, std::size_t count) {
    if (rows.size() != count) return false;
    for (std::size_t i = 0; i < count; ++i)
        if (static_cast<std::size_t>(rows[i].token) != i) return false;
    return true;
}
static_assert(is_whole(flags, model::flag_count), "a row for each flag in its order");
static_assert(is_whole(reasons, model::reason_count), "a row for each reason in its order");

} // namespace

std::string_view meaning(Flag flag) { return flags[static_cast<std::size_t>(flag)].meaning; }
std::string_view meaning(Reason reason) { return reasons[static_cast<std::size_t>(reason)].meaning; }

std::string_view meaning_of_flag(std::string_view name) {
    const auto flag = model::parse_flag(name);
    return flag ? meaning(*flag) : std::string_view{};
}

std::string_view meaning_of_reason(std::string_view name) {
    const auto reason = model::parse_reason(name);
    return reason ? meaning(*reason) : std::string_view{};
}

} // namespace vigil::wire
