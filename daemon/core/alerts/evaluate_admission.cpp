// Who is admitted is told once, with how ill: what is found wrong in the first hour is one card and not a burst.

#include "core/alerts/evaluate.hpp"

namespace vigil::alerts {

void evaluate_admission(PatientView const& view, Conditions& out, Wake& wake) {
    auto const& card = view.rules.rules.admission;
    if (!card) return;
    auto c = condition_of(card->rule);
    const auto opened = view.encounter.opened;
    wake.outlives(opened, card->shows);
    if (view.now >= opened && view.now - opened <= card->shows && view.encounter.bed.value != 0) {
        c.state = ConditionState::present;
        c.level = 1;
        c.since = c.reached = opened;
        auto const* total = view.sofa_now == nullptr ? nullptr : part_of(*view.sofa_now, model::Part::total);
        // What is certain: a total that is not whole is at least that.
        if (total != nullptr && total->state != model::PartState::not_applicable)
            c.figures = {total->lower, total->missing};
    }
    out.push_back(std::move(c));
}

} // namespace vigil::alerts
