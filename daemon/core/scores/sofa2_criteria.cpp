#include "core/scores/sofa2_criteria.hpp"

#include "core/scores/oxygen.hpp"

#include <algorithm>

namespace vigil::scores {

using model::Comparator;
using model::Decimal;
using model::Duration;
using model::EventTime;
using model::Sample;
using model::Signal;
using model::Verdict;

namespace {

Known or_else(Known a, Known b) {
    if (a == Known::yes || b == Known::yes) return Known::yes;
    return a == Known::unknown || b == Known::unknown ? Known::unknown : Known::no;
}

Known both(Known a, Known b) {
    if (a == Known::no || b == Known::no) return Known::no;
    return a == Known::yes && b == Known::yes ? Known::yes : Known::unknown;
}

std::optional<Decimal> value_in(Inquiry const& q, Signal signal, Sample const& s) {
    return s.is_word ? std::nullopt : in_canonical(q, signal, s.value, s.unit);
}

// `>5.5` may be 6 or more, `<7.1` is 7.2 or less: what every value the comparator allows has in common.
Known at_least(std::optional<Decimal> v, Comparator c, Decimal bound) {
    if (!v) return Known::no;
    const bool less = c == Comparator::less || c == Comparator::less_equal;
    if (!less && *v >= bound) return Known::yes;
    if (c == Comparator::exactly) return Known::no;
    if (less) return *v > bound || (c == Comparator::less_equal && *v >= bound) ? Known::unknown : Known::no;
    return Known::unknown;
}

Known at_most(std::optional<Decimal> v, Comparator c, Decimal bound) {
    if (!v) return Known::no;
    const bool greater = c == Comparator::greater || c == Comparator::greater_equal;
    if (!greater && *v <= bound) return Known::yes;
    if (c == Comparator::exactly) return Known::no;
    if (greater) return *v < bound || (c == Comparator::greater_equal && *v <= bound) ? Known::unknown : Known::no;
    return Known::unknown;
}

void leaves_or_outlives(Inquiry& q, EventTime t, Duration age) {
    if (q.now())
        q.outlives(t, age);
    else
        q.leaves(t);
}

EventTime after_of(Inquiry const& q, Signal signal) {
    return q.now() ? q.at - q.max_age(signal) - Duration{1} : q.after;
}

bool is_bound(Sample const& s) { return s.comparator != Comparator::exactly; }

// Nearest in time first; of two the worse.
void by_nearness(std::vector<Sample>& all, EventTime t) {
    std::stable_sort(all.begin(), all.end(), [t](Sample const& a, Sample const& b) {
        const auto away = [t](Sample const& s) { return s.time < t ? (t - s.time).ms : (s.time - t).ms; };
        return away(a) != away(b) ? away(a) < away(b) : a.value < b.value;
    });
}

struct Gas {
    Signal signal{};
    Sample ph;
    bool arterial = false; // typed, or attested
};

std::vector<Gas> gases_in(Inquiry& q) {
    std::vector<Gas> out;
    for (auto signal : {Signal::ph_untyped, Signal::ph})
        for (auto const& s : q.timeline.range(signal, after_of(q, signal), q.at)) {
            leaves_or_outlives(q, s.time, q.max_age(signal));
            if (s.is_word) continue;
            const auto said = signal == Signal::ph ? std::nullopt : attestation_of_gas(q, s.time);
            const bool typed = said && said->word == model::Word::arterial && s.specimen != model::Specimen::venous;
            out.push_back({signal, s, signal == Signal::ph || typed});
        }
    // What is arterial goes before what is not.
    std::stable_sort(out.begin(), out.end(), [](Gas const& a, Gas const& b) {
        return a.ph.time != b.ph.time ? a.ph.time < b.ph.time : a.arterial < b.arterial;
    });
    if (!q.now() || out.empty()) return out;
    return {out.back()};
}

} // namespace

Criteria criteria(Inquiry& q) { return {high_potassium(q), acidosis(q)}; }

Criterion high_potassium(Inquiry& q) {
    const auto bound = q.rules.tables.sofa2.potassium;
    Criterion out;
    Sample const* decides = nullptr;
    const auto all = q.timeline.range(Signal::k, after_of(q, Signal::k), q.at);
    for (auto s = all.rbegin(); s != all.rend(); ++s) {
        leaves_or_outlives(q, s->time, q.max_age(Signal::k));
        if (s->is_word) continue;
        const auto met = at_least(value_in(q, Signal::k, *s), s->comparator, bound);
        const bool better = met == Known::yes && out.met == Known::yes ? s->value > decides->value : met == Known::yes;
        if (better || (met == Known::unknown && out.met == Known::no)) decides = &*s;
        out.met = or_else(out.met, met);
        if (q.now()) break;
    }
    if (decides != nullptr) {
        out.suspect = decides->suspect;
        out.bound = is_bound(*decides);
    }
    if (decides != nullptr && q.explain)
        out.evidence.push_back(out.met == Known::yes
                                   ? evidence_of(Signal::k, *decides, Verdict::used)
                                   : evidence_of(Signal::k, *decides, Verdict::refused, model::Reason::comparator));
    return out;
}

Criterion acidosis(Inquiry& q) {
    auto const& t = q.rules.tables.sofa2;
    Criterion out;
    for (auto const& gas : gases_in(q)) {
        const auto low = at_most(value_in(q, gas.signal, gas.ph), gas.ph.comparator, t.acidosis_ph);
        const auto near = q.timeline.range(Signal::hco3, gas.ph.time - t.acidosis_within - Duration{1},
                                           std::min(q.at, gas.ph.time + t.acidosis_within));
        std::vector<Sample> beside(near.begin(), near.end());
        by_nearness(beside, gas.ph.time);
        for (auto const& b : beside) {
            if (b.is_word) continue;
            const auto met = both(low, at_most(value_in(q, Signal::hco3, b), b.comparator, t.acidosis_hco3));
            const bool better = met == Known::yes && (out.met != Known::yes || gas.arterial || out.untyped);
            if (better || (met == Known::unknown && out.met == Known::no)) {
                out.evidence.clear();
                out.untyped = !gas.arterial;
                out.suspect = gas.ph.suspect || b.suspect;
                out.bound = is_bound(gas.ph) || is_bound(b);
                const auto why = met == Known::yes ? model::Reason::none : model::Reason::comparator;
                const auto verdict = met == Known::yes ? Verdict::used : Verdict::refused;
                if (q.explain) out.evidence.push_back(evidence_of(gas.signal, gas.ph, verdict, why));
                if (q.explain) out.evidence.push_back(evidence_of(Signal::hco3, b, verdict, why));
            }
            out.met = or_else(out.met, met);
            if (q.now()) break; // the bicarbonate of this gas
        }
    }
    return out;
}

} // namespace vigil::scores
