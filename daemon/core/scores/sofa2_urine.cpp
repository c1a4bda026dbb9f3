#include "core/scores/sofa2_urine.hpp"

#include "core/scores/notes.hpp"
#include "core/scores/vasopressor.hpp"

#include <algorithm>
#include <utility>

namespace vigil::scores {

using model::Duration;
using model::EventTime;
using model::Ratio;
using model::Sample;
using model::Signal;

namespace {

// Nothing at all is below any rate, whatever the weight.
Known below(UrineVolume const& v, UrineRate const& rate, std::optional<Ratio> const& limit) {
    if (rate.none) return v.nothing ? Known::yes : Known::no;
    if (v.ml.num <= 0) return Known::yes;
    if (!limit) return Known::unknown;
    return (v.ml <=> *limit) < 0 ? Known::yes : Known::no;
}

// Of more than the hours given, be it by a millisecond.
Duration oliguria_over(Inquiry const& q) { return q.rules.tables.sofa2.oliguria.over + Duration{1}; }

// So much before a charting belongs to what it says.
Duration hours_before(Inquiry const& q) {
    auto longest = std::max(model::hours(25), oliguria_over(q));
    for (auto const& rate : q.rules.tables.sofa2.urine) longest = std::max(longest, rate.over);
    return longest;
}

UrineLimits limits_for(Inquiry const& q, std::optional<model::Decimal> kg) {
    auto const& t = q.rules.tables.sofa2;
    UrineLimits out;
    for (auto const& rate : t.urine) out.rates.push_back(limit_of(rate, kg, rate.over));
    out.oliguria = limit_of(t.oliguria, kg, oliguria_over(q));
    return out;
}

bool last_of_instant(std::span<UrineChart const> charts, std::size_t i) {
    return i + 1 == charts.size() || charts[i + 1].to != charts[i].to;
}

// The hours that end with the last of the charts.
void judge(Inquiry const& q, std::span<UrineChart const> charts, UrineLimits const& limits, bool weighed,
           UrineFinding& out) {
    auto const& t = q.rules.tables.sofa2;
    for (std::size_t r = 0; r < t.urine.size(); ++r) {
        // What can no longer be worse need not be known.
        if (out.covered && weighed && out.worst && t.urine[r].points < out.worst->points) continue;
        if (const auto v = urine_over(charts, t.urine[r].over)) out.take(Signal::uo, t.urine[r], *v, limits.rates[r]);
    }
    if (out.oliguria == Known::yes) return;
    if (const auto v = urine_over(charts, oliguria_over(q))) out.take_oliguria(t.oliguria, *v, limits.oliguria);
}

void note_charting(Inquiry& q, EventTime to) {
    if (q.now())
        q.outlives(to, q.rules.tables.sofa2.urine_interval - Duration{1});
    else
        q.leaves(to);
}

void look_at_all(Inquiry& q, EventTime after, std::span<UrineChart const> charts, UrineSeen& out) {
    const auto limits = limits_for(q, out.kg);
    for (std::size_t i = 0; i < charts.size(); ++i) {
        if (charts[i].to <= after || !last_of_instant(charts, i)) continue;
        out.charted = true;
        note_charting(q, charts[i].to);
        if (q.now()) out.forget();
        judge(q, charts.first(i + 1), limits, out.kg.has_value(), out);
    }
}

// Judges what was charted since the last question, and goes by what is remembered of the rest.
void look_at_new(Inquiry& q, EventTime after, std::span<UrineChart const> charts, JudgedChartings& known,
                 UrineSeen& out) {
    if (known.kg != out.kg) known.clear();
    known.kg = out.kg;
    if (!known.limits) known.limits = limits_for(q, out.kg);
    auto& list = known.list;
    list.erase(list.begin(), std::find_if(list.begin(), list.end(), [&](auto const& c) { return c.to > after; }));
    const auto from = std::max(after, std::exchange(known.judged_to, q.at));
    auto first = charts.size();
    for (auto i = charts.size(); i > 0 && charts[i - 1].to > from; --i) first = i - 1;
    for (auto i = first; i < charts.size(); ++i)
        if (last_of_instant(charts, i))
            judge(q, charts.first(i + 1), *known.limits, out.kg.has_value(),
                  list.emplace_back(JudgedChartings::One{charts[i].to, {}}).found);
    UrineFinding::Worst const* worst = nullptr;
    for (auto const& [to, found] : list) {
        note_charting(q, to);
        if (q.now()) {
            out.forget();
            worst = nullptr;
        }
        out.covered = out.covered || found.covered;
        out.unweighed = std::max(out.unweighed, found.unweighed);
        out.take_oliguria(found.oliguria);
        if (found.worst && (worst == nullptr || found.worst->points >= worst->points)) worst = &*found.worst;
    }
    out.charted = !list.empty();
    if (worst != nullptr) out.worst = *worst;
}

void look_at_charts(Inquiry& q, Notes& notes, UrineSeen& out) {
    const auto silence = q.rules.tables.sofa2.urine_interval;
    const auto after = q.now() ? q.at - silence : q.after;
    const auto charts = urine_charts(q, after - hours_before(q), silence, notes.urine);
    // An interval counts from its end on, and shares its time with what was charted before: nothing of it is over.
    if (q.keeps && notes.urine.plain) return look_at_new(q, after, charts, notes.chartings, out);
    notes.chartings.clear();
    look_at_all(q, after, charts, out);
}

// A collection over a day is such a mean by itself.
void look_at_totals(Inquiry& q, UrineDays& room, UrineSeen& out) {
    auto const& t = q.rules.tables.sofa2;
    const auto age = q.max_age(Signal::uo_day);
    for (auto const& u : urine_totals(q, q.now() ? q.at - age - Duration{1} : q.after, room)) {
        if (q.now())
            q.outlives(u.at, age);
        else
            q.leaves(u.at);
        if (!u.enough) continue;
        out.charted = true;
        if (q.now()) out.forget();
        const UrineVolume v{{u.volume, 1000}, u.volume == 0, u.first, u.last};
        for (auto rate : t.urine) {
            rate.over = u.covered;
            out.take(u.signal, rate, v, limit_of(rate, out.kg, u.covered));
        }
        out.take_oliguria(t.oliguria, v, limit_of(t.oliguria, out.kg, u.covered));
    }
}

void look_at(Inquiry& q, Notes& notes, UrineSeen& out) {
    out.weight = admission_weight(q);
    out.kg = in_kg(q, out.weight);
    look_at_charts(q, notes, out);
    if (!q.now() || !out.charted) look_at_totals(q, notes.urine, out);
}

} // namespace

void UrineFinding::take(Signal signal, UrineRate const& rate, UrineVolume const& v, std::optional<Ratio> const& limit) {
    covered = true;
    const auto is = below(v, rate, limit);
    if (is == Known::unknown) unweighed = std::max(unweighed, rate.points);
    if (is == Known::yes && (!worst || rate.points >= worst->points))
        worst = Worst{signal, v.ml, rate.points, *v.first, *v.last, rate.over};
}

void UrineFinding::take_oliguria(UrineRate const& rate, UrineVolume const& v, std::optional<Ratio> const& limit) {
    take_oliguria(below(v, rate, limit));
}

UrineSeen look_at_urine(Inquiry& q) {
    UrineSeen out;
    if (q.timeline.empty(Signal::uo) && q.timeline.empty(Signal::uo_day)) return out;
    if (q.notes != nullptr) {
        look_at(q, *q.notes, out);
    } else {
        Notes own;
        look_at(q, own, out);
    }
    return out;
}

} // namespace vigil::scores
