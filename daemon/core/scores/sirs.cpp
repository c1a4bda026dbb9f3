// Systemic inflammatory response: temperature, heart rate, breathing, leucocytes; two of four are positive (Bone 1992;
// scores.md 6.1).

#include "core/scores/sirs.hpp"

#include "core/scores/circuits.hpp"
#include "core/scores/oxygen.hpp"
#include "core/scores/rates.hpp"
#include "core/scores/results.hpp"
#include "core/scores/total.hpp"

#include <array>

namespace vigil::scores {

using model::Flag;
using model::Part;
using model::Reason;
using model::Sample;
using model::Signal;

namespace {

constexpr std::array signals = {
    Signal::temp,        Signal::hr,           Signal::pulse,     Signal::rr,          Signal::rr_total,
    Signal::resp_device, Signal::vent_mode,    Signal::peep_set,  Signal::rr_set,      Signal::vt_set,
    Signal::paco2,       Signal::pco2_untyped, Signal::pao2,      Signal::po2_untyped, Signal::arterial_gas,
    Signal::wbc,         Signal::bands,        Signal::cytopenia,
};

std::span<RangeTable const> columns(Inquiry const& q, Part part, Signal signal) {
    return columns_of(q.rules.tables.sirs.columns, part, signal);
}

model::ScorePart temperature(Inquiry& q) {
    const std::array sources = {Source{Signal::temp}};
    return part_of(Part::temp, vital_sign(q, sources, columns(q, Part::temp, Signal::temp).front()));
}

model::ScorePart heart(Inquiry& q) {
    return part_of(Part::hr, heart_rate(q, columns(q, Part::hr, Signal::hr).front()));
}

// Carbon dioxide is as arterial as the oxygen of the same gas is, typed or attested; alone it is what its code says.
Reason untyped(Inquiry const& q, Sample const& s) {
    for (auto const& gas : gases(q, s.time - model::Duration{1}, s.time))
        if (gas.why_not != Reason::not_arterial) return Reason::none;
    return Reason::not_arterial;
}
Reason venous(Inquiry const& q, Sample const& s) {
    for (auto const& gas : gases(q, s.time - model::Duration{1}, s.time))
        if (gas.signal == Signal::pao2 && gas.why_not == Reason::not_arterial) return Reason::not_arterial;
    return Reason::none;
}

// Breaths of a controlled ventilator are not the patient's: carbon dioxide alone decides.
model::ScorePart breathing(Inquiry& q) {
    constexpr std::array gas = {ResultSource{Signal::paco2, venous}, ResultSource{Signal::pco2_untyped, untyped}};
    const auto age = q.max_age(Signal::paco2);
    std::array found = {spontaneous_rate(q, columns(q, Part::resp, Signal::rr).front()),
                        result_of(q, columns(q, Part::resp, Signal::paco2), gas, {age, age})};
    const bool controlled = found[0].was_refused(Reason::not_testable);
    auto part = part_of(Part::resp, found);
    if (controlled) add_flag(part, Flag::rr_not_spontaneous);
    return part;
}

model::ScorePart leucocytes(Inquiry& q) {
    constexpr std::array count = {ResultSource{Signal::wbc}};
    constexpr std::array bands = {ResultSource{Signal::bands}};
    auto const& sofa = q.rules.tables.sofa;
    const Ages ages{sofa.valued_for, sofa.carried_for};
    std::array found = {result_of(q, columns(q, Part::wbc, Signal::wbc), count, ages),
                        result_of(q, columns(q, Part::wbc, Signal::bands), bands, ages)};
    auto part = part_of(Part::wbc, found); // sorts: the deciding one first
    const bool low_count = found[0].decides && found[0].points.lower > 0 && found[0].side == Side::low;
    if (attested_now(q, Signal::cytopenia) && low_count) add_flag(part, Flag::wbc_confounded);
    return part;
}

void conclude(std::span<model::ScorePart> parts, core::Rulebook const& rules) {
    parts[0].label = positive_from(parts[0], rules.tables.sirs.positive_from);
}

constexpr std::array parts = {Part::total, Part::temp, Part::hr, Part::resp, Part::wbc};

constexpr std::array components = {
    Component{one_part<temperature>, 1},
    Component{one_part<heart>, 2},
    Component{one_part<breathing>, 3},
    Component{one_part<leucocytes>, 4},
};

} // namespace

constinit const Definition sirs_definition{model::ScoreId::sirs,      parts, components, add_up, signals,
                                           edition_of<&Tables::sirs>, true,  conclude};

} // namespace vigil::scores
