// P/F of SAPS II, which counts only under mechanical ventilation or CPAP (scores.md 10.2). Whoever was ventilated has
// at least the points of a good ratio.

#include "core/scores/saps2.hpp"

#include "core/scores/oxygen.hpp"
#include "core/scores/ranges.hpp"
#include "core/scores/ventilated.hpp"

#include <utility>

namespace vigil::scores {

using model::EventTime;
using model::Part;
using model::ScorePart;
using model::Verdict;

namespace {

Known supported(Inquiry& q, EventTime t) {
    const bool explain = std::exchange(q.explain, false);
    const auto pressure = support_at(q, t, q.rules.tables.saps2.support).positive_pressure;
    q.explain = explain;
    return pressure;
}
bool is_supported(Inquiry& q, EventTime t) { return supported(q, t) == Known::yes; }
bool is_unsupported(Inquiry& q, EventTime t) { return supported(q, t) == Known::no; }

void append_support(Inquiry const& q, ScorePart& part, EventTime t) {
    if (!q.explain) return;
    for (auto const& e : support_at(q, t, q.rules.tables.saps2.support).evidence) part.evidence.push_back(e);
}

struct Gases {
    std::optional<Pair> worst, open; // under support; where nobody knows of any
    std::int32_t points = 0, upper = 0;
    bool unsaid = false; // one that could be anything: without its oxygen, or told as a bound
    ScorePart refused;
};

Gases gases_of_day(Inquiry& q) {
    auto const& t = q.rules.tables.saps2;
    Gases out;
    for (auto const& gas : gases(q, q.after, q.at)) {
        auto pair = pair_with_oxygen(q, gas, t.support);
        if (!pair.pf) {
            const bool nobodys = pair.why_not == model::Reason::not_arterial && gas.signal != model::Signal::pao2;
            if (!nobodys) append_refused(out.refused, pair);
            if (pair.why_not != model::Reason::not_arterial && supported(q, gas.sample.time) != Known::no)
                out.unsaid = true;
            continue;
        }
        const auto points = t.pf.ranges[range_of(t.pf, *pair.pf)].points;
        const auto pressure = pair.support.positive_pressure;
        if (pressure == Known::no) continue;
        auto& kept = pressure == Known::yes ? out.worst : out.open;
        auto& most = pressure == Known::yes ? out.points : out.upper;
        if (kept && points < most) continue;
        most = points;
        kept = std::move(pair);
    }
    return out;
}

} // namespace

ScorePart saps2_oxygenation(Inquiry& q, EventTime) {
    auto const& t = q.rules.tables.saps2;
    const auto most = most_points(t.pf), least = points_in(t.pf, {0, t.pf.ranges.size() - 1}).lower;
    auto part = unmeasured(Part::oxygenation, most);
    const auto day = gases_of_day(q);
    const auto holding = support_holds(q);
    if (day.worst) {
        settle(part, day.points);
        append_evidence(part, *day.worst);
        if (day.worst->gas.sample.suspect) add_flag(part, model::Flag::extreme_verify);
    } else if (const auto on = newest_instant(q, holding, is_supported)) {
        part.lower = least;
        append_support(q, part, *on);
    } else if (const auto off = newest_instant(q, holding, is_unsupported)) {
        settle(part, 0);
        append_support(q, part, *off);
    }
    if (day.open) {
        part.upper = std::max(part.upper, day.upper);
        add_flag(part, model::Flag::support_unknown);
        if (q.explain && day.upper > day.points)
            part.evidence.push_back(evidence_of(day.open->gas.signal, day.open->gas.sample, Verdict::refused,
                                                model::Reason::unknown_support));
    }
    if (day.unsaid) part.upper = most;
    part.evidence.insert(part.evidence.end(), day.refused.evidence.begin(), day.refused.evidence.end());
    for (auto f : day.refused.flags) add_flag(part, f);
    if (q.unexplained(part)) part.evidence.push_back(missing_or_stale(q, model::Signal::pao2));
    return part;
}

} // namespace vigil::scores
