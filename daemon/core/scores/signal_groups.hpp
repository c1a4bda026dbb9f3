#pragma once
// What the shared parts of scores may ever look at. A score's own list is these joined, and what only it reads.

#include "core/model/signal.hpp"

#include <algorithm>
#include <array>

namespace vigil::scores {

// Gases, saturation and inspired oxygen with the support of their time: oxygen.hpp, saturation.hpp, support.hpp.
inline constexpr std::array oxygenation_signals = {
    model::Signal::pao2,
    model::Signal::po2_untyped,
    model::Signal::arterial_gas,
    model::Signal::paco2,
    model::Signal::pco2_untyped,
    model::Signal::sao2,
    model::Signal::spo2,
    model::Signal::pi,
    model::Signal::fio2,
    model::Signal::fio2_set,
    model::Signal::fio2_unreadable,
    model::Signal::o2_flow,
    model::Signal::resp_device,
    model::Signal::vent_mode,
    model::Signal::peep_set,
    model::Signal::rr_set,
    model::Signal::vt_set,
    model::Signal::barometric_pressure,
    model::Signal::pf_device,
};
// Mean pressure, and the circuits that take its pulse away: pressure.hpp.
inline constexpr std::array pressure_signals = {
    model::Signal::map,      model::Signal::sbp,      model::Signal::dbp,  model::Signal::nibp_map,
    model::Signal::nibp_sbp, model::Signal::nibp_dbp, model::Signal::ecls, model::Signal::mcs,
};
// Vasopressors and inotropes, and the weight that some of their doses need: vasopressor.hpp, sofa2_drugs.hpp.
inline constexpr std::array vasoactive_signals = {
    model::Signal::weight,         model::Signal::norepinephrine, model::Signal::epinephrine,
    model::Signal::dopamine,       model::Signal::dobutamine,     model::Signal::vasopressin,
    model::Signal::phenylephrine,  model::Signal::milrinone,      model::Signal::levosimendan,
    model::Signal::angiotensin_ii, model::Signal::metaraminol,    model::Signal::isoprenaline,
    model::Signal::terlipressin,   model::Signal::enoximone,
};
// gcs.hpp, beside everything that sedates.
inline constexpr std::array coma_signals = {
    model::Signal::gcs_total,
    model::Signal::gcs_eye,
    model::Signal::gcs_verbal,
    model::Signal::gcs_motor,
};

template <std::size_t... n>
constexpr auto joined(std::array<model::Signal, n> const&... groups) {
    std::array<model::Signal, (n + ...)> all{};
    auto to = all.begin();
    ((to = std::copy(groups.begin(), groups.end(), to)), ...);
    return all;
}

} // namespace vigil::scores
