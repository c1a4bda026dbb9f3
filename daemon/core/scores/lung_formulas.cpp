#include "core/scores/lung_formulas.hpp"

namespace vigil::scores {

using model::Decimal;
using model::Ratio;

namespace {

constexpr Decimal one{1, 0}, hundred{100, 0}, thousand{1000, 0};

Decimal negative(Decimal d) { return {-d.mantissa, d.scale}; }

} // namespace

std::optional<Ratio> product(Ratio const& a, Ratio const& b) {
    if (a.num == 0 || b.num == 0) return Ratio{};
    if (b.num > 0) return model::quotient(a, {b.den, b.num});
    return a.num > 0 ? product(b, a) : std::nullopt;
}

std::optional<Ratio> difference(Ratio const& a, Ratio const& b) { return model::sum(a, {-b.num, b.den}); }

std::optional<Ratio> saturation_ratio(Ratio const& saturation, Ratio const& fio2) {
    const auto hundredfold = model::scaled(saturation, hundred, one);
    return hundredfold ? model::quotient(*hundredfold, fio2) : std::nullopt;
}

std::optional<Ratio> pf_on_line(LungTables const& t, Ratio const& saturation_ratio) {
    const auto above = model::sum(saturation_ratio, model::ratio(negative(t.line_from)));
    if (!above || above->num <= 0) return std::nullopt;
    return model::quotient(*above, model::ratio(t.line_slope));
}

std::optional<Ratio> imputed_pao2(Imputation const& table, Ratio const& saturation) {
    const auto tenths = model::round_half_up(saturation, 1);
    if (!tenths) return std::nullopt;
    const auto index = tenths->mantissa - table.first;
    if (index < 0 || index >= static_cast<std::int64_t>(table.pao2.size())) return std::nullopt;
    return model::ratio(table.pao2[static_cast<std::size_t>(index)]);
}

std::optional<Ratio> oxygenation_index(Ratio const& fio2, Ratio const& mean_pressure, Ratio const& by) {
    const auto cost = product(fio2, mean_pressure); // per cent: the fraction a hundredfold
    return cost ? model::quotient(*cost, by) : std::nullopt;
}

std::optional<Ratio> predicted_weight(LungTables const& t, model::Sex sex, Ratio const& height_cm) {
    if (sex != model::Sex::male && sex != model::Sex::female) return std::nullopt;
    const auto taller = model::sum(height_cm, model::ratio(negative(t.pbw_height)));
    const auto more = taller ? model::scaled(*taller, t.pbw_slope, one) : std::nullopt;
    const auto weight =
        more ? model::sum(*more, model::ratio(sex == model::Sex::male ? t.pbw_male : t.pbw_female)) : std::nullopt;
    return weight && weight->num > 0 ? weight : std::nullopt;
}

std::optional<Ratio> ventilatory_ratio(LungTables const& t, Ratio const& minute_volume_l, Ratio const& paco2,
                                       Ratio const& weight_kg) {
    const auto ml = model::scaled(minute_volume_l, thousand, one);
    const auto got = ml ? product(*ml, paco2) : std::nullopt;
    const auto per_kg = model::scaled(weight_kg, t.vent_ratio_ml_per_kg, one);
    const auto expected = per_kg ? model::scaled(*per_kg, t.vent_ratio_paco2, one) : std::nullopt;
    return got && expected ? model::quotient(*got, *expected) : std::nullopt;
}

} // namespace vigil::scores
