// Respiration: PaO2/FiO2 with the support at the time of its own gas (scores.md 1.2, 3.1, 3.2, 0.4), else from the
// oximeter.

#include "core/scores/bands.hpp"
#include "core/scores/circuits.hpp"
#include "core/scores/saturation.hpp"
#include "core/scores/sofa.hpp"

namespace vigil::scores {

using model::EventTime;
using model::Flag;
using model::PartState;
using model::Ratio;

namespace {

// Points of 3 and more need respiratory support; while it is unknown they are only possible.
PointRange with_support(SofaTables const& t, std::int32_t points, Known support, bool needed = true) {
    const auto cap = t.support_from - 1;
    if (!needed || points <= cap || support == Known::yes) return {points, points};
    return {cap, support == Known::no ? cap : points};
}

BandTable const& pf_bands(Inquiry const& q) {
    return *conventional_column(q.rules.tables.sofa.columns, model::Part::resp, model::Signal::pao2);
}

struct Candidate {
    Pair pair;
    PointRange points;
};

// Worse first; of equal points the lower ratio, of equal ratios the newer gas.
bool worse(Candidate const& a, Candidate const& b) {
    if (a.points.lower != b.points.lower) return a.points.lower > b.points.lower;
    if (const auto c = *a.pair.pf <=> *b.pair.pf; c != 0) return c < 0;
    return a.pair.gas.sample.time >= b.pair.gas.sample.time;
}

void take(model::ScorePart& part, Candidate const& c, std::int32_t upper, PartState state) {
    settle(part, c.points.lower, state);
    part.upper = std::max(part.upper, upper);
    append_evidence(part, c.pair);
}

std::optional<Candidate> candidate(Inquiry const& q, Gas const& gas, model::ScorePart& part) {
    Candidate c{pair_with_oxygen(q, gas, policy_of(q).support), {}};
    if (!c.pair.pf) {
        append_unjudged(part, c.pair);
        return std::nullopt;
    }
    c.points = with_support(q.rules.tables.sofa, points_at(pf_bands(q), *c.pair.pf), c.pair.support.positive_pressure);
    return c;
}

void append_refusals(model::ScorePart& part, model::ScorePart const& refused) {
    part.evidence.insert(part.evidence.end(), refused.evidence.begin(), refused.evidence.end());
    for (auto f : refused.flags) add_flag(part, f);
    if (may_be_worse(refused)) part.upper = 4;
}

// The worst pair of the window. Refused gases are listed behind it.
bool from_gases(Inquiry& q, model::ScorePart& part) {
    std::optional<Candidate> worst;
    std::int32_t upper = 0;
    model::ScorePart refused;
    for (auto const& gas : gases(q, q.after, q.at)) {
        q.leaves(gas.sample.time);
        auto c = candidate(q, gas, refused);
        if (!c) continue;
        upper = std::max(upper, c->points.upper);
        if (!worst || worse(*c, *worst)) worst = std::move(c);
    }
    if (worst) take(part, *worst, upper, PartState::valued);
    append_refusals(part, refused);
    return worst.has_value();
}

void rate_saturation(Inquiry const& q, Saturation& s) {
    auto const& t = q.rules.tables.sofa;
    const auto option = policy_of(q).surrogate;
    const auto pressure = s.support.positive_pressure;
    const auto say = [&s](PointRange p) {
        s.exact = p;
        s.upper = p.upper;
    };
    if (option == Surrogate::sf_512 || option == Surrogate::sf_302) {
        const auto hundredfold = model::scaled(s.percent, model::Decimal{100, 0}, model::Decimal{1, 0});
        const auto sf = hundredfold ? model::quotient(*hundredfold, *s.inspired.percent) : std::nullopt;
        if (!sf) return;
        const bool first = option == Surrogate::sf_512;
        return say(
            with_support(t, points_at(first ? t.sf_512 : t.sf_302, *sf), pressure, first || t.sf_302_needs_support));
    }
    if (!s.pf) return;
    const auto points = points_at(pf_bands(q), *s.pf);
    const auto p = with_support(t, points, pressure);
    if (!s.bound) return say(p);
    if (points == 0) return say({0, 0}); // whatever the ratio is, it is no point
    s.upper = p.upper;
}

void append_saturation(Inquiry const& q, model::ScorePart& part, Saturation const& s, model::Verdict verdict) {
    add_flag(part, s.bound ? Flag::surrogate_bound : Flag::surrogate);
    if (s.sample.suspect) add_flag(part, Flag::extreme_verify);
    if (s.inspired.estimated) add_flag(part, Flag::fio2_estimated);
    if (!q.explain) return;
    auto e = evidence_of(model::Signal::spo2, s.sample, verdict);
    if (s.pf) e.compared = model::round_half_up(*s.pf, 1);
    e.compared_unit = model::Unit::mmHg;
    part.evidence.push_back(e);
    part.evidence.insert(part.evidence.end(), s.inspired.evidence.begin(), s.inspired.evidence.end());
    part.evidence.insert(part.evidence.end(), s.support.evidence.begin(), s.support.evidence.end());
}

// `unread`: what may be worse than all that could be judged.
bool from_saturation(Inquiry& q, model::ScorePart& part, std::optional<Saturation>& unread) {
    if (policy_of(q).surrogate == Surrogate::none) return false;
    const Rating rating{policy_of(q).support, rate_saturation};
    QuarterHours all;
    std::optional<Saturation> last;
    Saturation const *worst = nullptr, *open = nullptr;
    PointRange points;
    std::int32_t upper = 0;
    const auto consider = [&](Saturation const& s) {
        if (s.exact && (worst == nullptr || s.exact->lower > points.lower ||
                        (s.exact->lower == points.lower && s.pf && worst->pf && *s.pf <= *worst->pf))) {
            worst = &s;
            points = *s.exact;
        }
        if (!s.exact && s.upper >= upper) open = &s;
        upper = std::max(upper, s.upper);
    };
    if (q.now()) {
        if ((last = last_quarter_hour(q, rating, &unread))) consider(*last);
    } else {
        quarter_hours(q, rating, all);
        all.each(consider);
        unread = newest_unread(all);
    }
    if (worst == nullptr && open == nullptr) return false;
    std::vector<model::Evidence> refused;
    refused.swap(part.evidence);
    if (worst != nullptr) {
        settle(part, points.lower);
        append_saturation(q, part, *worst, model::Verdict::substituted);
    } else if (open != nullptr) {
        append_saturation(q, part, *open, model::Verdict::refused);
    }
    part.upper = may_be_worse(part) ? 4 : upper;
    if (worst != nullptr && open != nullptr && upper > points.upper)
        append_saturation(q, part, *open, model::Verdict::refused);
    part.evidence.insert(part.evidence.end(), refused.begin(), refused.end());
    return worst != nullptr;
}

// Product `now`: a gas up to four hours old, else the oximeter, else the newest gas as a laboratory value is carried.
void current(Inquiry& q, model::ScorePart& part) {
    auto const& t = q.rules.tables.sofa;
    std::optional<Candidate> newest;
    model::ScorePart refused;
    const auto all = gases(q, q.at - t.carried_for - model::Duration{1}, q.at);
    for (auto g = all.rbegin(); g != all.rend() && !newest; ++g) {
        q.outlives(g->sample.time, t.carried_for);
        newest = candidate(q, *g, refused);
    }
    const auto age = newest ? q.at - newest->pair.gas.sample.time : model::Duration{};
    if (newest)
        for (auto limit : {t.pair_within, t.valued_for, t.carried_for}) q.outlives(newest->pair.gas.sample.time, limit);
    std::optional<Saturation> unread;
    if ((newest && age <= t.pair_within) || !from_saturation(q, part, unread)) {
        if (newest) {
            part = unmeasured(model::Part::resp);
            take(part, *newest, newest->points.upper, age <= t.valued_for ? PartState::valued : PartState::carried);
        }
    }
    append_refusals(part, refused);
    if (unread) append_unread(q, part, *unread);
}

} // namespace

model::ScorePart sofa_resp(Inquiry& q) {
    auto part = unmeasured(model::Part::resp);
    if (q.now()) {
        current(q, part);
    } else if (!from_gases(q, part)) {
        std::optional<Saturation> unread;
        from_saturation(q, part, unread);
        if (unread) append_unread(q, part, *unread);
    }
    if (q.unexplained(part)) part.evidence.push_back(missing_or_stale(q, model::Signal::pao2));
    const auto circuits = circuits_in_question(q, model::Signal::ecls);
    if (!circuits.empty()) add_flag(part, Flag::on_ecls);
    if (!policy_of(q).ecls_force4) return part;
    for (auto const& c : circuits) {
        if (c.sample.word != model::Word::vv && c.sample.word != model::Word::vav) continue;
        settle(part, 4);
        if (!q.explain) continue;
        part.evidence.insert(part.evidence.begin(),
                             evidence_of(model::Signal::ecls, c.sample, model::Verdict::used, model::Reason::ecls));
    }
    return part;
}

} // namespace vigil::scores
