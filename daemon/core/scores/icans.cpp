// ICANS: the worst of ICE, consciousness, seizure, motor findings and pressure within the skull (scores.md 11.2). What
// was examined under a sedative can be no better than it was found: the bounds say so, and no grade is made of it.

#include "core/scores/icans.hpp"

#include "core/scores/bands.hpp"
#include "core/scores/gcs.hpp"
#include "core/scores/signal_groups.hpp"

#include <array>
#include <utility>

namespace vigil::scores {

using model::Decimal;
using model::Duration;
using model::EventTime;
using model::Evidence;
using model::Flag;
using model::Label;
using model::Part;
using model::Reason;
using model::Sample;
using model::Signal;
using model::Verdict;
using model::Word;

namespace {

constexpr std::array own_signals = {
    Signal::cell_product, Signal::icans_status, Signal::ice_total,     Signal::ice_orientation,
    Signal::ice_naming,   Signal::ice_command,  Signal::ice_writing,   Signal::ice_counting,
    Signal::awakening,    Signal::seizure,      Signal::motor_deficit, Signal::icp_sign,
};
constexpr auto signals = joined(own_signals, model::sedating);

// The items beside orientation, and the most each gives.
constexpr std::array items = {
    std::pair{Signal::ice_naming, 3},
    std::pair{Signal::ice_command, 1},
    std::pair{Signal::ice_writing, 1},
    std::pair{Signal::ice_counting, 1},
};

// One finding of one examination.
struct Found {
    EventTime time;
    PointRange points;
    bool sedated = false;
    std::vector<Evidence> evidence;
};

bool under(std::vector<Sedation> const& sedation, EventTime t) {
    return std::any_of(sedation.begin(), sedation.end(),
                       [t](Sedation const& s) { return s.from < t && (t < s.to || s.running); });
}

// A sedative only makes it worse: awake it may have been nothing.
void judge_sedation(Found& f, std::vector<Sedation> const& sedation) {
    if (!under(sedation, f.time)) return;
    f.points.lower = 0;
    f.sedated = f.points.upper > 0;
    if (!f.sedated) return;
    for (auto& e : f.evidence) {
        e.verdict = Verdict::refused;
        e.reason = Reason::sedated;
    }
}

EventTime begins(Inquiry const& q, Course const& course, Signal signal) {
    return q.now() ? std::max(course.t0, q.at - q.max_age(signal) - Duration{1}) : q.after;
}

// Of a window the worst, for the product `now` the newest; what is as new is as bad as the worst of them.
model::ScorePart part_from(Inquiry& q, Part name, Signal signal, std::int32_t most, std::vector<Found> const& all) {
    auto part = unmeasured(name, most);
    Found const *worst = nullptr, *other = nullptr;
    std::int32_t lower = 0, upper = 0;
    for (auto const& f : all) {
        const bool newer = q.now() && worst != nullptr && f.time > worst->time;
        if (q.now() && worst != nullptr && f.time < worst->time) continue;
        if (worst == nullptr || newer) {
            worst = &f;
            other = nullptr;
            lower = upper = 0;
        } else if (f.points.lower > worst->points.lower ||
                   (f.points.lower == worst->points.lower && f.time >= worst->time)) {
            worst = &f;
        }
        lower = std::max(lower, f.points.lower);
        upper = std::max(upper, f.points.upper);
        if (f.sedated && (other == nullptr || f.points.upper >= other->points.upper)) other = &f;
    }
    if (worst == nullptr) {
        if (q.explain) part.evidence.push_back(missing_or_stale(q, signal));
        return part;
    }
    for (auto const& f : all)
        if (!q.now()) q.leaves(f.time);
    settle_within(part, lower, upper);
    if (other != nullptr && upper > lower) add_flag(part, Flag::sedated);
    part.evidence = worst->evidence;
    if (other != nullptr && other != worst)
        part.evidence.insert(part.evidence.end(), other->evidence.begin(), other->evidence.end());
    if (q.now()) q.outlives(worst->time, q.max_age(signal));
    return part;
}

std::optional<std::int32_t> points_of_word(std::vector<WordPoints> const& table, Word w) {
    for (auto const& one : table)
        if (one.word == w) return one.points;
    return std::nullopt;
}

model::ScorePart from_words(Inquiry& q, Course const& course, Part name, Signal signal,
                            std::vector<WordPoints> const& table, std::vector<Sedation> const& sedation) {
    auto const& t = q.rules.tables.icans;
    std::vector<Found> all;
    for (auto const& s : q.timeline.range(signal, begins(q, course, signal), q.at)) {
        auto p = s.is_word ? points_of_word(table, s.word) : std::nullopt;
        if (!p) continue;
        const bool lasted =
            signal == Signal::seizure && s.word == Word::brief && s.until && *s.until - s.time > t.prolonged;
        if (lasted) p = std::max(*p, t.prolonged_points);
        Found f{s.time, {*p, *p}, false, {}};
        if (q.explain) f.evidence.push_back(evidence_of(signal, s, Verdict::used));
        judge_sedation(f, sedation);
        all.push_back(std::move(f));
    }
    std::int32_t most = 0;
    for (auto const& w : table) most = std::max(most, w.points);
    return part_from(q, name, signal, most, all);
}

std::optional<std::int32_t> whole(Sample const& s, std::int32_t most) {
    if (s.is_word || s.comparator != model::Comparator::exactly) return std::nullopt;
    const auto n = model::round_half_up(model::ratio(s.value), 0);
    if (!n || *n != s.value || n->mantissa < 0 || n->mantissa > most) return std::nullopt;
    return static_cast<std::int32_t>(n->mantissa);
}

// The reading nearest to `t`, the earlier of two.
Sample const* nearest(Inquiry const& q, Signal signal, EventTime t, Duration reach) {
    Sample const* best = nullptr;
    const auto away = [t](Sample const& s) { return s.time < t ? (t - s.time).ms : (s.time - t).ms; };
    for (auto const& s : q.timeline.range(signal, t - reach - Duration{1}, std::min(q.at, t + reach)))
        if (best == nullptr || away(s) < away(*best) || s.time == best->time) best = &s;
    return best;
}

// The items of one examination; those that nobody told may have been anything.
std::optional<Found> from_items(Inquiry const& q, Sample const& orientation) {
    auto const& t = q.rules.tables.icans;
    auto least = whole(orientation, 4);
    if (!least) return std::nullopt;
    auto most = *least;
    Found f{orientation.time, {}, false, {}};
    if (q.explain) f.evidence.push_back(evidence_of(Signal::ice_orientation, orientation, Verdict::used));
    for (auto [signal, full] : items) {
        auto const* s = nearest(q, signal, orientation.time, t.items_within);
        const auto n = s != nullptr ? whole(*s, full) : std::nullopt;
        if (n) *least += *n;
        most += n ? *n : full;
        if (q.explain) f.evidence.push_back(n ? evidence_of(signal, *s, Verdict::used) : missing(signal, Reason::none));
    }
    f.points = {points_at(t.ice, Decimal{most, 0}), points_at(t.ice, Decimal{*least, 0})};
    if (!q.explain) return f;
    f.evidence.front().compared = Decimal{*least, 0};
    f.evidence.front().compared_unit = model::Unit::score;
    return f;
}

model::ScorePart ice(Inquiry& q, Course const& course, std::vector<Sedation> const& sedation) {
    auto const& t = q.rules.tables.icans;
    std::vector<Found> all;
    const auto after = begins(q, course, Signal::ice_total);
    for (auto const& s : q.timeline.range(Signal::ice_total, after, q.at)) {
        const bool exact = s.comparator == model::Comparator::exactly;
        const auto p = exact && !whole(s, 10) ? std::nullopt : points_of(t.ice, s, q.rules);
        if (!p) continue;
        Found f{s.time, *p, false, {}};
        if (q.explain) f.evidence.push_back(evidence_of(Signal::ice_total, s, Verdict::used));
        all.push_back(std::move(f));
    }
    for (auto const& s : q.timeline.range(Signal::ice_orientation, after, q.at)) {
        auto f = from_items(q, s);
        // A total that was charted with it says what the missing items would.
        const bool open = f && f->points.lower < f->points.upper;
        if (f && !(open && nearest(q, Signal::ice_total, s.time, t.items_within) != nullptr))
            all.push_back(*std::move(f));
    }
    for (auto& f : all) judge_sedation(f, sedation);
    std::stable_sort(all.begin(), all.end(), [](Found const& a, Found const& b) { return a.time < b.time; });
    return part_from(q, Part::ice, Signal::ice_total, worst_points(t.ice), all);
}

void answer(Inquiry& q, std::span<model::ScorePart> parts) {
    auto const& t = q.rules.tables.icans;
    constexpr std::array names = {Part::total, Part::ice, Part::consciousness, Part::seizure, Part::motor, Part::icp};
    for (std::size_t i = 0; i < parts.size(); ++i) parts[i] = unmeasured(names[i]);
    parts[1].upper = worst_points(t.ice);
    const auto course = course_of(q, t.onset_within);
    const auto cause = course ? cause_of(q, Signal::icans_status, *course, t.other_cause_holds) : AttestedCause{};
    if (!to_be_graded(q, parts, course, cause, t.onset_within)) return;
    auto since = question_since(q, course->t0);
    const auto sedation = sedations(since);
    parts[1] = ice(since, *course, sedation);
    parts[2] = from_words(since, *course, Part::consciousness, Signal::awakening, t.consciousness, sedation);
    parts[3] = from_words(since, *course, Part::seizure, Signal::seizure, t.seizure, {});
    parts[4] = from_words(since, *course, Part::motor, Signal::motor_deficit, t.motor, {});
    parts[5] = from_words(since, *course, Part::icp, Signal::icp_sign, t.icp, {});
    take_over(q, since);
    auto& total = parts[0];
    std::int32_t lower = 0, upper = 0;
    bool sedated = false;
    for (auto const& p : parts.subspan(1)) {
        lower = std::max(lower, p.lower);
        upper = std::max(upper, p.upper);
        total.missing = static_cast<std::uint8_t>(total.missing + (p.points ? 0 : 1));
        sedated = sedated || p.flags.has(Flag::sedated);
    }
    if (cause.by) total.evidence.push_back(*cause.by);
    grade(total, *course, cause, lower, upper, lower > 0, {Label::icans, Label::icans_candidate});
    if (!sedated || lower == upper) return;
    add_flag(total, Flag::sedated);
    if (!total.points && total.label != Label::icans_candidate) total.label = Label::not_gradable;
}

constexpr std::array parts = {Part::total, Part::ice, Part::consciousness, Part::seizure, Part::motor, Part::icp};
constexpr std::array components = {Component{answer, 0, 6}};

} // namespace

constinit const Definition icans_definition{model::ScoreId::icans,      parts, components, nullptr, signals,
                                            edition_of<&Tables::icans>, true};

} // namespace vigil::scores
