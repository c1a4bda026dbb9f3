#include "core/scores/rates.hpp"

#include "core/scores/mean_minutes.hpp"
#include "core/scores/ventilated.hpp"

#include <algorithm>
#include <array>

namespace vigil::scores {

using model::EventTime;
using model::Minute;
using model::Reason;
using model::Signal;

namespace {

constexpr model::Decimal widest_of_none{20, 0}; // mm[Hg]: a pulse of so much is one

Reason without_ventilator(Inquiry& q, Minute const& m) {
    return on_ventilator(q, m.time) ? Reason::none : Reason::unknown_support;
}
Reason controlled(Inquiry& q, Minute const& m) {
    return breathing_is_controlled(q, m.time) ? Reason::not_testable : Reason::none;
}

// A minute in which systolic and diastolic are so near that they may be no pressure.
struct Narrow {
    std::int64_t minute = 0;
    bool flush = false; // the diastolic is beyond what a diastolic can well be: whether or not it is a valid one
};

std::vector<Narrow> narrow_minutes(Inquiry const& q, PressureSite const& site, EventTime after) {
    std::vector<std::pair<std::int64_t, model::Decimal>> systolic;
    std::vector<Narrow> out;
    q.timeline.minutes(site.systolic, after, q.at, [&](Minute const& m) {
        if (const auto v = in_canonical(q, site.systolic, m.value, m.unit)) systolic.emplace_back(m.minute, *v);
    });
    auto const& highest = core::entry(q.rules, site.diastolic).soft_high;
    auto s = systolic.begin();
    q.timeline.minutes(site.diastolic, after - model::minutes(1), q.at, [&](Minute const& m) {
        while (s != systolic.end() && s->first < m.minute) ++s;
        if (s == systolic.end() || s->first != m.minute) return;
        const auto v = in_canonical(q, site.diastolic, m.value, m.unit);
        const auto least = v ? model::sum(model::ratio(*v), model::ratio(widest_of_none)) : std::nullopt;
        if (!least || *least > s->second) out.push_back({m.minute, v && highest && *v > *highest});
    });
    return out;
}

Narrow const* narrow_at(std::vector<Narrow> const& all, std::int64_t minute) {
    const auto at =
        std::partition_point(all.begin(), all.end(), [minute](Narrow const& n) { return n.minute < minute; });
    return at != all.end() && at->minute == minute ? &*at : nullptr;
}

// Further back than any reading of these signals is looked at.
EventTime before_all(Inquiry const& q, Signal signal) {
    const auto age = q.max_age(signal);
    return (q.now() ? q.at - age : q.after) - age - model::hours(1);
}

// No pulse, or a flush: as a mean of that minute would be dropped.
Source pulsatile(Inquiry& q, PressureSite const& site) {
    return {site.systolic,
            [&q, &site, all = narrow_minutes(q, site, before_all(q, site.systolic))](Minute const& m) {
                auto const* const narrow = narrow_at(all, m.minute);
                if (narrow == nullptr) return Reason::none;
                const auto value = in_canonical(q, site.systolic, m.value, m.unit);
                const bool flush = narrow->flush && !pulse_rules_off(q, m.time);
                const bool wrong = flush || (value && artefact(q, site, *value, m.minute, m.time, m.total > few));
                return wrong ? Reason::artefact : Reason::none;
            },
            true};
}

Source means(Inquiry& q, PressureSite const& site) {
    return {site.mean,
            [&q, &site, all = narrow_minutes(q, site, before_all(q, site.systolic))](Minute const& m) {
                auto const* const narrow = narrow_at(all, m.minute);
                const auto value = in_canonical(q, site.mean, m.value, m.unit);
                const bool flush = narrow != nullptr && narrow->flush && !pulse_rules_off(q, m.time);
                const bool wrong = flush || (value && artefact(q, site, *value, m.minute, m.time, m.total > few));
                return wrong ? Reason::artefact : Reason::none;
            },
            true};
}

// Minutes without a mean of their own.
Source derived_means(Inquiry& q, PressureSite const& site) {
    std::vector<MeanMinute> all;
    means_in(q, site, before_all(q, site.systolic), q.at, std::nullopt, all);
    std::vector<std::int64_t> derived;
    for (auto const& m : all)
        if (m.derived) derived.push_back(m.minute);
    Source out{site.systolic, {}, false, {}, model::Flag::map_derived};
    out.as = [&q, &site, derived = std::move(derived)](Minute const& m) -> std::optional<Minute> {
        const bool bound = m.whole != nullptr && m.whole->comparator != model::Comparator::exactly;
        if (bound || !std::binary_search(derived.begin(), derived.end(), m.minute)) return std::nullopt;
        auto mean = derived_mean(q, site, m);
        if (mean) {
            mean->highest = mean->value;
            mean->whole = nullptr;
        }
        return mean;
    };
    return out;
}

} // namespace

Finding respiratory_rate(Inquiry& q, RangeTable const& table) {
    const std::array sources = {
        Source{Signal::rr_total, [&q](Minute const& m) { return without_ventilator(q, m); }},
        Source{Signal::rr},
    };
    return vital_sign(q, sources, table);
}

Finding spontaneous_rate(Inquiry& q, RangeTable const& table) {
    const auto not_own = [&q](Minute const& m) {
        const auto why = without_ventilator(q, m);
        return why != Reason::none ? why : controlled(q, m);
    };
    const std::array sources = {Source{Signal::rr_total, not_own},
                                Source{Signal::rr, [&q](Minute const& m) { return controlled(q, m); }}};
    return vital_sign(q, sources, table);
}

Finding heart_rate(Inquiry& q, RangeTable const& table) {
    const std::array sources = {Source{Signal::hr}, Source{Signal::pulse}};
    return vital_sign(q, sources, table);
}

Finding systolic_pressure(Inquiry& q, RangeTable const& table) {
    const std::array sources = {pulsatile(q, line), pulsatile(q, cuff)};
    auto f = vital_sign(q, sources, table);
    if (f.was_refused(Reason::artefact)) f.flags.add(model::Flag::artefact_dropped);
    return f;
}

Finding mean_pressure(Inquiry& q, RangeTable const& table) {
    const std::array sources = {means(q, line), derived_means(q, line), means(q, cuff), derived_means(q, cuff)};
    auto f = vital_sign(q, sources, table);
    if (f.was_refused(Reason::artefact)) f.flags.add(model::Flag::artefact_dropped);
    return f;
}

} // namespace vigil::scores
