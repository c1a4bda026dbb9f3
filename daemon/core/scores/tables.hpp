#pragma once
// What the score definitions of config/scores/*.toml become: cut-points with their citation, policies by name.

#include "core/model/decimal.hpp"
#include "core/model/names.hpp"
#include "core/model/score.hpp"
#include "core/model/signal.hpp"
#include "core/model/time.hpp"
#include "core/model/unit.hpp"

#include <optional>
#include <string>
#include <vector>

namespace vigil::scores {

// points when value < bound (inclusive: <=), worst first, for quantities where low is bad; mirrored for
// `high_is_worse`.
struct Band {
    model::Decimal bound;
    bool inclusive = false;
    std::int32_t points = 0;
};

// The cut-points of one component in one unit; `native` columns that are not exact conversions are tables of their own.
// The first column of a signal is the conventional one.
struct BandTable {
    model::Part part{};
    model::Signal signal{};
    model::Unit unit{};
    bool high_is_worse = false;
    std::vector<Band> bands;
};

// One stretch of a line that is covered whole: it goes on to where the next one begins.
struct Range {
    std::optional<model::Decimal> from; // none: the first, without a beginning
    bool inclusive = true;              // `from` itself belongs to it
    std::int32_t points = 0;
};

// Points on both sides of normal, or by any course: ranges that adjoin, ascending. Where the definition rounds a value
// before it is looked up, the edges are those of the value before it is rounded (half-up), so that nothing is rounded
// twice.
struct RangeTable {
    model::Part part{};
    model::Signal signal{};
    model::Unit unit{};
    std::optional<std::uint8_t> rounded_to; // digits after the point, as the definition is printed
    std::vector<Range> ranges;
};

// Points for a running dose in (above, up_to]; no up_to: anything above.
struct DoseBand {
    model::Signal drug{};
    model::Decimal above;
    std::optional<model::Decimal> up_to;
    std::int32_t points = 0;
};

// clang-format off
#define VIGIL_SURROGATES(X) X(none) X(nonlinear) X(sf_512) X(sf_302)
#define VIGIL_VERBALS(X) X(none) X(regression) X(motor) X(best_motor)
// clang-format on
VIGIL_ENUM(Surrogate, std::uint8_t, surrogate, VIGIL_SURROGATES) // what stands for P/F when there is no arterial gas
VIGIL_ENUM(Verbal, std::uint8_t, verbal, VIGIL_VERBALS)          // what stands for a verbal score that cannot be tested

// A policy without choices of its own.
struct PlainPolicy {
    std::string name;
};

struct SofaPolicy {
    std::string name;
    bool ecls_force4 = false;
    bool rrt_force4 = false;
    Surrogate surrogate = Surrogate::nonlinear;
    Verbal verbal = Verbal::regression;
    std::vector<model::Word> support; // devices that are respiratory support
};

// Inspired oxygen, in per cent, that a device gives from this flow (L/min) upward; `per_litre` is added for each litre
// more.
struct FlowStep {
    model::Decimal from;
    model::Decimal percent;
    model::Decimal per_litre;
    bool beyond = false; // the device is not meant for this flow: flagged
};
struct FlowTable {
    model::Word device{};
    std::vector<FlowStep> steps; // ascending
};

// PaO2 (mm[Hg]) for a saturation in tenths of a per cent, `first` upward. Generated: config/scores/README.md.
struct Imputation {
    std::int32_t first = 0;      // tenths
    std::int32_t last_exact = 0; // above it the table gives only a lower bound
    std::vector<model::Decimal> pao2;
};

struct Salt {
    std::string name;
    model::Decimal factor; // base = salt / factor
};

struct SofaTables {
    std::string version;
    std::string citation;
    std::uint32_t adult_from = 18;  // years
    std::vector<BandTable> columns; // platelets, bilirubin, creatinine, MAP, GCS, urine, P/F
    BandTable sf_512, sf_302;
    std::int32_t support_from = 3; // points that need respiratory support
    bool sf_302_needs_support = false;
    std::vector<DoseBand> doses;
    std::vector<model::Signal> unlisted; // vasoactive drugs the table does not know
    std::vector<Salt> salts;
    std::vector<SofaPolicy> policies;
    Imputation imputation;
    std::vector<FlowTable> flows;

