#include "core/scores/vasoactive.hpp"

#include "core/scores/dose.hpp"
#include "core/scores/quantity.hpp"
#include "core/scores/signal_groups.hpp"
#include "core/scores/sofa2_drugs.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

// Each part is a quantity, exact until it is printed (scores.md 2.1, 3.4, 0.8). Of a window it is the greatest dose,
// and the greatest sum of what ran at one time, never a sum of doses of different times; an infusion counts once it has
// run for an hour, a bolus never. The product `now` tells what runs, whether for an hour or not. One dose that cannot
// be said leaves the whole unknown: a quantity has no bounds, and a part of a sum is no sum.

namespace vigil::scores {

using model::Decimal;
using model::EventTime;
using model::Flag;
using model::Part;
using model::PartState;
using model::Ratio;
using model::Reason;
using model::Sample;
using model::Signal;
using model::Unit;
using model::Verdict;

namespace {

struct Drug {
    Signal signal{};
    Quantity dose;
};
constexpr Drug in_ug(Signal s, Part p, std::uint8_t digits = 3) { return {s, {p, Unit::ug_per_kg_min, digits, true}}; }

constexpr std::array drugs = {
    in_ug(Signal::norepinephrine, Part::norepinephrine),
    in_ug(Signal::epinephrine, Part::epinephrine),
    in_ug(Signal::dopamine, Part::dopamine),
    in_ug(Signal::dobutamine, Part::dobutamine),
    Drug{Signal::vasopressin, {Part::vasopressin, Unit::U_per_min, 3, true}},
    in_ug(Signal::phenylephrine, Part::phenylephrine),
    in_ug(Signal::milrinone, Part::milrinone),
    in_ug(Signal::levosimendan, Part::levosimendan),
    in_ug(Signal::angiotensin_ii, Part::angiotensin_ii, 5), // it is given in ng/kg/min
    in_ug(Signal::metaraminol, Part::metaraminol),
    in_ug(Signal::isoprenaline, Part::isoprenaline),
    in_ug(Signal::terlipressin, Part::terlipressin),
    in_ug(Signal::enoximone, Part::enoximone),
};
constexpr auto drug_signals = [] {
    std::array<Signal, drugs.size()> out{};
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = drugs[i].signal;
    return out;
}();
constexpr Quantity ne_equivalent{Part::ne_equivalent, Unit::ug_per_kg_min, 3, true};

// A rate, and the dose that it is in the unit of its drug.
struct DosedRate {
    Rate const* rate = nullptr;
    std::optional<Ratio> dose;
    Reason why_not = Reason::none;
    bool by_weight = false;
    bool unlikely = false;
};

// Units are given whatever the patient weighs.
std::optional<Ratio> units_per_min(Decimal rate, Unit unit) {
    if (unit == Unit::U_per_min) return model::ratio(rate);
    if (unit == Unit::U_per_h) return model::scaled(model::ratio(rate), {1, 0}, {60, 0});
    return std::nullopt;
}

DosedRate dosed(Inquiry const& q, Rate const& r, std::optional<Decimal> kg) {
    auto const& s = r.rate;
    DosedRate d{&r, std::nullopt, Reason::none, false, s.suspect};
    const auto refuse = [&d](Reason why) {
        d.dose.reset();
        d.why_not = why;
        return d;
    };
    if (s.is_word) return refuse(Reason::no_value);
    if (s.comparator != model::Comparator::exactly) return refuse(Reason::comparator);
    if (r.drug == Signal::vasopressin) {
        d.dose = units_per_min(s.value, s.unit);
        if (!d.dose) return refuse(Reason::unknown_unit);
    } else {
        const auto factor = salt_factor(q.rules.tables.sofa, s.salt);
        if (!exact_ug_kg_min(s.value, s.unit, Decimal{1, 0}, factor)) return refuse(Reason::unknown_unit);
        d.by_weight = needs_weight(s.unit);
        d.dose = exact_ug_kg_min(s.value, s.unit, kg, factor);
        if (!d.dose) return refuse(Reason::no_weight);
    }
    auto const& limits = core::entry(q.rules, r.drug);
    if (limits.hard_high && *d.dose > *limits.hard_high) return refuse(Reason::out_of_range);
    d.unlikely = d.unlikely || (limits.soft_high && *d.dose > *limits.soft_high);
    return d;
}

// What a rate adds to a part.
struct Term {
    DosedRate const* of = nullptr;
    std::optional<Ratio> amount;
    Rate const& rate() const { return *of->rate; }
};

// All that a part is made of.
struct Terms {
    Quantity what;
    std::vector<Signal> drugs;
    std::vector<Term> ran, too_short;
    std::vector<UnheardDrug const*> unheard;
    std::vector<std::pair<Signal, Sample const*>> left_out; // vasopressors without a factor: they run, or may
};

bool counts(Inquiry const& q, Rate const& r) { return q.now() || r.counts; }

struct Greatest {
    std::optional<Ratio> amount;
    EventTime at;
    bool unknown = false; // of some of what ran, or of its sum
};

// What runs grows only where a rate begins, or where the window does.
Greatest greatest(Inquiry const& q, std::span<Term const> ran, bool counting_only) {
    Greatest g;
    const auto consider = [&](EventTime at) {
        std::optional<Ratio> sum;
        for (auto const& t : ran) {
            if (!t.rate().holds_at(at) || (counting_only && !counts(q, t.rate()))) continue;
            const auto more = sum && t.amount ? model::sum(*sum, *t.amount) : t.amount;
            if (!more) {
                g.unknown = true;
                return;
            }
            sum = more;
        }
        if (!sum || (g.amount && (*sum < *g.amount || (*sum == *g.amount && at < g.at)))) return;
        g.amount = sum;
        g.at = at;
    };
    for (auto const& t : ran) consider(q.now() ? q.at : std::max(t.rate().from, EventTime{q.after.ms + 1}));
    return g;
}

void flag_dose(model::ScorePart& part, DosedRate const& d) {
    if (d.why_not == Reason::no_weight) add_flag(part, Flag::weight_missing);
    if (d.why_not == Reason::unknown_unit || d.why_not == Reason::out_of_range) add_flag(part, Flag::unit_suspect);
    if (d.unlikely) add_flag(part, Flag::extreme_verify);
    if (d.rate->beside) add_flag(part, Flag::pumps_added);
    if (d.rate->drug == Signal::norepinephrine && !d.rate->rate.salt.known()) add_flag(part, Flag::salt_unknown);
}

void append(Inquiry const& q, model::ScorePart& part, Quantity const& what, Term const& t, Verdict verdict,
            Reason why) {
    if (!q.explain) return;
    auto e = evidence_of(t.rate().drug, t.rate().rate, verdict, why);
    if (t.amount) e.compared = model::round_half_up(*t.amount, what.digits);
    if (e.compared) e.compared_unit = what.unit;
    part.evidence.push_back(e);
}

// The most first.
std::vector<Term> by_amount(std::vector<Term> terms) {
    std::stable_sort(terms.begin(), terms.end(), [](Term const& a, Term const& b) {
        return a.amount && b.amount ? *a.amount > *b.amount : a.amount.has_value() && !b.amount;
    });
    return terms;
}

// The infusions that were the greatest together.
void tell_greatest(Inquiry const& q, model::ScorePart& part, Terms const& terms, Greatest const& g,
                   std::optional<Sample> const& weight) {
    part.value = model::round_half_up(*g.amount, terms.what.digits);
    if (!part.value) return;
    part.state = PartState::valued;
    std::vector<Term> mix;
    for (auto const& t : terms.ran)
        if (t.rate().holds_at(g.at) && counts(q, t.rate())) mix.push_back(t);
    bool by_weight = false;
    for (auto const& t : by_amount(std::move(mix))) {
        flag_dose(part, *t.of);
        append(q, part, terms.what, t, Verdict::used, t.rate().silent ? Reason::pump_silent : Reason::none);
        by_weight = by_weight || t.of->by_weight;
    }
    if (q.explain && by_weight && weight) part.evidence.push_back(evidence_of(Signal::weight, *weight, Verdict::used));
    // Of what has fallen silent nobody knows whether it has been more since.
    for (auto const& t : terms.ran) {
        if (!t.rate().silent || !counts(q, t.rate())) continue;
        part.state = PartState::carried;
        add_flag(part, Flag::pump_silent);
    }
}

// What leaves the part without a number.
void tell_unknown(Inquiry const& q, model::ScorePart& part, Terms const& terms) {
    bool no_weight = false;
    for (auto const& t : terms.ran) {
        if (t.amount || !counts(q, t.rate())) continue;
        flag_dose(part, *t.of);
        append(q, part, terms.what, t, Verdict::refused,
               t.of->why_not == Reason::none ? Reason::overflow : t.of->why_not);
        no_weight = no_weight || t.of->why_not == Reason::no_weight;
    }
    if (q.explain && no_weight) part.evidence.push_back(missing(Signal::weight, Reason::no_weight));
    for (auto const* u : terms.unheard) {
        add_flag(part, flag_of_unheard(u->rate));
        if (q.explain) part.evidence.push_back(evidence_of(u->drug, u->rate, Verdict::stale, Reason::pump_silent));
    }
}

// Nothing ran that counts. That is 0 only where a stop was heard; a drug that nobody told of has no dose.
void tell_none(Inquiry const& q, model::ScorePart& part, Terms const& terms) {
    std::optional<Sample> stop, lost;
    Signal stopped{}, silent{};
    for (auto drug : terms.drugs) {
        if (q.timeline.empty(drug)) continue;
        const auto s = q.timeline.latest(drug, q.at, {});
        if (!s) continue;
        auto& kept = model::stops(*s) ? stop : lost;
        if (kept && kept->time >= s->time) continue;
        kept = s;
        (model::stops(*s) ? stopped : silent) = drug;
    }
    if (stop) {
        part.value = Decimal{0, terms.what.digits};
        part.state = PartState::valued;
        if (!q.explain) return;
        auto e = evidence_of(stopped, *stop, Verdict::used);
        e.compared = part.value;
        e.compared_unit = terms.what.unit;
        part.evidence.push_back(e);
    } else if (q.explain) {
        part.evidence.push_back(lost ? evidence_of(silent, *lost, Verdict::stale, Reason::pump_silent)
                                     : missing(terms.drugs.front(), Reason::none));
    }
}

// What runs and does not count yet, and what was over before it did.
void add_uncounted(Inquiry const& q, model::ScorePart& part, Terms const& terms, Greatest const& counted,
                   Greatest const& all) {
    const auto more = [&](std::optional<Ratio> const& amount) {
        return !amount || !counted.amount || *amount > *counted.amount;
    };
    const bool young = std::any_of(terms.ran.begin(), terms.ran.end(), [](Term const& t) { return !t.rate().counts; });
    if (young && (q.now() || all.unknown || more(all.amount))) {
        if (part.value || (terms.unheard.empty() && !counted.unknown)) part.state = PartState::provisional;
        add_flag(part, Flag::provisional_rate);
        for (auto const& t : terms.ran) {
            if (t.rate().counts) continue;
            flag_dose(part, *t.of);
            if (!q.now()) append(q, part, terms.what, t, Verdict::refused, Reason::too_short);
        }
    }
    for (auto const& t : terms.too_short)
        if (more(t.amount)) append(q, part, terms.what, t, Verdict::refused, Reason::too_short);
}

model::ScorePart answer(Inquiry const& q, Terms const& terms, std::optional<Sample> const& weight) {
    auto part = not_told(terms.what);
    const auto counted = greatest(q, terms.ran, true), all = greatest(q, terms.ran, false);
    if (counted.unknown || !terms.unheard.empty())
        tell_unknown(q, part, terms);
    else if (counted.amount)
        tell_greatest(q, part, terms, counted, weight);
    else if (!all.amount && !all.unknown && terms.left_out.empty())
        tell_none(q, part, terms);
    add_uncounted(q, part, terms, counted, all);
    for (auto const& [drug, rate] : terms.left_out) {
        add_flag(part, Flag::no_equivalence);
        if (q.explain) part.evidence.push_back(evidence_of(drug, *rate, Verdict::refused, Reason::no_equivalence));
    }
    return part;
}

// One drug alone, as it is.
Terms alone(Drug const& drug, std::span<DosedRate const> ran, std::span<DosedRate const> too_short,
            VasoactiveDrugs const& all) {
    Terms out{drug.dose, {drug.signal}, {}, {}, {}, {}};
    for (auto const& d : ran)
        if (d.rate->drug == drug.signal) out.ran.push_back({&d, d.dose});
    for (auto const& d : too_short)
        if (d.rate->drug == drug.signal) out.too_short.push_back({&d, d.dose});
    for (auto const& u : all.unheard)
        if (u.drug == drug.signal) out.unheard.push_back(&u);
    return out;
}

// All that have a factor, in norepinephrine.
Terms together(Equivalence const& by, std::span<DosedRate const> ran, std::span<DosedRate const> too_short,
               VasoactiveDrugs const& all) {
    Terms out{ne_equivalent, {}, {}, {}, {}, {}};
    for (auto const& f : by.factors) {
        out.drugs.push_back(f.drug);
        const auto term = [&f](DosedRate const& d) {
            return Term{&d, d.dose ? model::scaled(*d.dose, f.factor, {1, 0}) : std::nullopt};
        };
        for (auto const& d : ran)
            if (d.rate->drug == f.drug) out.ran.push_back(term(d));
        for (auto const& d : too_short)
            if (d.rate->drug == f.drug) out.too_short.push_back(term(d));
        for (auto const& u : all.unheard)
            if (u.drug == f.drug) out.unheard.push_back(&u);
    }
    for (auto drug : by.left_out) {
        Sample const* newest = nullptr;
        for (auto const& u : all.unheard)
            if (u.drug == drug) newest = &u.rate;
        for (auto const& r : all.rates)
            if (r.drug == drug) newest = &r.rate;
        if (newest != nullptr) out.left_out.emplace_back(drug, newest);
    }
    return out;
}

void doses(Inquiry& q, std::span<model::ScorePart> parts) {
    const auto all = vasoactive_drugs(q, drug_signals);
    const auto kg = in_kg(q, all.weight);
    std::vector<DosedRate> ran, too_short;
    for (auto const& r : all.rates)
        if (!r.before_rise) ran.push_back(dosed(q, r, kg));
    for (auto const& r : all.too_short) too_short.push_back(dosed(q, r, kg));
    auto const& t = q.rules.tables.vasoactive;
    auto const& by = t.equivalences.at(t.policies.at(q.key.policy).equivalence);
    parts[0] = answer(q, together(by, ran, too_short, all), all.weight);
    for (std::size_t i = 0; i < drugs.size(); ++i)
        parts[i + 1] = answer(q, alone(drugs[i], ran, too_short, all), all.weight);
}

constexpr auto parts_shown = [] {
    std::array<Part, drugs.size() + 1> out{ne_equivalent.part};
    for (std::size_t i = 0; i < drugs.size(); ++i) out[i + 1] = drugs[i].dose.part;
    return out;
}();
constexpr std::array components = {Component{doses, 0, parts_shown.size()}};

} // namespace

constinit const Definition vasoactive_definition{
    model::ScoreId::vasoactive,      parts_shown, components, nullptr, vasoactive_signals,
    edition_of<&Tables::vasoactive>, true};

} // namespace vigil::scores
