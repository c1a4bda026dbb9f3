// Brain: the lowest coma score charted awake; under sedation the last one before it, and none before it is 0; drugs for
// delirium are a point at least (SOFA-2, table 2, footnotes c to e).

#include "core/scores/bands.hpp"
#include "core/scores/circuits.hpp"
#include "core/scores/gcs.hpp"
#include "core/scores/infusion.hpp"
#include "core/scores/sofa2.hpp"

#include <limits>

namespace vigil::scores {

using model::Duration;
using model::EventTime;
using model::Flag;
using model::Part;
using model::PartState;
using model::Sample;
using model::Signal;
using model::Verdict;
using model::Word;

namespace {

constexpr EventTime beginning{std::numeric_limits<std::int64_t>::min() / 2};

std::int32_t points_of(Inquiry const& q, Coma const& c) {
    auto const& columns = q.rules.tables.sofa2.columns;
    const auto signal = c.motor_only ? Signal::gcs_motor : Signal::gcs_total;
    return points_at(*conventional_column(columns, Part::brain, signal),
                     model::Decimal{c.motor_only ? c.motor : c.total, 0});
}

bool worse(Inquiry const& q, Coma const& a, Coma const& b) { return points_of(q, a) > points_of(q, b); }
bool same(Inquiry const& q, Coma const& a, Coma const& b) { return points_of(q, a) == points_of(q, b); }

void take(Inquiry const& q, model::ScorePart& part, Coma const& c, PartState state) {
    settle(part, points_of(q, c), state);
    part.evidence.insert(part.evidence.end(), c.evidence.begin(), c.evidence.end());
    if (c.motor_only) add_flag(part, Flag::motor_only);
    if (c.after_sedation) add_flag(part, Flag::recent_sedation);
    if (c.contradicted) add_flag(part, Flag::gcs_disagrees);
}

// The newest sedation in the question, the certain before one that nobody has heard of.
Sedation const* sedation_in_question(Inquiry const& q, std::vector<Sedation> const& all, bool certain) {
    Sedation const* found = nullptr;
    for (auto const& s : all) {
        const bool here = q.now() ? s.from <= q.at && (q.at < s.to || s.running) : s.to > q.after || s.running;
        const bool known = q.now() ? q.at <= s.known_to : s.known_to > q.after;
        if (here && known == certain) found = &s;
    }
    return found;
}

bool awake_before(std::vector<Coma> const& all, EventTime t) {
    return std::any_of(all.begin(), all.end(), [t](Coma const& c) { return !c.sedated && c.time <= t; });
}

// Footnote c: sedated, and never seen awake: 0, and nobody knows. While it is not even known whether the sedative runs,
// nothing is scored.
void take_sedated(Inquiry const& q, model::ScorePart& part, std::vector<Coma> const& all,
                  std::vector<Sedation> const& sedation) {
    auto const* certain = sedation_in_question(q, sedation, true);
    auto const* unheard = sedation_in_question(q, sedation, false);
    auto const* s = certain != nullptr ? certain : unheard;
    if (s == nullptr) return;
    if (certain != nullptr && !awake_before(all, certain->from)) {
        settle(part, 0);
        part.upper = 4;
        add_flag(part, Flag::sedated_unknown);
    }
    if (q.explain)
        part.evidence.push_back(certain != nullptr
                                    ? evidence_of(s->drug, *s->rate, Verdict::used, model::Reason::sedated)
                                    : evidence_of(s->drug, *s->rate, Verdict::stale, model::Reason::pump_silent));
}

struct Treatment {
    std::vector<model::Evidence> evidence; // the drug first
    Signal drug{};
};

// A dose or an order holds until it is stopped, or for as long as one is valid.
std::optional<Treatment> given(Inquiry& q, Signal drug) {
    const auto age = q.max_age(drug);
    const auto all = q.timeline.range(drug, beginning, q.at);
    std::optional<Treatment> found;
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto const& s = all[i];
        if (model::stops(s)) continue;
        auto to = s.time + age + Duration{1};
        if (s.until) to = std::min(to, *s.until);
        if (i + 1 < all.size()) to = std::min(to, std::max(all[i + 1].time, s.time + Duration{1}));
        if (q.now()) {
            q.due.at(to);
            if (to <= q.at) continue;
        } else {
            if (to <= q.after + Duration{1}) continue;
            if (q.key.product != model::Product::day) q.due.at(to + q.window() - Duration{1});
        }
        found = Treatment{{evidence_of(drug, s, Verdict::used)}, drug};
    }
    return found;
}

// Dexmedetomidine sedates as well: it is a drug for delirium only where that was found, and then no sedative.
std::optional<Sample> delirium_found(Inquiry& q) {
    std::optional<Sample> positive;
    if (q.timeline.empty(Signal::dexmedetomidine)) return positive;
    // Also at the beginning of a day: what was found the evening before is no longer ago.
    for (auto const& s : q.timeline.range(Signal::cam, q.at - q.window(), q.at)) {
        q.due.at(s.time + q.window());
        if (s.is_word && s.word == Word::positive) positive = s;
    }
    return positive;
}

std::optional<Treatment> dexmedetomidine(Inquiry& q, std::optional<Sample> const& positive) {
    constexpr auto drug = Signal::dexmedetomidine;
    if (!positive) return std::nullopt;
    std::optional<Treatment> found;
    for (auto const& run : runs_of(q, drug, q.rules.tables.sofa.infusion_gap)) {
        if (!run.running && (q.now() || run.to <= q.after)) continue;
        if (!run.running) q.leaves(run.to);
        found = Treatment{{evidence_of(drug, *run.segments.back().rate, Verdict::used),
                           evidence_of(Signal::cam, *positive, Verdict::used)},
                          drug};
    }
    return found;
}

// What is taken at home for another reason is none; that says nothing of a sedative begun here.
std::optional<Treatment> delirium_treatment(Inquiry& q, std::optional<Sample> const& delirium) {
    if (!attested_now(q, Signal::home_antipsychotic))
        for (auto drug : q.rules.tables.sofa2.delirium)
            if (!q.timeline.empty(drug))
                if (auto treatment = given(q, drug)) return treatment;
    return dexmedetomidine(q, delirium);
}

void add_treatment(Inquiry& q, model::ScorePart& part, std::optional<Sample> const& delirium) {
    const auto treatment = delirium_treatment(q, delirium);
    if (!treatment) return;
    const auto least = q.rules.tables.sofa2.delirium_points;
    add_flag(part, Flag::delirium_drug);
    const bool decides = !part.points || *part.points < least;
    if (decides) {
        const auto upper = part.upper;
        settle(part, least, part.points ? part.state : PartState::valued);
        part.upper = std::max(upper, least);
    }
    if (q.explain)
        part.evidence.insert(decides ? part.evidence.begin() : part.evidence.end(), treatment->evidence.begin(),
                             treatment->evidence.end());
}

} // namespace

