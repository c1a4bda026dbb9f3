#include "core/scores/rates.hpp"

#include "core/scores/mean_minutes.hpp"
#include "core/scores/ventilated.hpp"

#include <array>

namespace vigil::scores {

using model::Minute;
using model::Reason;
using model::Signal;

namespace {

Reason without_ventilator(Inquiry& q, Minute const& m) {
    return on_ventilator(q, m.time) ? Reason::none : Reason::unknown_support;
}
Reason controlled(Inquiry& q, Minute const& m) {
    return breathing_is_controlled(q, m.time) ? Reason::not_testable : Reason::none;
}
Reason not_own(Inquiry& q, Minute const& m) {
    const auto why = without_ventilator(q, m);
    return why != Reason::none ? why : controlled(q, m);
}

// No pulse, or a flush: as a mean of that minute would be dropped.
Reason pulseless(Inquiry const& q, PressureSite const& site, Minute const& m) {
    const auto value = in_canonical(q, site.systolic, m.value, m.unit);
    const bool wrong = value && artefact(q, site, *value, m.minute, m.time, m.total > few);
    return wrong ? Reason::artefact : Reason::none;
}
Reason pulseless_line(Inquiry& q, Minute const& m) { return pulseless(q, line, m); }
Reason pulseless_cuff(Inquiry& q, Minute const& m) { return pulseless(q, cuff, m); }

} // namespace

Finding respiratory_rate(Inquiry& q, RangeTable const& table) {
    constexpr std::array sources = {Source{Signal::rr_total, without_ventilator}, Source{Signal::rr}};
    return vital_sign(q, sources, table);
}

Finding spontaneous_rate(Inquiry& q, RangeTable const& table) {
    constexpr std::array sources = {Source{Signal::rr_total, not_own}, Source{Signal::rr, controlled}};
    return vital_sign(q, sources, table);
}

Finding heart_rate(Inquiry& q, RangeTable const& table) {
    constexpr std::array sources = {Source{Signal::hr}, Source{Signal::pulse}};
    return vital_sign(q, sources, table);
}

Finding systolic_pressure(Inquiry& q, RangeTable const& table) {
    constexpr std::array sources = {Source{Signal::sbp, pulseless_line, true},
                                    Source{Signal::nibp_sbp, pulseless_cuff, true}};
    auto f = vital_sign(q, sources, table);
    if (f.was_refused(Reason::artefact)) f.flags.add(model::Flag::artefact_dropped);
    return f;
}

} // namespace vigil::scores
