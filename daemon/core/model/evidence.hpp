#pragma once
// Why a decision came out as it did: one entry for each thing the rule asked for, down to the single reading.

#include "core/model/decimal.hpp"
#include "core/model/id.hpp"
#include "core/model/reading.hpp"
#include "core/model/signal.hpp"
#include "core/model/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace vigil::model {

// clang-format off
#define VIGIL_VERDICTS(X) X(used) X(missing) X(stale) X(refused) X(substituted)
#define VIGIL_REASONS(X) \
    X(none) X(not_in_window) X(out_of_range) X(soft_range) X(stale) X(future) X(ambiguous_time) X(date_only) X(no_time) X(unmapped) \
    X(unknown_unit) X(no_value) X(text) X(several) X(comparator) X(invalid) X(questionable) X(demo) X(not_production) X(retracted) \
    X(superseded) X(not_arterial) X(no_fio2) X(fio2_estimated) X(no_weight) X(unit_suspect) X(too_short) X(sedated) X(not_testable) \
    X(artefact) X(coverage) X(unknown_support) X(device_changed) X(recomputed) X(behind_horizon) X(duplicate) X(implausible_pair) \
    X(charting_gap) X(pump_silent) X(identity_conflict) X(unassigned) X(suspended) X(overflow) X(salt_unknown) X(ecls) X(conflict) X(not_blood) \
    X(no_baseline) X(too_high) X(setting_changed) X(prophylaxis) X(no_equivalence) X(unreadable) X(no_culture)
#define VIGIL_FLAGS(X) \
    X(basis_disagreement) X(unlisted_vasoactive) X(on_ecls) X(fio2_estimated) X(map_derived) X(surrogate) X(surrogate_bound) \
    X(renal_masked_by_rrt) X(recent_sedation) X(salt_unknown) X(provisional_rate) X(support_unknown) X(extreme_verify) \
    X(unit_suspect) X(weight_missing) X(noninvasive) X(pf_in_moderate_or_severe_range) X(unconfirmed) X(frozen_class) \
    X(altitude_corrected) X(low_coverage) X(pair_implausible) X(verbal_imputed) X(pump_silent) X(late_result) X(artefact_dropped) \
    X(comparator_bound) X(device_pf_disagrees) X(timing_not_met) X(imaging_not_met) X(origin_not_met) X(pressure_not_met) \
    X(transient_ignored) X(support_precluded) X(vasoactive_precluded) X(rrt_criteria) X(gas_untyped) X(ecls_unknown) \
    X(motor_only) X(sedated_unknown) X(delirium_drug) X(right_ventricular_device) X(replacement_unheard) \
    X(acute_use_unvalidated) X(sex_unknown) X(creatinine_by_dialysis) X(local_limits_unset) X(baseline_presumed) \
    X(spo2_too_high) X(peep_total_unknown) X(berlin_peep_met) X(support_not_met) X(flow_unknown) \
    X(too_early) X(compliance_reported) X(gases_too_far_apart) X(intubated_too_long) X(intubation_unknown) \
    X(ventilation_unverified) X(rr_not_spontaneous) X(wbc_confounded) X(not_validated) X(baseline_assumed) X(fluid_not_attested) \
    X(fever_waived) X(treated_before_onset) X(other_cause) X(support_before_product) X(baseline_unknown) X(tube_without_hypoxia) \
    X(sedated) \
    X(no_equivalence) X(pumps_added) X(catecholamines_added) X(cuff_line_apart) X(unreadable) \
    X(gcs_disagrees)
// clang-format on
VIGIL_ENUM(Verdict, std::uint8_t, verdict, VIGIL_VERDICTS)
VIGIL_ENUM(Reason, std::uint8_t, reason, VIGIL_REASONS)
VIGIL_ENUM(Flag, std::uint8_t, flag, VIGIL_FLAGS)

struct Evidence {
    Signal signal{};
    Verdict verdict = Verdict::missing;
    Reason reason = Reason::none;
    std::optional<Decimal> reported; // in reported_unit
    Unit reported_unit = Unit::none;
    std::optional<Word> word;
    Comparator comparator = Comparator::exactly;
    std::optional<EventTime> time;
    std::optional<Decimal> compared; // what met the threshold, rounded for print, in compared_unit
    Unit compared_unit = Unit::none;
    ReadingRef ref;    // {0,0} when there is no reading
    ChannelId channel; // meaningful when there is a reading

    template <class Self, class Visit>
    static void fields(Self& s, Visit&& visit) {
        visit(s.signal, s.verdict, s.reason, s.reported, s.reported_unit, s.word, s.comparator, s.time, s.compared,
              s.compared_unit, s.ref.seq, s.ref.index, s.channel);
    }
};

} // namespace vigil::model