model::ScorePart sofa2_brain(Inquiry& q) {
    auto part = unmeasured(Part::brain);
    auto const& t = q.rules.tables.sofa2;
    const auto delirium = delirium_found(q);
    const auto sedation = sedations(q, delirium ? std::optional{Signal::dexmedetomidine} : std::nullopt);
    const auto reach = q.rules.tables.sofa.gcs_set;
    const auto before = q.now() ? std::max(q.max_age(Signal::gcs_motor), t.carried_for) : q.window() + t.carried_for;
    const EventTime from = !sedation.empty() ? beginning : q.at - before - reach;
    const auto all = coma_scores(q, Verbal::best_motor, sedation, from);
    auto choice = deciding_coma(q, all, sedation, worse, same);
    const bool sedated =
        sedation_in_question(q, sedation, true) != nullptr || sedation_in_question(q, sedation, false) != nullptr;
    if (choice.coma == nullptr && !sedated) {
        // Nothing in the window: the last one before it is carried.
        for (auto const& c : all)
            if (!c.sedated && q.at - c.time <= t.carried_for) choice = {&c, PartState::carried};
        if (choice.coma != nullptr) q.outlives(choice.coma->time, t.carried_for);
    }
    if (choice.coma != nullptr)
        take(q, part, *choice.coma, choice.state);
    else
        take_sedated(q, part, all, sedation);
    bound_by_doubtful(q, part, all, [&](Coma const& c) { return points_of(q, c); });
    append_observed(q, part, all);
    add_treatment(q, part, delirium);
    if (q.unexplained(part)) part.evidence.push_back(unusable_coma(q));
    return part;
}

} // namespace vigil::scores
