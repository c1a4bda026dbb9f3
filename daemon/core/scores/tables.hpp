#pragma once
// What the score definitions of config/scores/*.toml become: cut-points with their citation, policies by name.

#include "core/model/decimal.hpp"
#include "core/model/names.hpp"
#include "core/model/score.hpp"
#include "core/model/signal.hpp"
#include "core/model/time.hpp"
#include "core/model/unit.hpp"

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
    model::Duration infusion_min, infusion_gap, bolus_max;          // cardiovascular
    model::Duration feed_silent, charting_silent, dose_lost, stop_unheard;
    model::Duration cuff_yields, monitor_gap;
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
    model::Duration transient, rrt_held, rrt_carried, acidosis_within, urine_interval, carried_for, indication_before;
    std::vector<Sofa2Policy> policies;
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

struct Tables {
    SofaTables sofa;
    BerlinTables berlin;
    Sofa2Tables sofa2;
};

} // namespace vigil::scores
