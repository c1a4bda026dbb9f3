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

} // namespace

bool needs_weight(Unit unit) {
    for (auto const& s : steps)
        if (s.unit == unit) return s.weight;
    return true;
}

std::optional<Ratio> exact_ug_kg_min(Decimal rate, Unit unit, std::optional<Decimal> weight_kg, Decimal salt_factor) {
    for (auto const& s : steps) {
        if (s.unit != unit) continue;
        auto v = model::scaled(model::ratio(rate), s.num, s.den);
        if (v && !(salt_factor == one)) v = model::scaled(*v, one, salt_factor);
        if (!s.weight || !v) return v;
        return weight_kg && weight_kg->mantissa > 0 ? model::quotient(*v, model::ratio(*weight_kg)) : std::nullopt;
    }
    return std::nullopt;
}

std::optional<Decimal> dose_ug_kg_min(Decimal rate, Unit unit, std::optional<Decimal> weight_kg, Decimal salt_factor) {
    // As it is, to three digits: nothing to round.
    if (unit == Unit::ug_per_kg_min && salt_factor == one && rate.scale <= 3)
        if (const auto exact = model::make_decimal(rate.mantissa * thousandths[rate.scale], 3)) return exact;
    const auto dose = exact_ug_kg_min(rate, unit, weight_kg, salt_factor);
    return dose ? model::round_half_up(*dose, 3) : std::nullopt;
}

model::SaltId find_salt(SofaTables const& t, std::string_view name) {
    for (std::size_t i = 0; i < t.salts.size(); ++i)
        if (t.salts[i].name == name) return {static_cast<std::uint8_t>(i + 1)};
    return {};
}

Decimal salt_factor(SofaTables const& t, model::SaltId salt) {
    return salt.known() && salt.value <= t.salts.size() ? t.salts[salt.value - 1U].factor : one;
}

} // namespace vigil::scores
