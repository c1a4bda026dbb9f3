#include "core/alerts/lanes.hpp"

#include <algorithm>

namespace vigil::alerts {

using model::EventTime;

Point const* in_force(std::vector<Point> const& points, EventTime at) {
    const auto after = std::partition_point(points.begin(), points.end(), [&](Point const& p) { return p.at <= at; });
    return after == points.begin() ? nullptr : &*(after - 1);
}

namespace {

using Looks = std::array<Look, lane_count>;
constexpr auto lane_of_rise = static_cast<std::size_t>(LaneName::sofa_rise);
constexpr auto lane_of_ards = static_cast<std::size_t>(LaneName::ards_oxygenation);
constexpr auto lane_of_refractory = static_cast<std::size_t>(LaneName::refractory);

std::int8_t small(std::int32_t v) { return static_cast<std::int8_t>(std::clamp(v, 0, 100)); }

Look look_of_organ(OrganPoints const& p, OrganFailure const& rule) {
    if (p.low < rule.points && p.high >= rule.points) return {};
    const auto at_least = [&](std::int32_t v) { return v >= rule.points ? small(std::min(v, 4)) : small(0); };
    return {at_least(p.low), at_least(p.high < rule.points ? p.high + rule.hysteresis : p.low + rule.hysteresis)};
}

Look look_of_rise(std::vector<Point> const& points, Point const& to, SofaRise const& rule) {
    const auto rise = rise_to(points, to, rule.within);
    const auto at_least = [&](std::int32_t v) { return v >= rule.rise ? small(v) : small(0); };
    if (rise.by < rule.rise && (rise.could >= rule.rise || !rise.any)) return {};
    return {at_least(rise.by), at_least(rise.by + rule.hysteresis)};
}

Looks looks_at(std::vector<Point> const& points, Point const& p, Rules const& rules) {
    Looks looks;
    for (std::size_t i = 0; i < organ_count && i < rules.organs.size(); ++i)
        looks[i] = look_of_organ(p.organs[i], rules.organs[i]);
    looks[lane_of_rise] = look_of_rise(points, p, rules.sofa_rise);
    looks[lane_of_ards] = p.oxygenation;
    looks[lane_of_refractory] = p.refractory;
    return looks;
}

Dwell dwell_of(Rules const& rules, std::size_t lane) {
    const auto of = [](Rule const& r) { return Dwell{r.dwell_in, r.dwell_out}; };
    if (lane == lane_of_rise) return of(rules.sofa_rise.rule);
    if (lane == lane_of_ards) return of(rules.ards_oxygenation.rule);
    if (lane == lane_of_refractory) return of(rules.refractory_hypoxaemia.rule);
    return lane < rules.organs.size() ? of(rules.organs[lane].rule) : Dwell{};
}

void observe_all(Lanes& lanes, Rules const& rules, std::vector<Point> const& points, Point const& p) {
    const auto looks = looks_at(points, p, rules);
    for (std::size_t i = 0; i < lane_count; ++i) observe(lanes[i], dwell_of(rules, i), looks[i], p.at, p.cause);
}

// Observes every point in (from, to], and again when a point's successor leaves the interval of a rise.
void fold(Lanes& lanes, Rules const& rules, std::vector<Point> const& points, EventTime from, EventTime to) {
    std::vector<EventTime> times;
    for (auto const& p : points) {
        if (p.at > from && p.at <= to) times.push_back(p.at);
        const auto leaves = p.at + rules.sofa_rise.within;
        if (leaves > from && leaves <= to) times.push_back(leaves);
    }
    std::sort(times.begin(), times.end());
    times.erase(std::unique(times.begin(), times.end()), times.end());
    for (auto t : times) {
        auto const* p = in_force(points, t);
        if (p == nullptr) continue;
        auto here = *p;
        if (here.at != t) here.at = here.cause = t;
        observe_all(lanes, rules, points, here);
    }
}

void advance_base(Course& course, Rules const& rules, EventTime whole) {
    if (whole - course.base_at < kept_back + model::hours(1)) return;
    const auto to = whole - kept_back;
    fold(course.base, rules, course.points, course.base_at, to);
    course.base_at = to;
    const auto oldest = whole - seen_back;
    const auto keep = std::partition_point(course.points.begin(), course.points.end(),
                                           [&](Point const& p) { return p.at <= oldest; });
    if (keep - course.points.begin() > 1) course.points.erase(course.points.begin(), keep - 1);
}

} // namespace

namespace {

// Bounds that are apart (unknown support) count for what they make certain.
std::int32_t certain_change(OrganPoints const& from, OrganPoints const& to) {
    if (from == to) return 0;
    if (to.low > from.high) return to.low - from.high;
    return to.high < from.low ? to.high - from.low : 0;
}

// Each organ as it is, and those that are not known any more at the worst they were within the interval.
std::array<OrganPoints, organ_count> at_worst(std::vector<Point> const& points, Point const& to, std::size_t first) {
    auto out = to.organs;
    if (std::all_of(out.begin(), out.end(), [](OrganPoints const& o) { return o.known; })) return out;
    for (std::size_t k = first; k < points.size() && points[k].at < to.at; ++k)
        for (std::size_t i = 0; i < organ_count; ++i) {
            auto const& then = points[k].organs[i];
            if (!to.organs[i].known && then.known && (!out[i].known || then.low > out[i].low)) out[i] = then;
        }
    return out;
}

Rise rise_between(Point const& from, Point const& to, std::array<OrganPoints, organ_count> const& worst) {
    Rise r;
    r.from = from.at;
    r.starts.fill(-1);
    for (std::size_t i = 0; i < organ_count; ++i) {
        auto const& a = from.organs[i];
        if (!a.known || !worst[i].known || !to.organs[i].known) continue;
        const auto change = certain_change(a, worst[i]);
        r.any = true;
        r.organs[i] = change;
        r.starts[i] = a.high;
        r.by += change;
        r.before += a.high;
        r.after += a.high + change;
    }
    return r;
}

} // namespace

Rise rise_to(std::vector<Point> const& points, Point const& to, model::Duration within) {
    Rise best;
    const auto since = to.at - within;
    // The point in force when the interval begins counts; one whose successor was there already does not.
    const auto after =
        std::partition_point(points.begin(), points.end(), [&](Point const& p) { return p.at <= since; });
    const auto first = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, after - points.begin() - 1));
    const auto worst = at_worst(points, to, first);
    for (std::size_t k = first; k < points.size() && points[k].at < to.at; ++k) {
        auto const& from = points[k];
        std::int32_t could = 0, by = 0;
        bool any = false;
        for (std::size_t i = 0; i < organ_count; ++i) {
            auto const& a = from.organs[i];
            if (!a.known || !worst[i].known) continue;
            const auto change = certain_change(a, worst[i]);
            could += change;
            if (!to.organs[i].known) continue;
            any = true;
            by += change;
        }
        const auto most = std::max(best.could, could);
        if (any && (!best.any || by > best.by)) best = rise_between(from, to, worst);
        best.could = most;
    }
    return best;
}

