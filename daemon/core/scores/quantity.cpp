#include "core/scores/quantity.hpp"

#include <utility>

namespace vigil::scores {

model::ScorePart not_told(Quantity const& what) {
    model::ScorePart p;
    p.part = what.part;
    p.value_unit = what.unit;
    return p;
}

void keep_worse(std::optional<Found>& kept, Found&& f, Quantity const& what, bool newest) {
    if (kept && !newest) {
        const auto order = f.value <=> kept->value;
        if (what.high_is_worse ? order < 0 : order > 0) return;
    }
    kept = std::move(f);
}

void tell(Inquiry const& q, model::ScorePart& part, std::optional<Found>&& f, Quantity const& what) {
    if (!f) return;
    const auto shown = model::round_half_up(f->value, what.digits);
    if (!shown) return;
    part.value = shown;
    part.state = model::PartState::valued;
    for (const auto flag : f->flags) add_flag(part, flag);
    if (f->on_circuit) add_flag(part, model::Flag::on_ecls);
    if (q.explain) part.evidence = std::move(f->evidence);
}

} // namespace vigil::scores
