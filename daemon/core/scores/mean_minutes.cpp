#include "core/scores/mean_minutes.hpp"

#include "core/scores/support.hpp"

#include <algorithm>
#include <span>

namespace vigil::scores {

using model::Decimal;
using model::EventTime;
using model::Minute;
using model::Signal;

namespace {

constexpr Decimal flush{200, 0};     // mm[Hg]; from here on a mean may be one
constexpr Decimal least_pulse{5, 0}; // mm[Hg] of systolic above diastolic (scores.md 13.4)

std::optional<model::Ratio> pulse_of(Decimal systolic, Decimal diastolic) {
    return model::sum(model::ratio(systolic), model::ratio(Decimal{-diastolic.mantissa, diastolic.scale}));
}

// `extreme`: also one that is outside its soft limits altogether.
std::optional<Minute> at_minute(Inquiry const& q, Signal signal, std::int64_t minute, bool extreme = false) {
    std::optional<Minute> found;
    const EventTime start = model::start_of_minute(minute);
    const EventTime end = model::start_of_minute(minute + 1);
    // A minute that is summed up is over only at its end.
    const auto to = end <= q.at ? end : std::min(q.at, end - model::Duration{1});
    q.timeline.minutes(signal, start - model::Duration{1}, to, [&](Minute const& m) {
        if (m.minute == minute && (m.valid > 0 || extreme)) found = m;
    });
    return found;
}

// What the site's minute comes to.
MeanMinute mean_of(Inquiry& q, PressureSite const& g, Minute const& m, bool derived) {
    MeanMinute out;
    out.time = m.time;
    out.minute = m.minute;
    out.derived = derived;
    out.stream = m.total > few;
    out.over = m.end() <= q.at;
    if (m.is_bound()) return out; // a bound is no pressure
    const auto value = in_canonical(q, g.mean, m.value, m.unit);
    if (!value) return out;
    // A soft limit keeps a monitor's single minute from being believed, not a pressure that stays so low.
    out.extreme = m.valid == 0 && below_soft(q, g, *value);
    if (!out.extreme && (m.valid == 0 || m.valid * 2 < m.total)) return out;
    if (m.streaming) {
        q.due.at(m.end());
        return out;
    }
    out.value = *value;
    out.lowest = m.lowest;
    out.usable = true;
    return out;
}

// As short as this it could be paired with something low beyond its neighbours.
bool outlasts(model::MinuteBlock const& b, model::Duration gap) {
    return b.count > 1 && model::minutes(b.count - 1) > gap;
}

MeanMinute row_of(model::MinuteBlock const& b) {
    MeanMinute out;
    out.row = &b;
    out.minute = b.last;
    out.time = model::start_of_minute(b.last) + model::Duration{b.outline.last_ms};
    out.value = b.outline.above(b.outline.last_above);
    out.lowest = b.outline.value(b.outline.lowest);
    out.usable = out.over = out.stream = true;
    return out;
}

// The minutes that have a mean; whether that of `after` has one, be it before `after`.
bool own_means(Inquiry& q, PressureSite const& g, EventTime after, EventTime to, std::optional<Rows> const& rows,
               std::vector<MeanMinute>& out) {
    const auto plain = [&](model::MinuteBlock const& b) {
        auto const& o = b.outline;
        return o.even && o.unit == model::Unit::mmHg && o.value(o.lowest) >= rows->threshold &&
               o.value(o.highest) < flush && outlasts(b, rows->gap);
    };
    const auto first = model::minute_of(after);
    bool first_has_mean = false;
    auto read_to = model::start_of_minute(first) - model::Duration{1};
    for (;;) {
        std::span<model::MinuteBlock const> row;
        // The minute before it is after rows->after too.
        if (rows)
            row = q.timeline.plain_row(g.mean, model::minute_of(std::max(read_to, rows->after)) + 2,
                                       model::minute_of(to), plain);
        const auto end = row.empty() ? model::minute_of(to) + 1 : std::int64_t{row.front().first};
        q.timeline.minutes(g.mean, read_to, row.empty() ? to : model::start_of_minute(end), [&](Minute const& m) {
            if (m.minute >= end) return;
            first_has_mean = first_has_mean || m.minute == first;
            if (m.time > after) out.push_back(mean_of(q, g, m, false));
        });
        if (row.empty()) return first_has_mean;
        for (auto const& b : row) out.push_back(row_of(b));
        read_to = model::start_of_minute(std::int64_t{row.back().last} + 1) - model::Duration{1};
    }
}

} // namespace

bool below_soft(Inquiry const& q, PressureSite const& g, Decimal mean) {
    auto const& limit = core::entry(q.rules, g.mean).soft_low;
    return limit && mean < *limit;
}

bool artefact(Inquiry const& q, PressureSite const& g, Decimal mean, std::int64_t minute, EventTime time, bool stream) {
    const bool extreme = below_soft(q, g, mean);
    const auto s = at_minute(q, g.systolic, minute, extreme);
    const auto d = s ? at_minute(q, g.diastolic, minute, extreme) : std::nullopt;
    if (!d) return false;
    const auto systolic = in_canonical(q, g.systolic, s->value, s->unit),
               diastolic = in_canonical(q, g.diastolic, d->value, d->unit);
    if (!systolic || !diastolic) return false;
    const auto pulse = pulse_of(*systolic, *diastolic);
    if (!pulse) return false;
    const bool narrow = *pulse < Decimal{20, 0} && (mean > flush || (stream && !extreme));
    const bool wrong = narrow || *pulse < least_pulse || mean > *systolic || mean < *diastolic;
    return wrong && !pulse_rules_off(q, time);
}

std::optional<Minute> derived_mean(Inquiry const& q, PressureSite const& g, Minute const& systolic) {
    const auto d = at_minute(q, g.diastolic, systolic.minute);
    if (!d || systolic.valid == 0 || systolic.is_bound() || d->is_bound()) return std::nullopt;
    const auto s = in_canonical(q, g.systolic, systolic.value, systolic.unit),
               dia = in_canonical(q, g.diastolic, d->value, d->unit);
    const auto twice = dia ? model::scaled(model::ratio(*dia), Decimal{2, 0}, Decimal{1, 0}) : std::nullopt;
    const auto total = s && twice ? model::sum(model::ratio(*s), *twice) : std::nullopt;
    const auto third = total ? model::scaled(*total, Decimal{1, 0}, Decimal{3, 0}) : std::nullopt;
    const auto mean = third ? model::round_half_up(*third, 3) : std::nullopt;
    const auto pulse = mean ? pulse_of(*s, *dia) : std::nullopt;
    if (!pulse || (*pulse < least_pulse && !pulse_rules_off(q, systolic.time))) return std::nullopt;
    auto m = systolic;
    m.value = m.lowest = *mean;
    m.unit = model::Unit::mmHg;
    return m;
}

void means_in(Inquiry& q, PressureSite const& g, EventTime after, EventTime to, std::optional<Rows> const& rows,
              std::vector<MeanMinute>& out) {
    out.clear();
    const auto first = model::minute_of(after);
    const bool first_has_mean = own_means(q, g, after, to, rows, out);
    // Of a stream every minute has one: nothing is to be looked for there.
    auto covered = first_has_mean ? first : first - 1;
    for (auto const& m : out) {
        if (m.since() > covered + 1) break;
        covered = m.minute;
    }
    const auto own = static_cast<std::ptrdiff_t>(out.size());
    std::ptrdiff_t i = 0;
    const auto uncovered = model::start_of_minute(covered + 1) - model::Duration{1};
    q.timeline.minutes(g.systolic, std::max(after, uncovered), to, [&](Minute const& m) {
        const auto at = [&out](std::ptrdiff_t n) -> MeanMinute const& { return out[static_cast<std::size_t>(n)]; };
        while (i < own && at(i).minute < m.minute) ++i;
        if ((i < own && at(i).since() <= m.minute) || (first_has_mean && m.minute == first)) return;
        if (const auto stands_in = derived_mean(q, g, m)) out.push_back(mean_of(q, g, *stands_in, true));
    });
    if (own < static_cast<std::ptrdiff_t>(out.size()))
        std::inplace_merge(out.begin(), out.begin() + own, out.end(),
                           [](MeanMinute const& a, MeanMinute const& b) { return a.minute < b.minute; });
}

} // namespace vigil::scores
