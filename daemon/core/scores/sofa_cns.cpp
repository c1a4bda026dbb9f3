// Central nervous system: the lowest Glasgow coma score charted awake; under sedation the last one before it
// (scores.md 3.5, 0.7).

#include "core/scores/bands.hpp"
#include "core/scores/gcs.hpp"
#include "core/scores/sofa.hpp"

#include <limits>

namespace vigil::scores {

using model::EventTime;
using model::Flag;
using model::PartState;

namespace {

void take(model::ScorePart& part, BandTable const& bands, Coma const& c, PartState state) {
    settle(part, points_at(bands, model::Decimal{c.total, 0}), state);
    part.evidence.insert(part.evidence.end(), c.evidence.begin(), c.evidence.end());
    if (c.verbal_imputed) add_flag(part, Flag::verbal_imputed);
    if (c.after_sedation) add_flag(part, Flag::recent_sedation);
    if (c.contradicted) add_flag(part, Flag::gcs_disagrees);
}

bool worse(Inquiry const&, Coma const& a, Coma const& b) { return a.total < b.total; }
bool same(Inquiry const&, Coma const& a, Coma const& b) { return a.total == b.total; }

} // namespace

model::ScorePart sofa_cns(Inquiry& q) {
    auto part = unmeasured(model::Part::cns);
    auto const& bands = *conventional_column(q.rules.tables.sofa.columns, model::Part::cns, model::Signal::gcs_total);
    const auto sedation = sedations(q);
    // Without sedation nothing before the window can count.
    const auto reach = q.rules.tables.sofa.gcs_set;
    const EventTime from = !sedation.empty() ? EventTime{std::numeric_limits<std::int64_t>::min() / 2}
                           : q.now()         ? q.at - q.max_age(model::Signal::gcs_motor) - reach
                                             : q.after - reach;
    auto all = coma_scores(q, policy_of(q).verbal, sedation, from);
    const auto choice = deciding_coma(q, all, sedation, worse, same);
    if (choice.coma != nullptr) take(part, bands, *choice.coma, choice.state);
    bound_by_doubtful(q, part, all, [&](Coma const& c) { return points_at(bands, model::Decimal{c.total, 0}); });
    append_observed(q, part, all);
    if (q.unexplained(part)) part.evidence.push_back(unusable_coma(q));
    return part;
}

} // namespace vigil::scores
