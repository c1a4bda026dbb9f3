#include "core/rulebook.hpp"

namespace vigil::core {

std::optional<std::size_t> alerting_run(Rulebook const& rules, model::ScoreId id) {
    for (std::size_t i = 0; i < rules.scores.size(); ++i) {
        auto const& run = rules.scores[i];
        if (run.alerts && run.key.id == id && (id != model::ScoreId::sofa || run.key.product == model::Product::now))
            return i;
    }
    return std::nullopt;
}

std::optional<model::Ratio> canonical(Rulebook const& rules, model::Signal signal, model::Decimal value,
                                      model::Unit unit) {
    auto const& e = entry(rules, signal);
    if (e.canonical == unit) return model::ratio(value);
    for (auto const& c : e.conversions) {
        if (c.from != unit) continue;
        const auto shifted =
            c.add.mantissa == 0 ? model::ratio(value) : model::sum(model::ratio(value), model::ratio(c.add));
        const auto converted = shifted ? model::scaled(*shifted, c.num, c.den) : std::nullopt;
        if (!converted || !c.round) return converted;
        const auto rounded = model::round_half_up(*converted, *c.round);
        return rounded ? std::optional{model::ratio(*rounded)} : std::nullopt;
    }
    return std::nullopt;
}

} // namespace vigil::core
