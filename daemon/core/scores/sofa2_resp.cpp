// Respiration: PaO2/FiO2 with the support at the time of its own gas; SpO2/FiO2 only where no such pair is in the
// window; an extracorporeal lung is 4 (SOFA-2, table 2, footnotes f to i).

#include "core/scores/bands.hpp"
#include "core/scores/circuits.hpp"
#include "core/scores/saturation.hpp"
#include "core/scores/sofa2.hpp"

namespace vigil::scores {

using model::EventTime;
using model::Flag;
using model::Part;
using model::PartState;
using model::Signal;

namespace {

constexpr model::Decimal hundred{100, 0};

// Points of 3 and more need advanced support, unless it is unavailable or precluded; while it is unknown they are only
// possible.
PointRange with_support(Inquiry const& q, std::int32_t points, Known support, EventTime t) {
    const auto cap = q.rules.tables.sofa2.resp_cap;
    if (points <= cap || support == Known::yes || attested(q, Signal::support_precluded, t)) return {points, points};
    return {cap, support == Known::no ? cap : points};
}

// In kPa where the gas was reported in kPa and the basis is native; else in mm[Hg].
std::int32_t points_of_pair(Inquiry const& q, Pair const& pair, model::Basis basis) {
    const auto columns = columns_of(q.rules.tables.sofa2.columns, Part::resp, Signal::pao2);
    auto const& s = pair.gas.sample;
    auto const& column = basis == model::Basis::native ? native_column(columns, s.unit) : columns.front();
    if (column.unit != columns.front().unit) {
        const auto scaled = model::scaled(model::ratio(s.value), hundred, model::Decimal{1, 0});
        const auto own = scaled ? model::quotient(*scaled, *pair.inspired.percent) : std::nullopt;
        if (own) return points_at(column, *own);
    }
    return points_at(columns.front(), *pair.pf);
}

// A ratio of one kind, and what it is worth.
struct Rated {
    EventTime time;
    PointRange points;
    model::Ratio ratio;
};

// Better again within the time and on the same device: it was suctioning, or a mask off its place.
bool transient(Inquiry const& q, std::span<Rated const> all, std::size_t i) {
    for (std::size_t k = i + 1; k < all.size() && all[k].time - all[i].time < q.rules.tables.sofa2.transient; ++k)
        if (all[k].points.lower < all[i].points.lower && same_device(q, all[i].time, all[k].time)) return true;
    return false;
}

struct Chosen {
    std::optional<std::size_t> worst;
    std::int32_t upper = 0;
    bool dropped = false;        // a worse one was transient
    model::EventTime certain_at; // from then on no later ratio can show it to have been transient
};

Chosen choose(Inquiry& q, std::span<Rated const> all) {
    Chosen c;
    std::int32_t worst_dropped = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (transient(q, all, i)) {
            worst_dropped = std::max(worst_dropped, all[i].points.lower);
            continue;
        }
        c.upper = std::max(c.upper, all[i].points.upper);
        const bool worse =
            !c.worst || all[i].points.lower > all[*c.worst].points.lower ||
            (all[i].points.lower == all[*c.worst].points.lower && (all[i].ratio <=> all[*c.worst].ratio) <= 0);
        if (worse) c.worst = i;
    }
    if (!c.worst) return c;
    c.dropped = worst_dropped > all[*c.worst].points.lower;
    // The first that is as bad and stands.
    for (std::size_t i = all.size(); i > 0; --i)
        if (all[i - 1].points.lower >= all[*c.worst].points.lower && !transient(q, all, i - 1))
            c.certain_at = all[i - 1].time + q.rules.tables.sofa2.transient;
    return c;
}

// Until that time is over a later ratio may show it to have been transient.
PartState state_of(Inquiry& q, Rated const& r, EventTime certain_at) {
    if (r.points.lower == 0 || certain_at <= q.at) return PartState::valued;
    q.due.at(certain_at);
    return PartState::provisional;
}

void take(Inquiry& q, model::ScorePart& part, Rated const& r, Chosen const& c, PartState state) {
    settle(part, r.points.lower, state);
    part.upper = std::max({part.upper, c.upper, r.points.upper});
    if (c.dropped) add_flag(part, Flag::transient_ignored);
    if (!attested(q, Signal::support_precluded, r.time)) return;
    add_flag(part, Flag::support_precluded);
    const auto ceiling = q.timeline.latest(Signal::support_precluded, r.time, {});
    if (ceiling && q.explain)
        part.evidence.push_back(evidence_of(Signal::support_precluded, *ceiling, model::Verdict::used));
}

struct Pairs {
    std::vector<Pair> pairs;
    std::vector<Rated> rated, other; // in the basis asked for and in the other
};

void forget_doubt(model::ScorePart& refused) {
    model::Flags others;
    for (auto f : refused.flags)
        if (f != Flag::unreadable && f != Flag::comparator_bound) others.add(f);
    refused.flags = others;
}

Pairs pairs_in(Inquiry& q, EventTime after, model::ScorePart& refused) {
    Pairs out;
    for (auto const& gas : gases(q, after, q.at)) {
        if (q.now())
            q.outlives(gas.sample.time, q.rules.tables.sofa2.carried_for);
        else
            q.leaves(gas.sample.time);
        auto pair = pair_with_oxygen(q, gas, sofa2_policy(q).support);
        if (!pair.pf) {
            append_unjudged(refused, pair);
            continue;
        }
        if (q.now()) forget_doubt(refused); // it is older than what can be judged
        const auto rate = [&](model::Basis basis) {
            const auto points = points_of_pair(q, pair, basis);
            return Rated{gas.sample.time, with_support(q, points, pair.support.positive_pressure, gas.sample.time),
                         *pair.pf};
        };
        const bool native = q.key.basis == model::Basis::native;
        out.rated.push_back(rate(q.key.basis));
        out.other.push_back(rate(native ? model::Basis::conventional : model::Basis::native));
        out.pairs.push_back(std::move(pair));
    }
    return out;
}

void take_pair(Inquiry& q, model::ScorePart& part, Pairs const& found, std::size_t i, Chosen const& c,
               PartState state) {
    append_evidence(part, found.pairs[i]);
    take(q, part, found.rated[i], c, state);
    if (found.pairs[i].gas.sample.suspect) add_flag(part, Flag::extreme_verify);
}

void append_refusals(model::ScorePart& part, model::ScorePart const& refused) {
    part.evidence.insert(part.evidence.end(), refused.evidence.begin(), refused.evidence.end());
    for (auto f : refused.flags) add_flag(part, f);
    if (may_be_worse(refused)) part.upper = 4;
}

// The curve is too flat there: anything is possible.
bool too_high(Inquiry const& q, Saturation const& s) { return s.percent >= q.rules.tables.sofa2.saturation_below; }

std::optional<model::Ratio> ratio_of(Saturation const& s) {
    const auto hundredfold = model::scaled(s.percent, hundred, model::Decimal{1, 0});
    return hundredfold ? model::quotient(*hundredfold, *s.inspired.percent) : std::nullopt;
}

void rate_saturation(Inquiry const& q, Saturation& s) {
    auto const& t = q.rules.tables.sofa2;
    if (too_high(q, s)) return;
    const auto sf = ratio_of(s);
    if (!sf) return;
    const auto points = points_at(*conventional_column(t.columns, Part::resp, Signal::spo2), *sf);
    s.exact = with_support(q, points, s.support.positive_pressure, s.sample.time);
    s.upper = s.exact->upper;
}

void append_saturation(Inquiry const& q, model::ScorePart& part, Saturation const& s, model::Verdict verdict) {
    if (!q.explain) return;
    auto e = evidence_of(Signal::spo2, s.sample, verdict);
    if (too_high(q, s))
        e.reason = model::Reason::too_high;
    else if (const auto sf = ratio_of(s))
        e.compared = model::round_half_up(*sf, 1);
    e.compared_unit = model::Unit::percent;
    part.evidence.push_back(e);
    part.evidence.insert(part.evidence.end(), s.inspired.evidence.begin(), s.inspired.evidence.end());
    part.evidence.insert(part.evidence.end(), s.support.evidence.begin(), s.support.evidence.end());
}

// The oximeter decides, or is shown as what cannot; `unread`: what may be worse than either.
bool from_saturation(Inquiry& q, model::ScorePart& part, std::optional<Saturation>& unread) {
    const Rating rating{sofa2_policy(q).support, rate_saturation};
    QuarterHours all;
    std::optional<Saturation> newest;
    Saturation const* last = nullptr;
    std::vector<Rated> rated;
    std::vector<Saturation const*> of; // each of them
    const auto take_up = [&](Saturation const& s) {
        last = &s;
        if (!s.exact) return;
        const auto sf = model::quotient(s.percent, *s.inspired.percent);
        if (!sf) return;
        rated.push_back({s.sample.time, *s.exact, *sf});
        of.push_back(&s);
    };
    if (q.now()) {
        if ((newest = last_quarter_hour(q, rating, &unread))) take_up(*newest);
    } else {
        quarter_hours(q, rating, all);
        all.each(take_up);
        unread = newest_unread(all);
    }
    const auto chosen = choose(q, rated);
    if (!chosen.worst) {
        if (last != nullptr) append_saturation(q, part, *last, model::Verdict::refused);
        return false;
    }
    auto const& s = *of[*chosen.worst];
    auto const& r = rated[*chosen.worst];
    append_saturation(q, part, s, model::Verdict::substituted);
    // Of `now` a quarter hour's median says by itself that it is nothing that passes.
    take(q, part, r, chosen, q.now() ? PartState::valued : state_of(q, r, chosen.certain_at));
    add_flag(part, Flag::surrogate);
    if (s.sample.suspect) add_flag(part, Flag::extreme_verify);
    if (s.inspired.estimated) add_flag(part, Flag::fio2_estimated);
    return true;
}

void windowed(Inquiry& q, model::ScorePart& part) {
    model::ScorePart refused;
    std::optional<Saturation> unread;
    const auto found = pairs_in(q, q.after, refused);
    const auto chosen = choose(q, found.rated);
    if (chosen.worst) {
        take_pair(q, part, found, *chosen.worst, chosen, state_of(q, found.rated[*chosen.worst], chosen.certain_at));
        const auto other = choose(q, found.other);
        if (other.worst && found.other[*other.worst].points.lower != *part.points)
            add_flag(part, Flag::basis_disagreement);
    } else if (!from_saturation(q, part, unread)) {
        // Nothing in the window: the last gas before it is carried.
        model::ScorePart ignored;
        const auto held = q.rules.tables.sofa2.carried_for;
        const auto before = pairs_in(q, q.at - held - model::Duration{1}, ignored);
        if (!before.pairs.empty()) {
            q.outlives(before.rated.back().time, held);
            part.evidence.clear();
            take_pair(q, part, before, before.pairs.size() - 1, {}, PartState::carried);
            if (before.other.back().points.lower != *part.points) add_flag(part, Flag::basis_disagreement);
        }
    }
    append_refusals(part, refused);
    if (unread) append_unread(q, part, *unread);
}

// Product `now`: a gas up to four hours old, else the oximeter, else the newest gas as a laboratory value is carried.
void current(Inquiry& q, model::ScorePart& part) {
    auto const& t = q.rules.tables.sofa;
    const auto held = q.rules.tables.sofa2.carried_for;
    model::ScorePart refused;
    const auto found = pairs_in(q, q.at - held - model::Duration{1}, refused);
    for (auto const& r : found.rated)
        for (auto limit : {t.pair_within, t.valued_for, held}) q.outlives(r.time, limit);
    std::optional<Saturation> unread;
    const bool fresh = !found.rated.empty() && q.at - found.rated.back().time <= t.pair_within;
    if (!fresh && from_saturation(q, part, unread)) return append_refusals(part, refused);
    if (!found.rated.empty()) {
        auto const& r = found.rated.back();
        part = unmeasured(Part::resp);
        // Those before it that were as bad say that it is none that passes.
        auto first = found.rated.size() - 1;
        while (first > 0 && found.rated[first - 1].points.lower >= r.points.lower) --first;
        const auto certain_at = found.rated[first].time + q.rules.tables.sofa2.transient;
        const bool valued = q.at - r.time <= std::min(t.valued_for, held);
        take_pair(q, part, found, found.pairs.size() - 1, {}, valued ? state_of(q, r, certain_at) : PartState::carried);
        if (found.other.back().points.lower != *part.points) add_flag(part, Flag::basis_disagreement);
    }
    append_refusals(part, refused);
    if (unread) append_unread(q, part, *unread);
}

} // namespace

model::ScorePart sofa2_resp(Inquiry& q) {
    auto part = unmeasured(Part::resp);
    if (q.now())
        current(q, part);
    else
        windowed(q, part);
    if (q.unexplained(part)) part.evidence.push_back(missing_or_stale(q, Signal::pao2));
    const auto lungs = circuits_in_question(q, Signal::ecls);
    if (lungs.empty()) return part;
    settle(part, 4);
    add_flag(part, Flag::on_ecls);
    if (q.explain)
        part.evidence.insert(part.evidence.begin(),
                             evidence_of(Signal::ecls, lungs.back().sample, model::Verdict::used, model::Reason::ecls));
    return part;
}

} // namespace vigil::scores
