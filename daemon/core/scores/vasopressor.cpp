#include "core/scores/vasopressor.hpp"

#include "core/scores/dose.hpp"
#include "core/scores/infusion.hpp"

#include <limits>

namespace vigil::scores {

using model::Decimal;
using model::Sample;
using model::Signal;

namespace {

struct Dosed : Dose {
    PointRange points;
};

std::int32_t drug_points(SofaTables const& t, Signal drug, Decimal dose) {
    for (auto const& b : t.doses)
        if (b.drug == drug && dose > b.above && (!b.up_to || dose <= *b.up_to)) return b.points;
    return 0;
}

// What any rate of the drug is worth at least, and at most.
PointRange drug_range(SofaTables const& t, Signal drug) {
    PointRange r{4, 0};
    for (auto const& b : t.doses)
        if (b.drug == drug) r = {std::min(r.lower, b.points), std::max(r.upper, b.points)};
    return r;
}

// What several pumps give together; of one whose dose cannot be said `least` is what the others give.
Dose dose_of_all(Inquiry const& q, Signal drug, Segment const& s, std::optional<Decimal> weight,
                 std::optional<Decimal>& least) {
    Dose all;
    std::optional<model::Ratio> sum{model::Ratio{}};
    bool each_known = true;
    const auto add = [&](Sample const& rate) {
        const auto one = dose_of(q, drug, rate, weight);
        all.weight_missing = all.weight_missing || one.weight_missing;
        all.implausible = all.implausible || one.implausible;
        each_known = each_known && one.ug_kg_min.has_value();
        const auto exact =
            one.ug_kg_min ? exact_ug_kg_min(rate.value, rate.unit, weight, salt_factor(q.rules.tables.sofa, rate.salt))
                          : told_at_least(q, drug, rate, weight);
        if (!sum || (!one.ug_kg_min && !exact)) return;
        sum = exact ? model::sum(*sum, *exact) : std::nullopt;
    };
    add(*s.rate);
    for (auto const& other : s.also) add(*other.rate);
    if (sum && sum->num > 0) least = model::round_half_up(*sum, 3);
    if (each_known) all.ug_kg_min = least;
    return all;
}

Dosed dosed(Inquiry const& q, Signal drug, Segment const& s, std::optional<Decimal> weight) {
    auto const& t = q.rules.tables.sofa;
    std::optional<Decimal> least;
    Dosed d{s.also.empty() ? dose_of(q, drug, *s.rate, weight) : dose_of_all(q, drug, s, weight, least),
            drug_range(t, drug)};
    if (d.ug_kg_min) least = d.ug_kg_min;
    if (!least)
        if (const auto more = told_at_least(q, drug, *s.rate, weight)) least = model::round_half_up(*more, 3);
    if (!least) return d;
    // A rate that rounds to nothing is still running: the lowest band.
    const auto p = least->mantissa > 0 ? drug_points(t, drug, *least) : d.points.lower;
    d.points = {p, d.ug_kg_min ? p : d.points.upper};
    return d;
}

struct Best {
    Signal drug{};
    Segment segment;
    Dosed dose;
    bool silent = false;
    bool found = false;
};

struct Drugs {
    Best valued;
    std::int32_t upper = 0; // of what runs but does not count yet, or has no known dose
    Best provisional;
    bool provisional_found = false;
    Best unheard; // nobody knows whether it still runs
};

bool better(Best const& a, Best const& b) {
    if (!b.found || a.dose.points.lower != b.dose.points.lower)
        return !b.found || a.dose.points.lower > b.dose.points.lower;
    if (a.drug == b.drug && a.dose.ug_kg_min && b.dose.ug_kg_min && *a.dose.ug_kg_min != *b.dose.ug_kg_min)
        return *a.dose.ug_kg_min > *b.dose.ug_kg_min;
    // One that ends at the instant asked for gives way to one that goes on, as it will a moment later.
    if (a.segment.to == b.segment.to) return a.segment.running || !b.segment.running;
    return a.segment.to > b.segment.to;
}

void take_run(Inquiry& q, Signal drug, Run const& run, std::optional<Decimal> weight, Drugs& out) {
    auto const& t = q.rules.tables.sofa;
    const bool counts = run.length() >= t.infusion_min;
    if (!counts && !run.running) return;
    if (!counts) q.due.at(run.from + t.infusion_min);
    for (std::size_t i = 0; i < run.segments.size(); ++i) {
        auto const& s = run.segments[i];
        // While the rate that runs may be a bolus, the one before it counts.
        const bool before_rise =
            q.now() && i + 1 < run.segments.size() && run.segments[i + 1].running && is_spike(run, i + 1, t.bolus_max);
        if (!in_question(q, s) && !before_rise) continue;
        if (!s.running) q.leaves(s.to);
        Best b{drug, s, dosed(q, drug, s, weight), is_silent(s), true};
        const bool young = is_spike(run, i, t.bolus_max);
        if (young && !s.running) continue;
        if (young) q.due.at(s.from + t.bolus_max);
        if (counts && !young) {
            out.upper = std::max(out.upper, b.dose.points.upper);
            if (better(b, out.valued)) out.valued = b;
        } else if (s.running) {
            out.upper = std::max(out.upper, b.dose.points.upper);
            if (!out.provisional_found || better(b, out.provisional)) out.provisional = b;
            out.provisional_found = true;
        }
    }
}

void take_unheard(Inquiry& q, Signal drug, Drugs& out) {
    for (auto const& u : unheard_of(q, drug)) {
        if (q.now() ? !u.lasts : u.to <= q.after) continue;
        if (!u.lasts) q.leaves(u.to);
        Best b;
        b.drug = drug;
        b.segment.rate = u.rate;
        b.dose.points = drug_range(q.rules.tables.sofa, drug);
        b.silent = b.found = true;
        if (!out.unheard.found || b.dose.points.upper >= out.unheard.dose.points.upper) out.unheard = b;
    }
}

bool unlisted_running(Inquiry& q) {
    bool found = false;
    for (auto drug : q.rules.tables.sofa.unlisted) {
        if (q.timeline.empty(drug)) continue;
        for (auto const& run : runs_of(q, drug, {}))
            for (auto const& s : run.segments)
                if (in_question(q, s)) {
                    found = true;
                    if (!s.running) q.leaves(s.to);
                }
    }
    return found;
}

Vasopressor told(Best const& b) {
    Vasopressor v{
        b.drug,  *b.segment.rate, {}, b.dose.ug_kg_min, b.dose.points, b.dose.weight_missing, b.dose.implausible,
        b.silent};
    for (auto const& other : b.segment.also) v.also.push_back(*other.rate);
    return v;
}

} // namespace

Dose dose_of(Inquiry const& q, Signal drug, Sample const& rate, std::optional<Decimal> weight_kg) {
    Dose d;
    if (rate.is_word || rate.comparator != model::Comparator::exactly) return d;
    d.ug_kg_min = dose_ug_kg_min(rate.value, rate.unit, weight_kg, salt_factor(q.rules.tables.sofa, rate.salt));
    d.weight_missing = !d.ug_kg_min && rate.unit != model::Unit::none && needs_weight(rate.unit) && !weight_kg;
    auto const& limits = core::entry(q.rules, drug);
    if (d.ug_kg_min && limits.hard_high && *d.ug_kg_min > *limits.hard_high) {
        d.ug_kg_min.reset();
        d.implausible = true;
    }
    d.implausible = d.implausible || rate.unit == model::Unit::none;
    return d;
}

std::optional<model::Ratio> told_at_least(Inquiry const& q, Signal drug, Sample const& rate,
                                          std::optional<Decimal> weight_kg) {
    const bool more =
        rate.comparator == model::Comparator::greater || rate.comparator == model::Comparator::greater_equal;
    if (rate.is_word || !more) return std::nullopt;
    auto exact_rate = rate;
    exact_rate.comparator = model::Comparator::exactly;
    if (!dose_of(q, drug, exact_rate, weight_kg).ug_kg_min) return std::nullopt;
    return exact_ug_kg_min(rate.value, rate.unit, weight_kg, salt_factor(q.rules.tables.sofa, rate.salt));
}

std::optional<Sample> admission_weight(Inquiry const& q) {
    const auto all = q.timeline.range(Signal::weight, {std::numeric_limits<std::int64_t>::min()}, q.at);
    for (auto const& s : all)
        if (!s.is_word && !s.suspect && s.comparator == model::Comparator::exactly) return s;
    return std::nullopt;
}

std::optional<Decimal> in_kg(Inquiry const& q, std::optional<Sample> const& weight) {
    return weight ? in_canonical(q, Signal::weight, weight->value, weight->unit) : std::nullopt;
}

Vasopressors vasopressors(Inquiry& q) {
    Vasopressors out;
    out.weight = admission_weight(q);
    const auto kg = in_kg(q, out.weight);
    Drugs drugs;
    for (auto drug : {Signal::norepinephrine, Signal::epinephrine, Signal::dopamine, Signal::dobutamine}) {
        if (q.timeline.empty(drug)) continue;
        for (auto const& run : runs_of(q, drug, q.rules.tables.sofa.infusion_gap)) take_run(q, drug, run, kg, drugs);
        take_unheard(q, drug, drugs);
    }
    out.upper = drugs.upper;
    if (drugs.valued.found) out.valued = told(drugs.valued);
    if (drugs.provisional_found) out.provisional = told(drugs.provisional);
    if (drugs.unheard.found) out.unheard = told(drugs.unheard);
    out.unlisted = unlisted_running(q);
    return out;
}

} // namespace vigil::scores
