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
}

// What was observed is always shown beside what was scored.
void append_observed(model::ScorePart& part, Coma const& c) {
    for (auto e : c.evidence) {
        e.verdict = model::Verdict::refused;
        e.reason = model::Reason::sedated;
        part.evidence.push_back(e);
    }
}

Coma const* last_awake(std::vector<Coma> const& all, EventTime before) {
    Coma const* found = nullptr;
    for (auto const& c : all)
        if (!c.sedated && c.time < before) found = &c;
    return found;
}

struct Choice {
    Coma const* coma = nullptr;
    PartState state = PartState::valued;
};

Choice newest(Inquiry& q, std::vector<Coma> const& all, std::vector<Sedation> const& sedation) {
    for (auto const& s : sedation)
        if (s.from <= q.at && (q.at < s.to || s.running))
            return q.at <= s.known_to ? Choice{last_awake(all, s.from), PartState::carried} : Choice{};
    const auto age = q.max_age(model::Signal::gcs_motor);
    auto const* c = last_awake(all, q.at + model::Duration{1});
    if (c != nullptr && q.at - c->time > age) c = nullptr;
    if (c != nullptr) q.outlives(c->time, age);
    return {c, PartState::valued};
}

Choice lowest(Inquiry& q, std::vector<Coma> const& all, std::vector<Sedation> const& sedation) {
    Choice best;
    const auto consider = [&](Coma const& c, PartState state) {
        if (best.coma == nullptr || c.total < best.coma->total ||
            (c.total == best.coma->total && state == PartState::valued))
            best = {&c, state};
    };
    for (auto const& s : sedation) {
        if (!s.running && s.to <= q.after) continue;
        if (!s.running) q.leaves(s.to);
        if (s.known_to <= q.after) continue;
        q.leaves(s.known_to);
        if (auto const* c = last_awake(all, s.from)) consider(*c, PartState::carried);
    }
    for (auto const& c : all) {
        if (c.time <= q.after || c.sedated) continue;
        consider(c, PartState::valued);
        q.leaves(c.time);
    }
    return best;
}

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
    const auto choice = q.now() ? newest(q, all, sedation) : lowest(q, all, sedation);
    if (choice.coma != nullptr) take(part, bands, *choice.coma, choice.state);
    Coma const* observed = nullptr;
    for (auto const& c : all)
        if (c.sedated && c.time > q.after) observed = &c;
    if (observed != nullptr) {
        append_observed(part, *observed);
        q.leaves(observed->time);
    }
    if (q.unexplained(part)) part.evidence.push_back(missing_or_stale(q, model::Signal::gcs_motor));
    return part;
}

} // namespace vigil::scores
