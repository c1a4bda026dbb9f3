#include "core/scores/dose.hpp"

namespace vigil::scores {

using model::Decimal;
using model::Ratio;
using model::Unit;

namespace {

struct Step {
    Unit unit{};
    Decimal num, den; // to ug/min, or to ug/kg/min
    bool weight = false;
};
constexpr Decimal one{1, 0};
constexpr std::int64_t thousandths[] = {1000, 100, 10, 1};
constexpr Step steps[] = {
    {Unit::ug_per_kg_min, one, one, false},         {Unit::ug_per_kg_h, one, {60, 0}, false},
    {Unit::ng_per_kg_min, one, {1000, 0}, false},   {Unit::mg_per_kg_min, {1000, 0}, one, false},
    {Unit::mg_per_kg_h, {1000, 0}, {60, 0}, false}, {Unit::ug_per_min, one, one, true},
    {Unit::ug_per_h, one, {60, 0}, true},           {Unit::mg_per_h, {1000, 0}, {60, 0}, true},
    {Unit::mg_per_min, {1000, 0}, one, true},
};

std::optional<Decimal> per_kg(std::optional<Ratio> per_minute, std::optional<Decimal> weight) {
    if (!per_minute || !weight || weight->mantissa <= 0) return std::nullopt;
    const auto dose = model::quotient(*per_minute, model::ratio(*weight));
    return dose ? model::round_half_up(*dose, 3) : std::nullopt;
}

} // namespace

bool needs_weight(Unit unit) {
    for (auto const& s : steps)
        if (s.unit == unit) return s.weight;
    return true;
}

std::optional<Decimal> dose_ug_kg_min(Decimal rate, Unit unit, std::optional<Decimal> weight_kg) {
    for (auto const& s : steps) {
        if (s.unit != unit) continue;
        // As it is, to three digits: nothing to round.
        if (!s.weight && s.num == s.den && rate.scale <= 3)
            if (const auto exact = model::make_decimal(rate.mantissa * thousandths[rate.scale], 3)) return exact;
        const auto v = model::scaled(model::ratio(rate), s.num, s.den);
        if (s.weight) return per_kg(v, weight_kg);
        return v ? model::round_half_up(*v, 3) : std::nullopt;
    }
    return std::nullopt;
}

std::optional<Decimal> dose_of_syringe(Decimal ml_per_h, Decimal mg_per_ml, Decimal weight_kg, Decimal salt_factor) {
    const auto mg_h = model::scaled(model::ratio(ml_per_h), mg_per_ml, salt_factor);
    return per_kg(mg_h ? model::scaled(*mg_h, Decimal{1000, 0}, Decimal{60, 0}) : std::nullopt, weight_kg);
}

} // namespace vigil::scores
