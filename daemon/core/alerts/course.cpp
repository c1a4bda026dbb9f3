#include "core/alerts/course.hpp"

#include "core/alerts/oxygenation.hpp"
#include "core/scores/registry.hpp"

#include <algorithm>

namespace vigil::alerts {

using model::EventTime;

namespace {

model::ScoreKey key_for(core::Rulebook const& rules, model::ScoreId id) {
    model::ScoreKey fallback;
    fallback.id = id;
    fallback.product = model::Product::now;
    for (auto const& run : rules.scores)
        if (run.alerts && run.key.id == id && (id != model::ScoreId::sofa || run.key.product == model::Product::now))
            return run.key;
    return fallback;
}

// A running vasopressor's first hour reads its upper bound (scores.md 0.8); unknown support stays an interval (0.4).
OrganPoints organ_points(model::ScorePart const* part) {
    OrganPoints out;
    if (part == nullptr) return out;
    const auto low = static_cast<std::int8_t>(part->lower);
    const auto high = static_cast<std::int8_t>(part->upper);
    switch (part->state) {
    case model::PartState::not_applicable: return {0, 0, false};
    case model::PartState::not_measured: return {low, high, false};
    case model::PartState::provisional: return {high, high, true};
    case model::PartState::valued:
    case model::PartState::carried: break;
    }
    if (part->flags.has(model::Flag::support_unknown) && low < high) return {low, high, true};
    if (part->flags.has(model::Flag::provisional_rate)) return {high, high, true};
    if (!part->points) return {low, high, false};
    const auto points = static_cast<std::int8_t>(*part->points);
    return {points, points, true};
}

struct Keys {
    model::ScoreKey sofa, ards;
};

Sight sight_at(PatientView const& view, Keys const& keys, EventTime at, model::Score const* sofa,
               model::Score const* ards) {
    auto patient = view.patient;
    patient.now.reset(); // as it could be known then
    Sight s;
    s.sofa = sofa != nullptr ? *sofa : scores::evaluate(keys.sofa, patient, at, view.rules);
    s.ards = ards != nullptr ? *ards : scores::evaluate(keys.ards, patient, at, view.rules);
    s.point.at = at;
    for (std::size_t i = 0; i < organ_count; ++i) s.point.organs[i] = organ_points(part_of(s.sofa, organ_part(i)));
    see_oxygenation(s.ards, patient, view.rules, at, s.point);
    return s;
}

bool same(Point const& a, Point const& b) {
    return a.organs == b.organs && a.oxygenation == b.oxygenation && a.refractory == b.refractory && a.gas == b.gas &&
           a.surrogate == b.surrogate && a.surrogate_refractory == b.surrogate_refractory;
}

// When the reading was true that made the difference: the newest deciding one of what changed, if it is new at all.
EventTime cause_of(Sight const& s, Point const* before) {
    EventTime newest{std::numeric_limits<std::int64_t>::min()};
    const auto take = [&](model::ScorePart const* part) {
        if (part == nullptr || part->evidence.empty()) return;
        auto const& deciding = part->evidence.front();
        if (deciding.time && *deciding.time <= s.point.at && (before == nullptr || *deciding.time > before->at))
            newest = std::max(newest, *deciding.time);
    };
    for (std::size_t i = 0; i < organ_count; ++i)
        if (before == nullptr || before->organs[i] != s.point.organs[i]) take(part_of(s.sofa, organ_part(i)));
    if (s.point.gas.ms != 0 && (before == nullptr || before->gas != s.point.gas))
        newest = std::max(newest, s.point.gas);
    return newest.ms == std::numeric_limits<std::int64_t>::min() ? s.point.at : newest;
}

void note(Course& course, Sight& s) {
    auto const* before = course.points.empty() ? nullptr : &course.points.back();
    s.point.cause = cause_of(s, before);
    if (before == nullptr || !same(*before, s.point)) course.points.push_back(s.point);
}

std::optional<EventTime> earlier(std::optional<EventTime> a, std::optional<EventTime> b) {
    if (!a) return b;
    if (!b) return a;
    return std::min(*a, *b);
}

// Evaluates `first`, and the whole minutes in (after, to] by which something was new or a window ran out. At most one
// evaluation a minute.
void walk(PatientView const& view, Keys const& keys, Course& course, std::optional<EventTime> first, EventTime after,
          EventTime to) {
    auto stops = scores::instants(model::ScoreId::sofa, view.patient, after, to);
    const auto gases = scores::instants(model::ScoreId::ards_berlin, view.patient, after, to);
    stops.insert(stops.end(), gases.begin(), gases.end());
    for (auto& t : stops) t = minute_ceil(t);
    std::sort(stops.begin(), stops.end());
    stops.erase(std::unique(stops.begin(), stops.end()), stops.end());
    auto stop = stops.begin();
    auto at = earlier(first, stop != stops.end() ? std::optional{*stop} : std::nullopt);
    while (at && *at <= to) {
        auto s = sight_at(view, keys, *at, nullptr, nullptr);
        note(course, s);
        course.next = earlier(s.sofa.next_change, s.ards.next_change);
        if (course.next) course.next = std::max(minute_ceil(*course.next), *at + model::Duration{minute});
        while (stop != stops.end() && *stop <= *at) ++stop;
        at = earlier(course.next, stop != stops.end() ? std::optional{*stop} : std::nullopt);
    }
}

} // namespace

model::ScorePart const* part_of(model::Score const& score, model::Part part) {
    for (auto const& p : score.parts)
        if (p.part == part) return &p;
    return nullptr;
}

Followed follow(PatientView const& view, Course& course) {
    const Keys keys{key_for(view.rules, model::ScoreId::sofa), key_for(view.rules, model::ScoreId::ards_berlin)};
    Followed out;
    out.whole = minute_floor(view.now);
    if (!course.begun || (view.touched && *view.touched < course.base_at)) {
        course = Course{};
        course.begun = true;
        course.base_at = out.whole - kept_back;
        const auto first = out.whole - seen_back;
        walk(view, keys, course, first, first, out.whole);
        out.again = out.begun = true;
    } else if (view.touched && *view.touched <= course.mark_at) {
        // The whole minute before the change says what it said; it is looked at again for when its windows run out.
        const auto from = minute_ceil(*view.touched) - model::Duration{minute};
        out.whole = std::max(out.whole, course.mark_at);
        std::erase_if(course.points, [&](Point const& p) { return p.at > from; });
        walk(view, keys, course, from, from, out.whole);
        out.again = true;
    } else if (out.whole > course.mark_at) {
        walk(view, keys, course, course.next, course.mark_at, out.whole);
    } else {
        out.whole = course.mark_at;
    }
    out.now = sight_at(view, keys, view.now, view.sofa_now, view.ards);
    out.now.point.cause = cause_of(out.now, course.points.empty() ? nullptr : &course.points.back());
    return out;
}

} // namespace vigil::alerts
