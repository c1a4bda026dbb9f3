#pragma once
// What is derived from several SOFA scores (scores.md 3.7). Pure functions of scores already evaluated.

#include "core/model/score.hpp"

#include <array>
#include <optional>
#include <span>

namespace vigil::scores {

inline constexpr std::array sofa_components = {model::Part::resp,   model::Part::coag, model::Part::liver,
                                               model::Part::cardio, model::Part::cns,  model::Part::renal};

// What is known of the patient before the illness. Chronic dialysis counts 4 in the renal component; known cirrhosis is
// the SOFA of the last stable laboratory; otherwise 0 (the Sepsis-3 assumption).
struct Baseline {
    std::optional<std::int32_t> known_total;  // a SOFA from before
    std::optional<std::int32_t> stable_liver; // points of the last stable bilirubin, for known cirrhosis
    bool chronic_dialysis = false;
};
std::int32_t baseline_total(Baseline const& baseline);

// SOFA(day) - SOFA(baseline day); empty when either is not known at all.
std::optional<std::int32_t> delta_sofa(model::Score const& day, model::Score const& baseline_day);
std::optional<std::int32_t> delta_sofa(model::Score const& day, Baseline const& baseline);

// A rise counts only components valued at both ends (scores.md 0.2); what becomes known is `newly_known`, expiry is no
// improvement.
struct Rise {
    std::int32_t points = 0; // sum of the changes of components valued at both ends
    std::int32_t rising = 0; // of these, of those that rose
    std::vector<model::Part> newly_known;
    std::vector<model::Part> no_longer_known;
};
Rise rise(model::Score const& before, model::Score const& now);

// The greatest daily total; the sum over components of each one's greatest daily score. They differ and have two names.
std::optional<std::int32_t> max_sofa(std::span<model::Score const> days);
std::optional<std::int32_t> total_max_sofa(std::span<model::Score const> days);

} // namespace vigil::scores
