#include "core/outcomes/outcomes.hpp"

#include "core/scores/delta.hpp"

#include <algorithm>

namespace vigil::outcomes {

using model::Duration;
using model::EventTime;

namespace {

constexpr Duration day = model::hours(24);

std::optional<model::Decimal> tenths(Duration d) { return model::round_half_up({d.ms, day.ms}, 1); }
std::int32_t whole_days(Duration d) { return static_cast<std::int32_t>(d.ms / day.ms); }

bool contradicts(Person const& p, EventTime t0) {
    if (!p.died) return false;
    return *p.died < t0 || (p.alive && *p.alive > *p.died) || (p.left_unit && *p.left_unit > *p.died) ||
           (p.left_hospital && *p.left_hospital > *p.died);
}

std::optional<EventTime> last_alive(Person const& p) {
    auto out = p.alive;
    for (auto const& left : {p.left_unit, p.left_hospital})
        if (left && (!out || *out < *left)) out = left;
    return out;
}

Known died_by(Person const& p, EventTime end) {
    if (p.died) return *p.died <= end ? Known::yes : Known::no;
    const auto alive = last_alive(p);
    return alive && *alive >= end ? Known::no : Known::unknown;
}

// The course over [from, to) without gaps: where nothing was said it is unknown, and who left the unit goes on as he
// left.
Course whole_course(Course const& said, Person const& person, EventTime from, EventTime to, Duration left_within) {
    Course out;
    const auto add = [&](EventTime a, EventTime b, Known k) {
        a = std::max(a, from);
        b = std::min(b, to);
        if (a >= b) return;
        if (!out.empty() && out.back().supported == k && out.back().to == a)
            out.back().to = b;
        else
            out.push_back({a, b, k});
    };
    auto end = from;
    for (auto const& s : said) {
        if (s.from > end) add(end, s.from, Known::unknown);
        add(s.from, s.to, s.supported);
        end = std::max(end, s.to);
    }
    const auto left = person.left_unit ? person.left_unit : person.left_hospital;
    const bool until_then = left && (*left < end ? end - *left : *left - end) <= left_within;
    if (until_then && !said.empty()) {
        // As it was at that moment, unless readings of a later stay say otherwise.
        auto at_leaving = said.back().supported;
        for (auto const& s : said)
            if (s.from < *left && *left <= s.to) at_leaving = s.supported;
        add(end, to, at_leaving);
    }
    if (out.empty() || out.back().to < to) add(out.empty() ? from : out.back().to, to, Known::unknown);
    return out;
}

std::vector<Span> spans_of(Course const& course, bool unknown_too) {
    std::vector<Span> out;
    for (auto const& s : course) {
        if (s.supported == Known::no || (s.supported == Known::unknown && !unknown_too)) continue;
        if (!out.empty() && out.back().to == s.from)
            out.back().to = s.to;
        else
            out.push_back({s.from, s.to});
    }
    return out;
}

// Of an assisted period: for a procedure, for none, or nobody said.
Known for_procedure(Span const& s, std::span<ToldProcedure const> told) {
    Known out = Known::unknown;
    for (auto const& p : told)
        if (s.from <= p.at && p.at <= s.to) out = p.for_procedure ? Known::yes : Known::no;
    return out;
}

// The end of the last assisted period that counts; before t0 when there is none.
EventTime last_assisted(std::vector<Span> const& spans, std::span<ToldProcedure const> told, EventTime t0,
                        EventTime end, VentilatorFree const& rule, bool short_count, std::vector<Span>* ignored) {
    EventTime last = t0 - Duration{1};
    bool returned = false; // to assisted breathing: the first period is no return
    for (auto const& s : spans) {
        if (s.to - s.from < rule.procedure_below) {
            const auto why = for_procedure(s, told);
            if (why == Known::yes || (why == Known::unknown && returned && !short_count)) {
                if (ignored != nullptr && s.to > t0 && s.from < end) ignored->push_back(s);
                continue;
            }
        }
        returned = true;
        if (s.to <= t0) continue;
        // Behind the last day it says only that the liberation before was none.
        if (s.from >= end && (last < t0 || s.from - last >= rule.liberated_after)) break;
        last = s.to;
    }
    return std::min(last, end);
}

void bound(FreeDays& out, std::int32_t lower, std::int32_t upper, OutcomeReason why) {
    out.lower = lower;
    out.upper = upper;
    out.reason = why;
}

void settle(FreeDays& out, std::int32_t whole, OutcomeReason why, std::optional<EventTime> rests_on) {
    out.whole = out.lower = out.upper = whole;
    out.reason = why;
    out.rests_on = rests_on;
}

void note_unknown(FreeDays& out, Course const& course, EventTime from, EventTime end) {
    for (auto const& s : course)
        if (s.supported == Known::unknown && s.to > from && s.from < end)
            out.unknown.push_back({std::max(s.from, from), std::min(s.to, end)});
}

} // namespace

FreeDays ventilator_free_days(Course const& breathing, std::span<ToldProcedure const> procedures, Person const& person,
                              EventTime t0, Tables const& tables) {
    auto const& rule = tables.ventilator_free;
    const auto end = t0 + day * rule.days;
    FreeDays out;
    if (contradicts(person, t0)) {
        bound(out, 0, rule.days, OutcomeReason::contradiction);
        return out;
    }
    const auto died = died_by(person, end);
    if (died == Known::yes) {
        settle(out, 0, OutcomeReason::died, person.died);
        out.days = model::Decimal{0, 0};
        return out;
    }
    // How long a period was counts from its own beginning, also where that is before t0.
    const auto first = breathing.empty() ? t0 : std::min(t0, breathing.front().from);
    auto course = whole_course(breathing, person, first, end + rule.liberated_after, tables.left_within);
    note_unknown(out, course, t0, end);
    // Beyond the last day what nobody knows is no return to the ventilator.
    for (auto& s : course)
        if (s.supported == Known::unknown && s.to > end) s.to = std::max(s.from, end);
    std::erase_if(course, [](Stretch const& s) { return s.from >= s.to; });
    const auto last = [&](bool unknown_assisted, bool short_count, std::vector<Span>* ignored = nullptr) {
        return last_assisted(spans_of(course, unknown_assisted), procedures, t0, end, rule, short_count, ignored);
    };
    const bool ignores = rule.short_periods == ShortPeriods::ignored;
    const bool counts = rule.short_periods == ShortPeriods::counted;
    const auto best = last(false, counts), worst_last = last(true, !ignores);
    const auto free = [&](EventTime l) { return l < t0 ? end - t0 : end - l; };
    if (best >= end) { // whoever lives or died, it is 0
        settle(out, 0, OutcomeReason::supported_throughout, end);
        out.days = model::Decimal{0, 0};
        return out;
    }
    last(false, counts, &out.ignored);
    if (best != worst_last) {
        const bool by_support = last(false, !ignores) != worst_last;
        bound(out, died == Known::no ? whole_days(free(worst_last)) : 0, whole_days(free(best)),
              by_support ? OutcomeReason::support_unknown : OutcomeReason::procedure_unknown);
        return out;
    }
    if (died == Known::unknown) {
        bound(out, 0, whole_days(free(best)), OutcomeReason::status_unknown);
        return out;
    }
    settle(out, whole_days(free(best)), best < t0 ? OutcomeReason::never_supported : OutcomeReason::counted,
           best < t0 ? std::nullopt : std::optional{best});
    out.days = tenths(free(best));
    return out;
}

FreeDays organ_support_free_days(Course const& support, Person const& person, EventTime t0, Tables const& tables) {
    auto const& rule = tables.organ_support_free;
    const auto end = t0 + day * rule.days;
    FreeDays out;
    if (contradicts(person, t0)) {
        bound(out, -1, rule.days, OutcomeReason::contradiction);
        return out;
    }
    const bool left_before = person.left_hospital && (!person.died || *person.left_hospital < *person.died);
    if (person.died && !left_before && (*person.died <= end || rule.late_death_counts)) {
        settle(out, -1, OutcomeReason::died, person.died);
        return out;
    }
    const auto course = whole_course(support, person, t0, end, tables.left_within);
    note_unknown(out, course, t0, end);
    const auto alive = last_alive(person);
    const auto status = died_by(person, end);
    std::int32_t sure = 0, possible = 0;
    EventTime last = t0 - Duration{1};
    for (std::int32_t n = 0; n < rule.days; ++n) {
        const EventTime from = t0 + day * n, to = from + day;
        Known supported = Known::no;
        for (auto const& s : course) {
            if (s.to <= from || s.from >= to || s.supported == Known::no) continue;
            if (supported != Known::yes) supported = s.supported;
            if (s.supported == Known::yes) last = std::max(last, std::min(s.to, to));
        }
        if (person.died && *person.died < to) continue; // not alive all of it
        if (supported == Known::yes) continue;
        ++possible;
        const bool lived = person.died || status == Known::no || (alive && *alive >= to);
        if (supported == Known::no && lived) ++sure;
    }
    const bool hospital_unknown =
        !left_before && ((status == Known::unknown) || (rule.late_death_counts && !person.died));
    if (hospital_unknown || sure != possible) {
        const auto why = status == Known::unknown ? OutcomeReason::status_unknown
                         : hospital_unknown       ? OutcomeReason::hospital_unknown
                                                  : OutcomeReason::support_unknown;
        bound(out, hospital_unknown ? -1 : sure, possible, why);
        return out;
    }
    settle(out, sure, last < t0 ? OutcomeReason::never_supported : OutcomeReason::counted,
           last < t0 ? std::nullopt : std::optional{last});
    return out;
}

Mortality mortality(Person const& person, EventTime t0, std::int32_t days) {
    Mortality out;
    out.days = days;
    if (contradicts(person, t0)) {
        out.reason = OutcomeReason::contradiction;
        return out;
    }
    out.died = died_by(person, t0 + day * days);
    if (out.died == Known::unknown) return out;
    out.reason = out.died == Known::yes ? OutcomeReason::died : OutcomeReason::counted;
    out.rests_on = person.died ? person.died : last_alive(person);
    return out;
}

SofaCourse sofa_course(std::span<model::Score const> days, Person const& person, EventTime began, std::int32_t on,
                       Tables const& tables) {
    SofaCourse out;
    out.max = scores::max_sofa(days);
    out.total_max = scores::total_max_sofa(days);
    const auto total = [&](std::size_t i) -> std::optional<std::int32_t> {
        return i < days.size() && !days[i].parts.empty() ? days[i].parts.front().points : std::nullopt;
    };
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < days.size(); ++i)
        if (const auto points = total(i)) {
            sum += *points;
            ++out.days;
            if (days[i].parts.front().missing > 0) ++out.incomplete;
        }
    if (out.days > 0) out.mean = model::round_half_up({sum, out.days}, 1);
    out.baseline = total(0);
    if (person.died && *person.died >= began)
        out.died_on = static_cast<std::int32_t>((*person.died - began).ms / day.ms) + 1;
    if (on < 1 || !out.baseline) return out;
    // The day of death may have a score from while the patient lived; the days after it have none.
    const bool after_death = out.died_on && on > *out.died_on;
    const auto index = static_cast<std::size_t>(on - 1);
    if (!after_death && total(index)) out.delta = out.delta_with_death = scores::delta_sofa(days[index], days[0]);
    if (out.died_on && on >= *out.died_on) out.delta_with_death = tables.sofa.death - *out.baseline;
    return out;
}

} // namespace vigil::outcomes