Lanes settle(Course& course, Followed const& followed, Rules const& rules) {
    if (followed.again) {
        if (followed.begun) { // what holds at the base is where it starts
            if (auto const* p = in_force(course.points, course.base_at)) {
                auto here = *p;
                here.at = course.base_at;
                observe_all(course.base, rules, course.points, here);
            }
        }
        course.mark = course.base;
        course.mark_at = course.base_at;
    }
    fold(course.mark, rules, course.points, course.mark_at, followed.whole);
    course.mark_at = followed.whole;
    advance_base(course, rules, followed.whole);
    auto lanes = course.mark;
    observe_all(lanes, rules, course.points, followed.now.point);
    return lanes;
}

void wake_for(Course const& course, Lanes const& lanes, Rules const& rules, Wake& wake) {
    for (std::size_t i = 0; i < lane_count; ++i) {
        const auto dwell = dwell_of(rules, i);
        if (lanes[i].above) wake.at(*lanes[i].above + dwell.in);
        if (!lanes[i].below) continue;
        wake.at(*lanes[i].below + dwell.out);
        wake.at(*lanes[i].below + said_after(dwell.out));
    }
    for (auto const& p : course.points) wake.at(p.at + rules.sofa_rise.within);
}

bool confirmed(Course const& course, Point const& now, Lane const& lane, bool refractory, model::Duration within) {
    std::vector<EventTime> gases;
    bool sustained = false;
    const auto take = [&](Point const& p, bool whole_minute) {
        const auto look = refractory ? p.refractory : p.oxygenation;
        const auto surrogate = refractory ? p.surrogate_refractory : p.surrogate;
        if (p.gas.ms != 0 && p.gas >= lane.since && look.leave >= lane.level &&
            (gases.empty() || gases.back() != p.gas))
            gases.push_back(p.gas);
        if (whole_minute && !gases.empty() && surrogate >= lane.level) sustained = true;
    };
    for (auto const& p : course.points)
        if (p.at >= lane.since) take(p, true);
    take(now, false);
    for (std::size_t i = 1; i < gases.size(); ++i)
        if (gases[i] - gases[i - 1] <= within) return true;
    return sustained;
}

} // namespace vigil::alerts
