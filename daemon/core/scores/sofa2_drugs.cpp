#include "core/scores/sofa2_drugs.hpp"

#include "core/scores/dose.hpp"

#include <algorithm>
#include <array>

namespace vigil::scores {

using model::Decimal;
using model::Duration;
using model::EventTime;
using model::Signal;

namespace {

bool is_catecholamine(Signal drug) { return drug == Signal::norepinephrine || drug == Signal::epinephrine; }

// Of the others any dose counts. Each pump's is a rate of its own.
void add_rates(Inquiry const& q, Signal drug, Segment const& s, std::optional<Decimal> kg, bool counts,
               std::vector<Rate>& out) {
    const auto add = [&](model::Sample const& rate, bool silent) {
        Rate r{drug, rate, s.from, s.to, s.running, silent, {}, std::nullopt, counts, !s.also.empty(), false};
        if (is_catecholamine(drug) || drug == Signal::dopamine) r.dose = dose_of(q, drug, rate, kg);
        if (r.dose.ug_kg_min)
            r.exact = exact_ug_kg_min(rate.value, rate.unit, kg, salt_factor(q.rules.tables.sofa, rate.salt));
        else if (is_catecholamine(drug) || drug == Signal::dopamine)
            r.exact = told_at_least(q, drug, rate, kg);
        out.push_back(std::move(r));
    };
    add(*s.rate, s.silent);
    for (auto const& other : s.also) add(*other.rate, other.silent);
}

// What ran up to an instant is behind the window's first one from then on, as is what began at it.
void note_bounds(Inquiry& q, Segment const& s) {
    if (q.now() || q.key.product == model::Product::day) return;
    for (auto t : {s.from, s.to}) q.due.at(t + q.window() - Duration{1});
    if (!s.running) q.leaves(s.to);
}

// A run without its pauses and boluses: through both the drug goes on at the rate before them.
struct Course {
    std::vector<Segment> rates, boluses;
    bool young = false; // the last may still turn out to be a bolus
};

Course course_of(Run const& run, Duration bolus) {
    Course c;
    for (std::size_t i = 0; i < run.segments.size(); ++i) {
        auto const& s = run.segments[i];
        const bool spike = is_spike(run, i, bolus);
        if (spike && !s.running) {
            c.boluses.push_back(s);
            if (!c.rates.empty()) c.rates.back().to = s.to;
            continue;
        }
        if (!c.rates.empty()) c.rates.back().to = s.from;
        c.rates.push_back(s);
        c.young = spike;
    }
    return c;
}

void read_runs(Inquiry& q, Signal drug, std::optional<Decimal> kg, VasoactiveDrugs& out) {
    auto const& t = q.rules.tables.sofa; // the limits of infusions are one for all scores
    const auto asked = [&](Segment const& s) { return in_question(q, s); };
    for (auto const& run : runs_of(q, drug, t.infusion_gap)) {
        const bool counts = run.length() >= t.infusion_min;
        if (!counts && run.running) q.due.at(run.from + t.infusion_min);
        const auto course = course_of(run, t.bolus_max);
        for (auto const& s : course.boluses) {
            if (!asked(s)) continue;
            note_bounds(q, s);
            add_rates(q, drug, s, kg, false, out.too_short);
        }
        for (auto const& s : course.rates) {
            if (q.now() && counts && course.young && &s + 1 == &course.rates.back()) {
                const auto first = out.rates.size();
                add_rates(q, drug, s, kg, true, out.rates);
                for (auto i = first; i < out.rates.size(); ++i) out.rates[i].running = out.rates[i].before_rise = true;
            }
            if (!asked(s)) continue;
            note_bounds(q, s);
            const bool young = course.young && &s == &course.rates.back();
            if (young) q.due.at(s.from + t.bolus_max);
            const bool over = !counts && !run.running;
            add_rates(q, drug, s, kg, counts && !young, over ? out.too_short : out.rates);
        }
    }
}

std::int32_t band(Sofa2Tables const& t, Signal drug, Decimal dose) {
    std::int32_t least = 0;
    for (auto const& b : t.doses) {
        if (b.drug != drug) continue;
        if (least == 0) least = b.points;
        if (dose > b.above && (!b.up_to || dose <= *b.up_to)) return b.points;
    }
    return least; // what rounds to nothing runs all the same
}

std::int32_t most(Sofa2Tables const& t, Signal drug) {
    std::int32_t points = 0;
    for (auto const& b : t.doses)
        if (b.drug == drug) points = std::max(points, b.points);
    return points;
}

// What runs at one instant.
struct Mix {
    // Sums of what is known of them.
    struct Added {
        model::Ratio ug_kg_min;
        bool runs = false, unknown = false;
        std::int32_t rates = 0; // known ones

        void add(Rate const& r) {
            const auto total = r.exact ? model::sum(ug_kg_min, *r.exact) : std::nullopt;
            runs = true;
            unknown = unknown || !total || !r.dose.ug_kg_min;
            if (!total) return;
            ug_kg_min = *total;
            ++rates;
        }
        std::optional<Decimal> compared() const { return model::round_half_up(ug_kg_min, 3); }
    };
    Added catecholamines, dopamine;
    bool norepinephrine = false, epinephrine = false, other = false;
    bool any() const { return catecholamines.runs || dopamine.runs || other; }