    model::Duration window, valued_for, carried_for;                // laboratory, product `now`
    model::Duration pair_within, support_charted, ventilator_fresh; // oxygenation
    model::Decimal device_pf_apart;                                 // %, of an analyser's own P/F from the one here
    model::Duration device_pf_near;
    model::Duration infusion_min, infusion_gap, bolus_max; // cardiovascular
    model::Duration relay_max;                             // of two pumps of one drug
    model::Duration feed_silent, charting_silent, dose_lost, stop_unheard;
    model::Duration cuff_yields, monitor_gap;
    model::Decimal cuff_line_apart; // mm[Hg], of their means
    model::Duration cuff_line_within;
    model::Duration gcs_set, recent_sedation;             // central nervous system
    model::Duration urine_interval, urine_min, urine_max; // renal
};

struct Sofa2Policy {
    std::string name;
    std::vector<model::Word> support; // devices that are advanced respiratory support
};

// Mean urine over so many hours, all of them covered: below a rate, or none at all.
struct UrineRate {
    model::Duration over;
    model::Decimal below; // mL/kg/h
    bool none = false;
    std::int32_t points = 0;
};

// How long renal replacement is known to run.
struct ReplacementRule {
    model::Duration carried; // a continuous treatment since it was last charted; after that nobody knows
    model::Duration held;    // until then; a session, for the days between
};

struct Sofa2Tables {
    std::string version;
    std::string citation;
    std::vector<BandTable> columns; // coma scores, P/F, S/F, MAP, bilirubin, creatinine, platelets
    std::vector<DoseBand> doses;    // norepinephrine: its sum with epinephrine; dopamine: alone
    std::vector<model::Signal> others;
    std::int32_t other_points = 0, other_adds = 0;
    BandTable tiers; // MAP where vasoactive drugs are unavailable or precluded
    std::int32_t resp_cap = 0;
    model::Decimal saturation_below;                      // %
    model::Decimal potassium, acidosis_ph, acidosis_hco3; // mmol/L, -, mmol/L
    std::vector<UrineRate> urine;
    UrineRate oliguria;
    std::vector<model::Signal> delirium;
    std::int32_t delirium_points = 0;
    ReplacementRule rrt;
    model::Duration transient, acidosis_within, urine_interval, carried_for, indication_before;
    std::vector<Sofa2Policy> policies;
};

// In the unit of a creatinine: the least rise within two days, and the value that is the worst stage once there is
// injury at all.
struct KdigoLimits {
    model::Unit unit{};
    model::Decimal rise, severe;
};

// Creatinine (mg/dL) that is presumed from age and sex; `first` is the age of the first entry, whoever is older than
// the last has the last. Generated: config/scores/README.md.
struct PresumedCreatinine {
    std::uint32_t first = 0;
    std::vector<model::Decimal> male, female;
};

struct KdigoTables {
    std::string version;
    std::string citation;
    BandTable ratios;                // creatinine to its baseline
    std::vector<KdigoLimits> limits; // the conventional unit first
    std::int32_t rise_points = 0, severe_points = 0, rrt_points = 0;
    ReplacementRule rrt;
    std::int32_t verify_fold = 0; // a change so many times, up or down, is doubted
    model::Duration rise_within, baseline_within, urine_interval;
    std::vector<UrineRate> urine;
    PresumedCreatinine presumed;
    std::vector<PlainPolicy> policies;
};

struct BerlinPolicy {
    std::string name;
    bool niv_cap_mild = true;
};

struct BerlinTables {
    std::string version;
    std::string citation;
    BandTable pf;                  // points 1 mild, 2 moderate, 3 severe
    model::Decimal peep_min;       // cm[H2O]
    model::Decimal sea_level;      // mm[Hg]
    model::Decimal altitude_below; // mm[Hg]: below this pressure P/F is corrected
    model::Duration onset_within;
    model::Duration gas_max_age; // the class stands this long after its gas
    model::Duration frozen_for;  // after decannulation
    std::vector<BerlinPolicy> policies;
};

// A value beyond a bound is taken for the bound.
struct Clamp {
    std::optional<model::Decimal> least, most;
};

// When dialysis sets creatinine to its maximum.
struct DialysisRule {
    model::Duration within;         // of the instant asked for
    std::int32_t sessions = 0;      // ihd or sled
    model::Duration continuous;     // crrt, all in all
    model::Duration session_apart;  // charted again sooner, it is the same session
    model::Duration continuous_for; // crrt is taken to run so long after it was charted last
};

// What each term of MELD(i), MELD-Na and MELD 3.0 is multiplied by, with its sign; 0: the score has no such term.
struct MeldFactors {
    model::Decimal constant, ln_bilirubin, ln_inr, ln_creatinine;
    model::Decimal sodium;                // of each mmol/L below sodium's maximum
    model::Decimal sodium_meld;           // of that deficit times MELD(i)
    model::Decimal sodium_ln_bilirubin;   // of that deficit times ln bilirubin
    model::Decimal albumin;               // of each g/dL below albumin's maximum
    model::Decimal albumin_ln_creatinine; // of that deficit times ln creatinine
    model::Decimal female;
};

struct MeldTables {
    std::string version;
    std::string citation;
    Clamp bilirubin, inr, creatinine, sodium, albumin; // mg/dL, {INR}, mg/dL, mmol/L, g/dL
    MeldFactors factors;
    std::int32_t sodium_above = 0; // MELD-Na: sodium counts only above this MELD(i)
    std::int32_t least = 0, most = 0;
    DialysisRule dialysis;
    model::Duration apart; // between the oldest and the newest input, at most
    std::vector<PlainPolicy> policies;
};

struct WordPoints {
    model::Word word{};
    std::int32_t points = 0;
};

struct ChildPughTables {
    std::string version;
    std::string citation;
    std::vector<BandTable> columns; // above the least points
    std::vector<WordPoints> ascites;
    std::int32_t least = 0, most = 0; // of each part
    std::int32_t class_b = 0, class_c = 0;
    std::vector<PlainPolicy> policies;
};

struct IsthDicTables {
    std::string version;
    std::string citation;
    std::vector<BandTable> columns; // of prothrombin time: its upper limit of normal is in them
    model::Decimal pt_upper_limit;  // s
    bool local = false;             // the laboratory has set what is its own
    std::int32_t overt = 0;
    std::vector<PlainPolicy> policies;
};

struct SicTables {
    std::string version;
    std::string citation;
    std::vector<BandTable> columns;
    std::int32_t organs_most = 0;
    std::int32_t from = 0;              // of the total
    std::int32_t coagulation_above = 0; // of INR and platelets
    std::vector<PlainPolicy> policies;
};

struct LungTables {
    std::string version;
    std::string citation;
    model::Decimal saturation_most;                             // %, above it a saturation says nothing of oxygenation
    model::Decimal line_from, line_slope;                       // S/F = from + slope * P/F
    model::Decimal pbw_male, pbw_female, pbw_slope, pbw_height; // kg, kg, kg/cm, cm
    model::Decimal vent_ratio_ml_per_kg, vent_ratio_paco2;      // what is expected: mL/min/kg, mm[Hg]
    model::Duration ventilator_within; // how long before a gas or a plateau what the ventilator tells of it
    std::vector<PlainPolicy> policies;
};

struct GlobalPolicy {
    std::string name;
    bool resource_limited = false; // S/F alone, whatever the support
};

struct GlobalTables {
    std::string version;
    std::string citation;
    BandTable pf, sf;               // points 1 mild, 2 moderate, 3 severe
    model::Decimal saturation_most; // %
    model::Decimal flow_min;        // L/min of high flow
    model::Decimal peep_min;        // cm[H2O] on a mask
    FlowTable by_litre;             // inspired oxygen from a flow, whatever the device
    std::vector<model::Word> by_litre_devices;
    model::Duration gas_near; // a P/F so near in time goes before an S/F
    model::Duration onset_within, gas_max_age, frozen_for;
    std::vector<GlobalPolicy> policies;
};

struct KigaliTables {
    std::string version;
    std::string citation;
    BandTable sf; // one band: met
    model::Decimal saturation_most;
    model::Duration onset_within, gas_max_age;
    std::vector<PlainPolicy> policies;
};

// From so long on high flow an index below this is a failure.
struct RoxCut {
    model::Duration from;
    model::Decimal below;
};

struct RoxTables {
    std::string version;
    std::string citation;
    std::vector<RoxCut> failure; // ascending in both; none is judged before the first
    model::Decimal low_risk;     // from here on
    std::vector<PlainPolicy> policies;
};

struct MurrayTables {
    std::string version;
    std::string citation;
    std::vector<BandTable> columns; // quadrants, P/F, PEEP, compliance
    model::Decimal severe_above;    // of the mean
    std::int32_t needed = 2;        // components
    std::vector<PlainPolicy> policies;
};

// A condition that must have lasted longer than this, shown by gases.
struct EoliaLimits {
    model::Decimal pf50, pf80; // P/F below
    model::Decimal ph;         // below, with
    model::Decimal paco2;      // mm[Hg], from here on
    model::Duration pf50_for, pf80_for, acidosis_for;
    model::Duration gases_apart;        // at most
    model::Duration intubated_below;    // shorter than this
    model::Decimal rr_from, pplat_most; // what ventilation was to be set to before acidosis counts
};

struct EoliaTables {
    std::string version;
    std::string citation;
    EoliaLimits limits;
    std::vector<PlainPolicy> policies;
};

struct SirsTables {
    std::string version;
    std::string citation;
    std::vector<RangeTable> columns; // temperature, heart rate, respiratory rate, PaCO2, leucocytes, band forms
    std::int32_t positive_from = 0;  // of the total
    std::vector<PlainPolicy> policies;
};

struct QsofaPolicy {
    std::string name;
    std::int32_t gcs_below = 15; // is altered mentation
};

struct QsofaTables {
    std::string version;
    std::string citation;
    std::vector<RangeTable> columns; // respiratory rate, systolic pressure
    std::int32_t mentation_points = 0;
    std::int32_t positive_from = 0; // of the total
    std::vector<QsofaPolicy> policies;
};

struct News2Tables {
    std::string version;
    std::string citation;
    std::vector<RangeTable> columns; // respiratory rate, SpO2 on scale 1, systolic pressure, pulse, temperature
    RangeTable scale2_air, scale2_oxygen;
    model::Decimal air; // % of inspired oxygen; more is supplemental
    std::int32_t oxygen_points = 0, not_alert_points = 0;
    std::int32_t alert_gcs = 15;                 // from here on, where only a coma score was charted
    model::Duration word_before_gcs;             // within this of a charted level a coma score is not looked at
    std::int32_t medium_from = 0, high_from = 0; // of the total
    std::int32_t single_from = 0;                // of one part: low-medium at least
    std::vector<PlainPolicy> policies;
};

struct SepsisTables {
    std::string version;
    std::string citation;
    model::Duration antibiotic_within, culture_within;          // of the other, both ends included
    model::Duration window_before, window_after, baseline_over; // around the suspicion; of the least before the window
    model::Duration holds;                                      // from the suspicion
    std::int32_t rise = 0;
    std::int32_t sofa_most = 24; // of which a SOFA that nobody knows is at most
    std::vector<PlainPolicy> policies;
};

struct SepticShockTables {
    std::string version;
    std::string citation;
    std::vector<BandTable> columns; // lactate: a point above the limit
    std::vector<model::Signal> drugs;
    model::Duration lactate_within;
    std::vector<PlainPolicy> policies;
};

// Linear in the score, and in its logarithm where there is such a factor: the log odds of death in hospital.
struct DeathOdds {
    model::Decimal constant, score, ln_score; // ln_score: of ln(score + 1)
    model::Decimal emergency;                 // after emergency surgery
};

struct Apache2Tables {
    std::string version;
    std::string citation;
    // Temperature, mean pressure, heart and respiratory rate, pH, bicarbonate, sodium, potassium, creatinine,
    // haematocrit, leucocytes.
    std::vector<RangeTable> columns;
    RangeTable gradient, tension;           // A-aDO2; PaO2
    model::Decimal gradient_from;           // % of inspired oxygen; below it PaO2 is scored
    model::Decimal dry_pressure, exchange;  // A-aDO2 = FiO2 * dry_pressure - PaCO2 / exchange - PaO2
    std::int32_t failure_stage = 0;         // KDIGO, from here on acute renal failure
    std::int32_t failure_times = 1;         // the points of creatinine
    std::int32_t full_gcs = 15;             // less the coma score
    RangeTable ages;                        // completed years
    std::int32_t chronic = 0, elective = 0; // points; elective: after elective surgery
    DeathOdds odds;
    model::Duration stands; // after the first day
    std::vector<PlainPolicy> policies;
};

struct SignalPoints {
    model::Signal signal{};
    std::int32_t points = 0;
};

struct Saps2Tables {
    std::string version;
    std::string citation;
    // Heart rate, systolic pressure, temperature, urea, leucocytes, potassium, sodium, bicarbonate, bilirubin.
    std::vector<RangeTable> columns;
    RangeTable ages;                  // completed years
    RangeTable pf;                    // mm[Hg], under support
    std::vector<model::Word> support; // devices
    RangeTable urine;                 // mL in 24 h
    model::Duration urine_least;      // covered, before it is scaled to 24 h
    model::Duration urine_gaps;       // of the time so far that may be uncovered
    RangeTable gcs;
    std::vector<SignalPoints> chronic; // the highest one counts
    std::vector<WordPoints> admission;
    DeathOdds odds;
    model::Duration stands; // after the first day
    std::vector<PlainPolicy> policies;
};

struct CrsTables {
    std::string version;
    std::string citation;
    std::vector<RangeTable> columns;         // temperature, systolic and mean pressure
    model::Decimal systolic_drop;            // mm[Hg] below the usual one: more is hypotension
    std::vector<model::Signal> vasopressors; // counted
    std::vector<model::Signal> not_counted;  // one of them alone is worth as much as one that is counted
    std::int32_t one_vasopressor = 0, several_vasopressors = 0;
    std::vector<WordPoints> devices; // but for those of a flow
    std::vector<model::Word> flow_devices;
    model::Decimal low_flow; // L/min, at most
    std::int32_t low_flow_points = 0, high_flow_points = 0, pressure_points = 0;
    std::int32_t death_points = 0;
    model::Duration onset_within; // of T0
    model::Duration other_cause_holds;
    model::Duration masked_for;    // so long a drug can have hidden a fever that nobody has seen
    model::Duration weaned_for;    // a vasopressor from before T0 that was off for longer is a new one
    model::Duration reason_before; // how long before its intubation a reason may have been told
    std::vector<PlainPolicy> policies;
};

struct IcansTables {
    std::string version;
    std::string citation;
    BandTable ice;
    std::vector<WordPoints> consciousness, seizure, motor, icp;
    model::Duration prolonged; // a seizure longer than this is one
    std::int32_t prolonged_points = 0;
    model::Duration items_within; // of each other: one examination
    model::Duration onset_within; // of T0
    model::Duration other_cause_holds;
    std::vector<PlainPolicy> policies;
};

// What one unit of a dose is worth in ug/kg/min of norepinephrine: of a dose in ug/kg/min, of vasopressin in U/min.
struct EquivalenceFactor {
    model::Signal drug{};
    model::Decimal factor;
};
struct Equivalence {
    std::string name;
    std::vector<EquivalenceFactor> factors;
    std::vector<model::Signal> left_out; // vasopressors whose factor is not known well enough
};
struct VasoactivePolicy {
    std::string name;
    std::size_t equivalence = 0;
};
struct VasoactiveTables {
    std::string version;
    std::string citation;
    std::vector<model::Signal> inotropes; // no equivalence counts them
    std::vector<Equivalence> equivalences;
    std::vector<VasoactivePolicy> policies;
};

struct Tables {
    SofaTables sofa;
    BerlinTables berlin;
    Sofa2Tables sofa2;
    MeldTables meld, meld_na, meld3;
    ChildPughTables child_pugh;
    IsthDicTables isth_dic;
    SicTables sic;
    KdigoTables kdigo;
    LungTables lung;
    GlobalTables ards_global;
    KigaliTables ards_kigali;
    RoxTables rox;
    MurrayTables murray;
    EoliaTables eolia;
    SirsTables sirs;
    QsofaTables qsofa;
    News2Tables news2;
    SepsisTables sepsis3;
    SepticShockTables septic_shock;
    Apache2Tables apache2;
    Saps2Tables saps2;
    CrsTables crs;
    IcansTables icans;
    VasoactiveTables vasoactive;
};

} // namespace vigil::scores
