#pragma once
// Rises of SOFA by the figures that were shown, apart from the alert rule's own course: what `sofa_rise` missed is
// found by other means than it uses itself.

#include "cli/trial.hpp"
#include "core/model/score.hpp"
#include "core/rulebook.hpp"

#include <array>
#include <vector>

namespace vigil::cli {

class MeasuredRises {
public:
    explicit MeasuredRises(core::Rulebook const& rules)
        : rules_{rules} {}

    // Every score that is published; only SOFA of the present counts.
    void take(model::Score const& score);
    // Puts the rises into the stay, each with the alert that told it or with the reason why none did.
    void finish(TriedStay& stay);

private:
    struct Shown {
        model::EventTime at;
        std::array<std::optional<std::int32_t>, 6> organs; // resp coag liver cardio cns renal
    };
    std::int32_t rise_to(Shown const& now) const;

    core::Rulebook const& rules_;
    std::vector<Shown> shown_;
    std::vector<MeasuredRise> rises_;
    bool rising_ = false;
};

} // namespace vigil::cli
