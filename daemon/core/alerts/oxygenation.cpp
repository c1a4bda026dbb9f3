#include "core/alerts/oxygenation.hpp"

#include "core/alerts/course.hpp"
#include "core/scores/oxygen.hpp"

#include <algorithm>

namespace vigil::alerts {

using model::EventTime;
using model::Ratio;
using model::Signal;

namespace {

std::optional<std::int8_t> class_of(model::ScorePart const& part) {
    if (!part.label) return std::nullopt;
    switch (*part.label) {
    case model::Label::none: return 0;
    case model::Label::mild:
    case model::Label::meets_mild: return 1;
    case model::Label::moderate:
    case model::Label::meets_moderate: return 2;
    case model::Label::severe:
    case model::Label::meets_severe: return 3;
    default: break; // not known, or a word of another definition
    }
    return std::nullopt;
}

// The class that P/F would still count for when a class is left only `hysteresis` above its limit.
std::int8_t class_to_leave(Ratio const& pf, ArdsOxygenation const& rule) {
    std::int8_t level = 0;
    for (std::size_t i = 0; i < rule.pf_at_most.size(); ++i) {
        const auto limit = model::sum(model::ratio(rule.pf_at_most[i]), model::ratio(rule.hysteresis));
        if (limit && pf <= *limit) level = static_cast<std::int8_t>(i + 1);
    }
    return level;
}

// The fraction of inspired oxygen in percent when it did not change within the interval.
std::optional<Ratio> steady_fio2(model::Timeline const& timeline, core::Rulebook const& rules, EventTime at,
                                 model::Duration within) {
    for (const auto signal : {Signal::fio2_set, Signal::fio2}) {
        const auto age = core::entry(rules, signal).max_age;
        const auto now = timeline.latest(signal, at, age);
        const auto then = timeline.latest(signal, at - within, age);
        if (!now || !then || now->is_word || then->is_word) continue;
        const auto value = core::canonical(rules, signal, now->value, now->unit);
        if (!value) return std::nullopt;
        const auto equal = [&](model::Decimal d, model::Unit unit) {
            const auto v = core::canonical(rules, signal, d, unit);
            return v && *v == *value;
        };
        bool steady = equal(then->value, then->unit);
        const auto same_minute = [&](model::Minute const& m) {
            steady = steady && equal(m.lowest, m.unit) && equal(m.highest, m.unit);
        };
        if (core::entry(rules, signal).kind == model::SignalKind::monitor) // most minutes do not stand whole
            timeline.minutes(signal, at - within, at, same_minute);
        else
            for (auto const& s : timeline.range(signal, at - within, at))
                steady = steady && !s.is_word && equal(s.value, s.unit);
        return steady ? value : std::nullopt;
    }
    return std::nullopt;
}

// Median of the minutes' medians when at least half of the minutes hold a valid sample (scores.md 0.10).
std::optional<Ratio> steady_spo2(model::Timeline const& timeline, core::Rulebook const& rules, EventTime at,
                                 model::Duration within) {
    std::vector<Ratio> medians;
    timeline.minutes(Signal::spo2, at - within, at, [&](model::Minute const& m) {
        if (m.valid == 0) return;
        const auto s = m.sample();
        if (s.is_word) return;
        if (const auto v = core::canonical(rules, Signal::spo2, s.value, s.unit)) medians.push_back(*v);
    });
    const auto wanted = static_cast<std::size_t>((within.ms / minute + 1) / 2);
    if (medians.empty() || medians.size() < wanted) return std::nullopt;
    std::sort(medians.begin(), medians.end(), [](Ratio const& a, Ratio const& b) { return a < b; });
    return medians[(medians.size() - 1) / 2];
}

std::int8_t surrogate_level(scores::Patient const& patient, core::Rulebook const& rules, EventTime at,
                            SurrogateConfirmation const& by) {
    const auto spo2 = steady_spo2(*patient.timeline, rules, at, by.sustained);
    if (!spo2 || *spo2 > by.spo2_at_most) return -1;
    const auto fio2 = steady_fio2(*patient.timeline, rules, at, by.sustained);
    const auto ratio = fio2 ? model::quotient(*spo2, *fio2) : std::nullopt; // percent by percent
    const auto sf = ratio ? model::scaled(*ratio, model::Decimal{100, 0}, model::Decimal{1, 0}) : std::nullopt;
    if (!sf) return -1;
    std::int8_t level = 0;
    for (std::size_t i = 0; i < by.sf_at_most.size(); ++i)
        if (*sf <= by.sf_at_most[i]) level = static_cast<std::int8_t>(i + 1);
    return level;
}

} // namespace

std::optional<GasRatio> gas_ratio(scores::Patient const& patient, core::Rulebook const& rules, EventTime at) {
    model::ScoreKey key;
    key.id = model::ScoreId::ards_berlin;
    const auto q = scores::ask(key, patient, at, rules);
    const auto age = rules.tables.berlin.gas_max_age + model::Duration{1};
    std::optional<GasRatio> newest;
    for (auto const& gas : scores::gases(q, at - age, at)) {
        if (gas.why_not != model::Reason::none) continue;
        const auto pair = scores::pair_with_oxygen(q, gas, {}, scores::Estimates::none);
        if (pair.pf) newest = GasRatio{*pair.pf, gas.sample.time};
    }
    return newest;
}

void see_oxygenation(model::Score const& ards, scores::Patient const& patient, core::Rulebook const& rules,
                     EventTime at, Point& point) {
    auto const* part = part_of(ards, model::Part::oxygenation);
    const auto gas = gas_ratio(patient, rules, at);
    if (part == nullptr) return;
    auto const& rule = rules.rules.ards_oxygenation;
    auto const& refractory = rules.rules.refractory_hypoxaemia;
    if (const auto level = class_of(*part)) {
        auto leave = *level;
        // A class is lost at once with its pressure; P/F alone must climb clear of the limit.
        if (gas && !part->flags.has(model::Flag::pressure_not_met)) {
            leave = std::max(leave, class_to_leave(gas->pf, rule));
            if (part->flags.has(model::Flag::noninvasive))
                leave = std::min<std::int8_t>(leave, std::max<std::int8_t>(*level, 1));
        }
        point.oxygenation = {*level, leave};
    }
    if (gas) {
        point.gas = gas->time;
        point.refractory = {static_cast<std::int8_t>(gas->pf < refractory.below ? 1 : 0),
                            static_cast<std::int8_t>(gas->pf < refractory.leave_at ? 1 : 0)};
    }
    // What improves on a circuit is the membrane's doing: worse is seen (and inhibited, visibly), better is not.
    if (part->flags.has(model::Flag::on_ecls)) {
        if (point.oxygenation.enter >= 0) point.oxygenation.leave = 3;
        if (point.refractory.enter >= 0) point.refractory.leave = 1;
    }
    if (point.oxygenation.leave > 0) point.surrogate = surrogate_level(patient, rules, at, rule.surrogate);
    if (point.refractory.leave > 0)
        point.surrogate_refractory = surrogate_level(patient, rules, at, refractory.surrogate);
}

} // namespace vigil::alerts
