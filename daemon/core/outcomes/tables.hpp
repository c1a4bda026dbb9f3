#pragma once
// What outcome measures are counted by: config/outcomes.toml.

#include "core/model/decimal.hpp"
#include "core/model/signal.hpp"
#include "core/model/time.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace vigil::outcomes {

// An assisted period shorter than `procedure_below` of which nobody said whether it was for a procedure.
// clang-format off
#define VIGIL_SHORT_PERIODS(X) X(as_told) X(counted) X(ignored)
// clang-format on
VIGIL_ENUM(ShortPeriods, std::uint8_t, short_periods, VIGIL_SHORT_PERIODS)

struct VentilatorFree {
    std::int32_t days = 28;
    model::Duration liberated_after = model::hours(48); // unassisted for so long, or it was no liberation
    model::Duration procedure_below = model::hours(24);
    ShortPeriods short_periods = ShortPeriods::as_told;
    bool noninvasive_counts = false;
    std::vector<model::Word> noninvasive; // devices
    bool ecls_counts = true;
};

struct OrganSupportFree {
    std::int32_t days = 21;
    std::vector<model::Word> devices; // whose use is respiratory support
    model::Decimal high_flow_from;    // L/min on hfno ...
    model::Decimal high_flow_fio2;    // ... with at least so much oxygen, %
    std::vector<model::Signal> vasoactive;
    bool late_death_counts = false; // a death in hospital after the last day is -1, too
};

struct SofaOutcomes {
    std::int32_t death = 24; // what a day after death is taken for in the sensitivity analysis
};

struct Tables {
    std::string version, citation;
    model::Duration left_within; // who left the unit so long after the last word on support left as that says
    VentilatorFree ventilator_free;
    OrganSupportFree organ_support_free;
    std::vector<std::int32_t> mortality_days;
    SofaOutcomes sofa;
};

} // namespace vigil::outcomes
