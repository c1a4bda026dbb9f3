#include "core/scores/rates.hpp"

#include "core/scores/mean_minutes.hpp"
#include "core/scores/ventilated.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace vigil::scores {

using model::EventTime;
using model::Minute;
using model::Reason;
using model::Signal;

namespace {

constexpr model::Decimal widest_of_none{20, 0}; // mm[Hg]: a pulse of so much is one

// Further back than any reading of these signals is looked at.
EventTime before_all(Inquiry const& q, Signal signal) {
    const auto age = q.max_age(signal);
    return (q.now() ? q.at - age : q.after) - age - model::hours(1);
}

// Refused for `why` while breathing is as `answer` says, or is not (`while_so` false).
Source while_breathing(Inquiry& q, Signal signal, SupportCourse::Answer answer, bool while_so, Reason why) {
    auto course = std::make_shared<SupportCourse>(q, before_all(q, signal), answer);
    const auto reason = [=](bool so) { return so == while_so ? why : Reason::none; };
    Source out{signal, [course, reason](Minute const& m) { return reason(course->at(m.time)); }};
    out.refuses_all = [course, reason](std::int64_t first, std::int64_t last) -> std::optional<Reason> {
        const auto all = course->through(model::start_of_minute(first), model::start_of_minute(last + 1));
        return all ? std::optional{reason(*all)} : std::nullopt;
    };
    return out;
}
Source not_controlled(Inquiry& q, Signal signal) {
    return while_breathing(q, signal, breathing_is_controlled, true, Reason::not_testable);
}
Source with_ventilator(Inquiry& q, Signal signal) {
    return while_breathing(q, signal, on_ventilator, false, Reason::unknown_support);
}
// Of two reasons the first.
Source both(Source first, Source second) {
    Source out{first.signal, [a = first.refuses, b = second.refuses](Minute const& m) {
                   const auto why = a(m);
                   return why != Reason::none ? why : b(m);
               }};
    out.refuses_all = [a = std::move(first.refuses_all), b = std::move(second.refuses_all)](
                          std::int64_t begin, std::int64_t end) -> std::optional<Reason> {
        const auto why = a(begin, end);
        return !why || *why != Reason::none ? why : b(begin, end);
    };
    return out;
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

// Those of a window, looked for once somebody asks.
class NarrowMinutes {
public:
    NarrowMinutes(Inquiry const& q, PressureSite const& site)
        : q_{q},
          site_{site} {}
    Narrow const* at(std::int64_t minute) {
        if (!all_) all_ = narrow_minutes(q_, site_, before_all(q_, site_.systolic));
        return narrow_at(*all_, minute);
    }

    // Certainly none from `first` to `last`: as far as the blocks tell without being opened.
    bool none_in(std::int64_t first, std::int64_t last) const {
        const auto systolic = q_.timeline.covering(site_.systolic, first, last),
                   diastolic = q_.timeline.covering(site_.diastolic, first, last);
        auto const& allowed = core::entry(q_.rules, site_.diastolic).soft_high;
        const auto in_mmHg = [](model::MinuteBlock const& b) { return b.outline.unit == model::Unit::mmHg; };
        if (systolic.empty() || diastolic.empty() || !std::all_of(systolic.begin(), systolic.end(), in_mmHg) ||
            !std::all_of(diastolic.begin(), diastolic.end(), in_mmHg))
            return false;
        const auto least = [](model::MinuteBlock const& b) { return b.outline.above(b.outline.least_above); };
        const auto highest = [](model::MinuteBlock const& b) { return b.outline.value(b.outline.highest); };
        auto low = least(systolic.front()), high = highest(diastolic.front());
        for (auto const& b : systolic) low = std::min(low, least(b));
        for (auto const& b : diastolic) high = std::max(high, highest(b));
        const auto with_pulse = model::sum(model::ratio(high), model::ratio(widest_of_none));
        return with_pulse && *with_pulse <= low && !(allowed && high > *allowed);
    }

private:
    Inquiry const& q_;
    PressureSite const& site_;
    std::optional<std::vector<Narrow>> all_;
};

// No pulse, or a flush: as a mean of that minute would be dropped.
Source pulsatile(Inquiry& q, PressureSite const& site) {
    const auto all = std::make_shared<NarrowMinutes>(q, site);
    return {site.systolic,
            [&q, &site, all](Minute const& m) {
                auto const* const narrow = all->at(m.minute);
                if (narrow == nullptr) return Reason::none;
                const auto value = in_canonical(q, site.systolic, m.value, m.unit);
                const bool flush = narrow->flush && !pulse_rules_off(q, m.time);
                const bool wrong = flush || (value && artefact(q, site, *value, m.minute, m.time, m.total > few));
                return wrong ? Reason::artefact : Reason::none;
            },
            true,
            [all](std::int64_t first, std::int64_t last) {
                return all->none_in(first, last) ? std::optional{Reason::none} : std::nullopt;
            }};
}

Source means(Inquiry& q, PressureSite const& site) {
    return {site.mean,
            [&q, &site, all = std::make_shared<NarrowMinutes>(q, site)](Minute const& m) {
                auto const* const narrow = all->at(m.minute);
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
    Source out{site.systolic};
    out.flag = model::Flag::map_derived;
    out.as = [&q, &site, derived = std::move(derived)](Minute const& m) -> std::optional<Minute> {
        if (m.is_bound() || !std::binary_search(derived.begin(), derived.end(), m.minute)) return std::nullopt;
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
    const std::array sources = {with_ventilator(q, Signal::rr_total), Source{Signal::rr}};
    return vital_sign(q, sources, table);
}

Finding spontaneous_rate(Inquiry& q, RangeTable const& table) {
    const std::array sources = {both(with_ventilator(q, Signal::rr_total), not_controlled(q, Signal::rr_total)),
                                not_controlled(q, Signal::rr)};
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
