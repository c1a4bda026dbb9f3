// Urine of SAPS II: what came on the first day, scaled from the time that is covered to 24 hours (scores.md 10.2).
// Where too little of the day is covered, what was charted is the least that there was.

#include "core/scores/saps2.hpp"

#include "core/scores/notes.hpp"
#include "core/scores/ranges.hpp"
#include "core/scores/urine.hpp"

#include <optional>
#include <utility>

namespace vigil::scores {

using model::Duration;
using model::EventTime;
using model::Part;
using model::Ratio;
using model::Reason;
using model::ScorePart;
using model::Signal;
using model::Verdict;

namespace {

// The volumes of the day. One that began before it counts for its share; time that two of them share counts once.
struct Collected {
    Signal signal = Signal::uo;
    Ratio ml;
    Duration covered{};
    model::Sample const *first = nullptr, *last = nullptr;

    std::optional<Ratio> per_day(Duration day) const {
        if (covered.ms <= 0) return std::nullopt;
        return model::scaled(ml, {day.ms, 0}, {covered.ms, 0});
    }
};

std::optional<Collected> collected(Inquiry& q, UrineDays& room) {
    const auto charts = urine_charts(q, q.after, q.rules.tables.sofa.urine_interval, room);
    Collected out;
    std::int64_t thousandths = 0, before = 0;
    std::optional<Ratio> shares;
    auto covered_to = q.opened;
    for (auto const& c : charts) {
        const auto volume = c.volume - std::exchange(before, c.volume);
        if (c.to <= q.opened || c.to <= q.after) continue;
        if (out.first == nullptr) out.first = &c.sample;
        out.last = &c.sample;
        if (c.since >= c.to) continue; // it covers nothing
        if (c.from >= q.opened) {
            thousandths += volume;
        } else {
            const Ratio share{model::Int128{volume} * (c.to - q.opened).ms, model::Int128{(c.to - c.from).ms} * 1000};
            shares = shares ? model::sum(*shares, share) : share;
            if (!shares) return std::nullopt;
        }
        const auto from = std::max(c.from, covered_to);
        if (c.to > from) out.covered = out.covered + (c.to - from);
        covered_to = std::max(covered_to, c.to);
    }
    if (out.first == nullptr) return std::nullopt;
    out.ml = {thousandths, 1000};
    if (!shares) return out;
    const auto all = model::sum(out.ml, *shares);
    if (!all) return std::nullopt;
    out.ml = *all;
    return out;
}

void append(Inquiry const& q, ScorePart& part, Collected const& c, Verdict verdict) {
    if (c.ml.num < 0 && verdict == Verdict::used) add_flag(part, model::Flag::extreme_verify);
    if (!q.explain) return;
    auto e = evidence_of(c.signal, *c.last, verdict, verdict == Verdict::used ? Reason::none : Reason::coverage);
    if (const auto daily = c.per_day(q.window()); daily && verdict == Verdict::used)
        e.compared = model::round_half_up(*daily, 0);
    e.compared_unit = model::Unit::mL;
    part.evidence.push_back(e);
    if (c.first != c.last) part.evidence.push_back(evidence_of(c.signal, *c.first, verdict, e.reason));
}

} // namespace

ScorePart saps2_urine(Inquiry& q, EventTime asked) {
    auto const& t = q.rules.tables.saps2;
    auto const& sofa = q.rules.tables.sofa;
    auto part = unmeasured(Part::urine, most_points(t.urine));
    std::optional<UrineDays> own;
    auto& room = q.notes != nullptr ? q.notes->urine : own.emplace();
    const auto so_far = std::min(asked - q.opened, q.window());
    const auto by_hours = collected(q, room);
    const auto points = [&](Ratio const& ml) { return t.urine.ranges[range_of(t.urine, ml)].points; };
    std::optional<Collected> worst;
    if (by_hours && by_hours->covered >= t.urine_least && by_hours->covered + t.urine_gaps >= so_far) worst = by_hours;
    // A collection over a day, when it is one of this day.
    for (auto const& u : urine_totals(q, q.after, room)) {
        if (!u.enough || u.at - u.covered < q.opened - (sofa.window - sofa.urine_min)) continue;
        const Collected c{u.signal, {u.volume, 1000}, u.covered, u.first, u.last};
        const auto daily = c.per_day(q.window()), other = worst ? worst->per_day(q.window()) : std::nullopt;
        if (daily && (!other || *daily <= *other)) worst = c;
    }
    if (worst) {
        if (const auto daily = worst->per_day(q.window())) settle(part, points(*daily));
        append(q, part, *worst, Verdict::used);
    } else if (by_hours) {
        part.upper = points(by_hours->ml);
        if (part.upper == 0) settle(part, 0);
        append(q, part, *by_hours, part.points ? Verdict::used : Verdict::refused);
        add_flag(part, model::Flag::low_coverage);
    }
    // More of the day is over with every instant, and less of it may be covered.
    const auto lasts_to = q.opened + (by_hours ? by_hours->covered : Duration{}) + t.urine_gaps + Duration{1};
    q.due.at(lasts_to);
    if (q.unexplained(part)) part.evidence.push_back(missing_or_stale(q, Signal::uo));
    return part;
}

} // namespace vigil::scores
