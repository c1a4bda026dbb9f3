#pragma once
// A score and its parts. What is not known has no number: points are optional, totals are bounded (scores.md 1.3).

#include "core/model/evidence.hpp"
#include "core/model/flags.hpp"

namespace vigil::model {

// clang-format off
#define VIGIL_PART_STATES(X) X(valued) X(carried) X(provisional) X(not_measured) X(not_applicable)
#define VIGIL_PARTS(X) X(total) X(resp) X(coag) X(liver) X(cardio) X(cns) X(renal) X(brain) X(kidney) X(hemo) X(oxygenation) X(ards) \
    X(bili) X(albumin) X(inr) X(ascites) X(encephalopathy) X(plt) X(marker) X(pt) X(fib) X(organs) X(aki_crea) X(aki_urine) X(aki_rrt) \
    X(pf) X(oi) X(vent_ratio) X(sf) X(pf_imputed_linear) X(pf_imputed) X(osi) X(driving_pressure) X(compliance) X(pbw) \
    X(rox) X(lung_injury) X(opacities) X(end_expiratory) X(pf50) X(pf80) X(acidosis) \
    X(temp) X(hr) X(wbc) X(rr) X(sbp) X(mentation) X(spo2) X(oxygen) X(pulse) X(consciousness) \
    X(sepsis) X(suspicion) X(rise) X(baseline) X(shock) X(vasopressor) X(lactate) X(fluid) \
    X(map) X(acid_base) X(na) X(k) X(crea) X(hct) X(gcs) X(age) X(chronic) X(admission) X(urine) X(urea) X(hco3) X(diagnosis) X(mortality) \
    X(fever) X(hypotension) X(hypoxia) X(ice) X(seizure) X(motor) X(icp) \
    X(ne_equivalent) X(norepinephrine) X(epinephrine) X(dopamine) X(dobutamine) X(vasopressin) X(phenylephrine) X(milrinone) \
    X(levosimendan) X(angiotensin_ii) X(metaraminol) X(isoprenaline) X(terlipressin) X(enoximone)
#define VIGIL_PRODUCTS(X) X(rolling) X(day) X(now)
#define VIGIL_BASES(X) X(native) X(conventional)
#define VIGIL_SCORE_IDS(X) X(sofa) X(ards_berlin) X(sofa2) X(meld) X(meld_na) X(meld3) X(child_pugh) X(isth_dic) X(sic) X(kdigo) \
    X(lung_indices) X(ards_global) X(ards_kigali) X(rox) X(murray) X(eolia) X(sirs) X(qsofa) X(news2) \
    X(sepsis3) X(septic_shock) X(apache2) X(saps2) X(crs) X(icans) X(vasoactive)
#define VIGIL_LABELS(X) X(none) X(mild) X(moderate) X(severe) X(unknown) X(meets_mild) X(meets_moderate) X(meets_severe) X(on_ecls) \
    X(child_a) X(child_b) X(child_c) X(overt) X(not_overt) X(sic) X(no_sic) \
    X(non_intubated) X(resource_limited) X(meets_non_intubated) X(meets_resource_limited) X(meets_kigali) X(yes) X(no) \
    X(low_risk) X(failure) X(mild_moderate) \
    X(low) X(low_medium) X(medium) X(high) X(positive) X(negative) \
    X(possible) X(sepsis) X(no_sepsis) X(suspected) X(not_suspected) X(septic_shock) X(no_septic_shock) \
    X(crs) X(crs_candidate) X(icans) X(icans_candidate) X(harmonised_grammar) X(not_gradable)
// clang-format on
VIGIL_ENUM(PartState, std::uint8_t, part_state, VIGIL_PART_STATES)
VIGIL_ENUM(Part, std::uint8_t, part, VIGIL_PARTS)
VIGIL_ENUM(Product, std::uint8_t, product, VIGIL_PRODUCTS)
VIGIL_ENUM(Basis, std::uint8_t, basis, VIGIL_BASES)
VIGIL_ENUM(ScoreId, std::uint8_t, score_id, VIGIL_SCORE_IDS)
VIGIL_ENUM(Label, std::uint8_t, label, VIGIL_LABELS)

struct ScorePart {
    Part part = Part::total;
    PartState state = PartState::not_measured;
    std::optional<std::int32_t> points; // components: 0..4; total: sum of what was measured
    std::optional<Label> label;         // ARDS classes; beside the points of a total: what they mean
    std::int32_t lower = 0;
    std::int32_t upper = 0;
    std::uint8_t missing = 0; // for total: components not measured
    Flags flags;
    std::vector<Evidence> evidence; // deciding reading first
    // Of a part that is a quantity and no points: rounded for print to the digits of its definition, never compared
    // with anything. The unit stands also where nothing was measured.
    std::optional<Decimal> value;
    Unit value_unit = Unit::none;

    template <class Self, class Visit>
    static void fields(Self& s, Visit&& visit) {
        visit(s.part, s.state, s.points, s.label, s.lower, s.upper, s.missing, s.flags, s.evidence, s.value,
              s.value_unit);
    }
};

// One configured score run: which definition, under which policy, in which product and basis.
struct ScoreKey {
    ScoreId id = ScoreId::sofa;
    Product product = Product::rolling;
    Basis basis = Basis::native;
    std::uint8_t policy = 0; // index into the definition's policies
    template <class Self, class Visit>
    static void fields(Self& s, Visit&& visit) {
        visit(s.id, s.product, s.basis, s.policy);
    }
    friend auto operator<=>(ScoreKey const&, ScoreKey const&) = default;
};

struct Score {
    ScoreKey key;
    EventTime as_of;
    std::vector<ScorePart> parts; // total (or the class) first
    // When the score can change although nothing arrives (a window runs out, a carried value expires); empty: never.
    std::optional<EventTime> next_change;

    template <class Self, class Visit>
    static void fields(Self& s, Visit&& visit) {
        visit(s.key, s.as_of, s.parts, s.next_change);
    }
};

// True when value, state, bounds or deciding *value* of any part differ: what is published (design 1.6).
bool changed(Score const& shown, Score const& now);

} // namespace vigil::model