    void add(Rate const& r) {
        norepinephrine = norepinephrine || r.drug == Signal::norepinephrine;
        epinephrine = epinephrine || r.drug == Signal::epinephrine;
        if (is_catecholamine(r.drug))
            catecholamines.add(r);
        else if (r.drug == Signal::dopamine)
            dopamine.add(r);
        else
            other = true;
    }
};

PointRange points_of(Sofa2Tables const& t, Mix const& m) {
    if (m.catecholamines.runs) {
        const auto adds = m.other || m.dopamine.runs ? t.other_adds : 0;
        const auto sum = m.catecholamines.compared();
        const auto low = sum ? band(t, Signal::norepinephrine, *sum) : most(t, Signal::norepinephrine);
        const auto high = m.catecholamines.unknown ? most(t, Signal::norepinephrine) : low;
        return {std::min(low + adds, 4), std::min(high + adds, 4)};
    }
    PointRange p;
    if (m.other) p = {t.other_points, t.other_points};
    if (!m.dopamine.runs) return p;
    // Another drug beside dopamine never lowers it, and adds nothing to it.
    const auto dose = m.dopamine.compared();
    const auto low = band(t, Signal::dopamine, dose ? *dose : Decimal{0, 0});
    const auto high = dose && !m.dopamine.unknown ? low : most(t, Signal::dopamine);
    return {std::max(p.lower, low), std::max(p.upper, high)};
}

} // namespace

namespace {

void read_drugs(Inquiry& q, std::span<Signal const> drugs, std::optional<Decimal> kg, VasoactiveDrugs& out) {
    for (auto drug : drugs) {
        if (q.timeline.empty(drug)) continue;
        read_runs(q, drug, kg, out);
        for (auto const& u : unheard_of(q, drug)) {
            if (q.now() ? !u.lasts : u.to <= q.after) continue;
            if (!u.lasts) q.leaves(u.to);
            out.unheard.push_back({drug, *u.rate});
        }
    }
}

} // namespace

VasoactiveDrugs vasoactive_drugs(Inquiry& q, std::span<Signal const> drugs) {
    VasoactiveDrugs out;
    out.weight = admission_weight(q);
    read_drugs(q, drugs, in_kg(q, out.weight), out);
    return out;
}

namespace {

VasoactiveDrugs vasoactive_drugs(Inquiry& q) {
    constexpr std::array first = {Signal::norepinephrine, Signal::epinephrine, Signal::dopamine};
    auto out = vasoactive_drugs(q, first);
    read_drugs(q, q.rules.tables.sofa2.others, in_kg(q, out.weight), out);
    return out;
}

// What runs changes where a rate begins and where one ends: dopamine is worth more when it goes on alone.
std::vector<EventTime> changes_of(Inquiry const& q, std::span<Rate const> rates) {
    if (q.now()) return {q.at};
    std::vector<EventTime> out;
    out.reserve(rates.size() * 2);
    for (auto const& r : rates) {
        out.push_back(std::max(r.from, EventTime{q.after.ms + 1}));
        if (!r.running && r.to > q.after && r.to <= q.at) out.push_back(r.to);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

WorstMix worst_of(Mix const& mix, PointRange points, EventTime at) {
    auto const& added = mix.catecholamines.runs ? mix.catecholamines : mix.dopamine;
    WorstMix w{points, at, mix.catecholamines.runs, mix.other || mix.dopamine.runs, true, false, {}};
    w.both = mix.norepinephrine && mix.epinephrine;
    if (added.rates > 1) w.sum = added.compared();
    return w;
}

WorstMix worst_mix(Inquiry const& q, std::span<Rate const> rates, bool counting_only) {
    std::vector<Rate const*> to_come;
    to_come.reserve(rates.size());
    for (auto const& r : rates)
        if (counting_only ? r.counts : !r.before_rise) to_come.push_back(&r);
    const auto earlier = [](Rate const* a, Rate const* b) { return a->from < b->from; };
    // Those of one drug are in order.
    if (!std::is_sorted(to_come.begin(), to_come.end(), earlier))
        std::stable_sort(to_come.begin(), to_come.end(), earlier);
    auto next = to_come.begin();
    std::vector<Rate const*> running;
    running.reserve(to_come.size());
    WorstMix w;
    for (const auto at : changes_of(q, rates)) {
        for (; next != to_come.end() && (*next)->from <= at; ++next) running.push_back(*next);
        std::erase_if(running, [at](Rate const* r) { return !r->holds_at(at); });
        Mix mix;
        for (auto const* r : running) mix.add(*r);
        if (!mix.any()) continue;
        const auto p = points_of(q.rules.tables.sofa2, mix);
        const auto upper = std::max(w.points.upper, p.upper);
        if (!w.found || p.lower > w.points.lower || (p.lower == w.points.lower && at > w.at)) w = worst_of(mix, p, at);
        w.points.upper = upper;
    }
    return w;
}

} // namespace

Vasoactive vasoactive(Inquiry& q) {
    Vasoactive v{vasoactive_drugs(q), {}, {}};
    v.counted = worst_mix(q, v.drugs.rates, true);
    const bool one_counts_not =
        std::any_of(v.drugs.rates.begin(), v.drugs.rates.end(), [](Rate const& r) { return !r.counts; });
    v.all = one_counts_not ? worst_mix(q, v.drugs.rates, false) : v.counted;
    return v;
}

PointRange alone(Inquiry const& q, Rate const& rate) {
    Mix m;
    m.add(rate);
    return points_of(q.rules.tables.sofa2, m);
}

std::int32_t most_with(Inquiry const& q, UnheardDrug const& drug, std::int32_t points, bool would_add) {
    auto const& t = q.rules.tables.sofa2;
    if (is_catecholamine(drug.drug)) return 4;
    const auto own = drug.drug == Signal::dopamine ? most(t, Signal::dopamine) : t.other_points;
    return std::min(std::max(own, would_add ? points + t.other_adds : points), 4);
}

} // namespace vigil::scores
