// Quick SOFA: breathing, systolic pressure, mentation; two of three are positive (scores.md 6.2).

#include "core/scores/qsofa.hpp"

#include "core/scores/gcs.hpp"
#include "core/scores/rates.hpp"
#include "core/scores/signal_groups.hpp"
#include "core/scores/total.hpp"
#include "core/scores/ventilated.hpp"

#include <array>
#include <limits>

namespace vigil::scores {

using model::EventTime;
using model::Flag;
using model::Part;
using model::Signal;

namespace {

constexpr std::array own_signals = {
    Signal::rr,     Signal::rr_total,  Signal::resp_device, Signal::vent_mode,  Signal::peep_set,  Signal::rr_set,
    Signal::vt_set, Signal::sbp,       Signal::dbp,         Signal::nibp_sbp,   Signal::nibp_dbp,  Signal::ecls,
    Signal::mcs,    Signal::gcs_total, Signal::gcs_eye,     Signal::gcs_verbal, Signal::gcs_motor,
};
constexpr auto signals = joined(own_signals, model::sedating);

RangeTable const& column(Inquiry const& q, Part part, Signal signal) {
    return columns_of(q.rules.tables.qsofa.columns, part, signal).front();
}

model::ScorePart breathing(Inquiry& q) {
    std::array found = {respiratory_rate(q, column(q, Part::rr, Signal::rr))};
    const auto time = found[0].time;
    auto part = part_of(Part::rr, found);
    if (time && breathing_is_controlled(q, *time)) add_flag(part, Flag::rr_not_spontaneous);
    return part;
}

model::ScorePart pressure(Inquiry& q) {
    return part_of(Part::sbp, systolic_pressure(q, column(q, Part::sbp, Signal::sbp)));
}

bool worse(Inquiry const&, Coma const& a, Coma const& b) { return a.total < b.total; }
bool same(Inquiry const&, Coma const& a, Coma const& b) { return a.total == b.total; }

// The lowest coma score charted awake; under sedation the last one before it.
model::ScorePart mentation(Inquiry& q) {
    auto const& t = q.rules.tables.qsofa;
    auto const& policy = t.policies[q.key.policy < t.policies.size() ? q.key.policy : 0U];
    auto part = unmeasured(Part::mentation, t.mentation_points);
    const auto sedation = sedations(q);
    const auto reach = q.rules.tables.sofa.gcs_set;
    const EventTime from = !sedation.empty() ? EventTime{std::numeric_limits<std::int64_t>::min() / 2}
                           : q.now()         ? q.at - q.max_age(Signal::gcs_motor) - reach
                                             : q.after - reach;
    const auto all = coma_scores(q, Verbal::regression, sedation, from);
    const auto choice = deciding_coma(q, all, sedation, worse, same);
    if (choice.coma != nullptr) {
        auto const& c = *choice.coma;
        settle(part, c.total < policy.gcs_below ? t.mentation_points : 0, choice.state);
        part.evidence = c.evidence;
        if (c.verbal_imputed) add_flag(part, Flag::verbal_imputed);
        if (c.after_sedation) add_flag(part, Flag::recent_sedation);
        if (c.contradicted) add_flag(part, Flag::gcs_disagrees);
    }
    append_observed(q, part, all);
    if (q.unexplained(part)) part.evidence.push_back(unusable_coma(q));
    return part;
}

void conclude(std::span<model::ScorePart> parts, core::Rulebook const& rules) {
    parts[0].label = positive_from(parts[0], rules.tables.qsofa.positive_from);
}

constexpr std::array parts = {Part::total, Part::rr, Part::sbp, Part::mentation};

constexpr std::array components = {
    Component{one_part<breathing>, 1},
    Component{one_part<pressure>, 2},
    Component{one_part<mentation>, 3},
};

} // namespace

constinit const Definition qsofa_definition{model::ScoreId::qsofa,      parts, components, add_up, signals,
                                            edition_of<&Tables::qsofa>, true,  conclude};

} // namespace vigil::scores
