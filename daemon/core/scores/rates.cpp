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

// The site's minutes in which systolic and diastolic are so near that they may be no pressure.
std::vector<std::int64_t> narrow_minutes(Inquiry const& q, PressureSite const& site, EventTime after) {
    std::vector<std::pair<std::int64_t, model::Decimal>> systolic;
    std::vector<std::int64_t> out;
    q.timeline.minutes(site.systolic, after, q.at, [&](Minute const& m) {
        if (const auto v = in_canonical(q, site.systolic, m.value, m.unit)) systolic.emplace_back(m.minute, *v);
    });
    auto s = systolic.begin();
    q.timeline.minutes(site.diastolic, after - model::minutes(1), q.at, [&](Minute const& m) {
        while (s != systolic.end() && s->first < m.minute) ++s;
        if (s == systolic.end() || s->first != m.minute) return;
        const auto v = in_canonical(q, site.diastolic, m.value, m.unit);
        const auto least = v ? model::sum(model::ratio(*v), model::ratio(widest_of_none)) : std::nullopt;
        if (!least || *least > s->second) out.push_back(m.minute);
    });
    return out;
}

// No pulse, or a flush: as a mean of that minute would be dropped.
Source pulsatile(Inquiry& q, PressureSite const& site) {
    const auto age = q.max_age(site.systolic);
    // Further back than any reading is looked at.
    const auto after = (q.now() ? q.at - age : q.after) - age - model::hours(1);
    return {site.systolic,
            [&q, &site, narrow = narrow_minutes(q, site, after)](Minute const& m) {
                if (!std::binary_search(narrow.begin(), narrow.end(), m.minute)) return Reason::none;
                const auto value = in_canonical(q, site.systolic, m.value, m.unit);
                const bool wrong = value && artefact(q, site, *value, m.minute, m.time, m.total > few);
                return wrong ? Reason::artefact : Reason::none;
            },
            true};
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

} // namespace vigil::scores
