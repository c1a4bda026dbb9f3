// What APACHE II asks of arterial gases: oxygenation and acid-base (scores.md 10.1).

#include "core/scores/apache2.hpp"

#include "core/scores/oxygen.hpp"
#include "core/scores/results.hpp"

#include <array>

namespace vigil::scores {

using model::EventTime;
using model::Part;
using model::Ratio;
using model::Reason;
using model::Sample;
using model::ScorePart;
using model::Signal;
using model::Verdict;

namespace {

// Carbon dioxide of the same gas.
struct CarbonDioxide {
    Signal signal{};
    Sample sample;
    Ratio mmhg;
};

std::optional<CarbonDioxide> of_same_gas(Inquiry const& q, EventTime t) {
    for (auto signal : {Signal::paco2, Signal::pco2_untyped})
        for (auto const& s : q.timeline.range(signal, t - model::Duration{1}, t)) {
            if (s.is_word || s.comparator != model::Comparator::exactly) continue;
            if (const auto v = core::canonical(q.rules, signal, s.value, s.unit)) return CarbonDioxide{signal, s, *v};
        }
    return std::nullopt;
}

// FiO2 * 713 - PaCO2 / 0.8 - PaO2, exactly.
std::optional<Ratio> gradient(Apache2Tables const& t, Ratio const& percent, Ratio const& paco2, Ratio pao2) {
    const auto inspired = model::scaled(percent, t.dry_pressure, model::Decimal{100, 0});
    auto exchanged = model::scaled(paco2, model::Decimal{1, 0}, t.exchange);
    if (!inspired || !exchanged) return std::nullopt;
    exchanged->num = -exchanged->num;
    pao2.num = -pao2.num;
    const auto alveolar = model::sum(*inspired, *exchanged);
    return alveolar ? model::sum(*alveolar, pao2) : std::nullopt;
}

// One gas, by the table that its oxygen asks for.
struct Judged {
    Pair pair;
    std::optional<CarbonDioxide> co2; // where it was asked for
    Ratio value;                      // A-aDO2 or PaO2
    std::int32_t points = 0;
};

void append(Inquiry const& q, ScorePart& part, Judged const& j) {
    if (j.pair.inspired.estimated) add_flag(part, model::Flag::fio2_estimated);
    if (j.pair.device_pf) add_flag(part, model::Flag::device_pf_disagrees);
    if (j.pair.gas.sample.suspect || (j.co2 && j.co2->sample.suspect)) add_flag(part, model::Flag::extreme_verify);
    if (!q.explain) return;
    auto e = evidence_of(j.pair.gas.signal, j.pair.gas.sample, Verdict::used);
    e.compared = model::round_half_up(j.value, 1);
    e.compared_unit = model::Unit::mmHg;
    part.evidence.push_back(e);
    if (j.co2) part.evidence.push_back(evidence_of(j.co2->signal, j.co2->sample, Verdict::used));
    auto const& inspired = j.pair.inspired.evidence;
    part.evidence.insert(part.evidence.end(), inspired.begin(), inspired.end());
    if (auto const& a = j.pair.gas.attested)
        part.evidence.push_back(evidence_of(Signal::arterial_gas, *a, Verdict::used));
    if (auto const& d = j.pair.device_pf)
        part.evidence.push_back(evidence_of(Signal::pf_device, *d, Verdict::refused, Reason::conflict));
}

// A person's word decides; else the code of the gas, or that of the oxygen in it.
bool is_arterial(Inquiry const& q, EventTime t, bool typed) {
    if (const auto a = attestation_of_gas(q, t)) return a->word == model::Word::arterial;
    return typed || !q.timeline.range(Signal::pao2, t - model::Duration{1}, t).empty();
}
Reason typed(Inquiry const& q, Sample const& s) {
    return is_arterial(q, s.time, true) ? Reason::none : Reason::not_arterial;
}
Reason untyped(Inquiry const& q, Sample const& s) {
    return is_arterial(q, s.time, false) ? Reason::none : Reason::not_arterial;
}

bool has_arterial_gas(Inquiry const& q) {
    for (auto analyte : {acidity, oxygen_tension, carbon_dioxide})
        for (auto signal : {analyte.arterial, analyte.untyped})
            for (auto const& s : q.timeline.range(signal, q.after, q.at))
                if (is_arterial(q, s.time, signal == analyte.arterial)) return true;
    return false;
}

} // namespace

ScorePart apache2_oxygenation(Inquiry& q, EventTime) {
    auto const& t = q.rules.tables.apache2;
    const auto most = std::max(most_points(t.gradient), most_points(t.tension));
    auto part = unmeasured(Part::oxygenation, most);
    std::optional<Judged> worst;
    ScorePart refused;
    bool open = false; // a gas that could be anything
    for (auto const& gas : gases(q, q.after, q.at)) {
        Judged j{pair_with_oxygen(q, gas, {}), {}, {}, 0};
        if (!j.pair.pf) {
            const bool nobodys = j.pair.why_not == Reason::not_arterial && gas.signal != Signal::pao2;
            if (!nobodys && q.explain) append_refused(refused, j.pair);
            flag_refused(refused, j.pair);
            open = open || (!nobodys && j.pair.why_not != Reason::not_arterial);
            continue;
        }
        const bool by_gradient = *j.pair.inspired.percent >= t.gradient_from;
        std::optional<Ratio> value = j.pair.pao2;
        if (by_gradient) {
            j.co2 = of_same_gas(q, gas.sample.time);
            value = j.co2 ? gradient(t, *j.pair.inspired.percent, j.co2->mmhg, *j.pair.pao2) : std::nullopt;
        }
        if (!value) {
            open = true;
            if (!q.explain) continue;
            refused.evidence.push_back(evidence_of(gas.signal, gas.sample, Verdict::refused, Reason::no_value));
            refused.evidence.push_back(missing(Signal::paco2));
            continue;
        }
        auto const& table = by_gradient ? t.gradient : t.tension;
        j.value = *value;
        j.points = table.ranges[range_of(table, j.value)].points;
        if (!worst || j.points >= worst->points) worst = std::move(j);
    }
    if (worst) {
        settle(part, worst->points);
        if (open) part.upper = most;
        append(q, part, *worst);
    }
    part.evidence.insert(part.evidence.end(), refused.evidence.begin(), refused.evidence.end());
    for (auto f : refused.flags) add_flag(part, f);
    if (q.unexplained(part)) part.evidence.push_back(missing_or_stale(q, Signal::pao2));
    return part;
}

ScorePart apache2_acid_base(Inquiry& q, EventTime) {
    auto const& columns = q.rules.tables.apache2.columns;
    constexpr std::array ph = {ResultSource{Signal::ph, typed}, ResultSource{Signal::ph_untyped, untyped}};
    constexpr std::array hco3 = {ResultSource{Signal::hco3}};
    std::array found = {result_of(q, columns_of(columns, Part::acid_base, Signal::ph), ph, {}), Finding{}};
    if (has_arterial_gas(q)) return part_of(Part::acid_base, std::span{found}.first(1));
    found[1] = result_of(q, columns_of(columns, Part::acid_base, Signal::hco3), hco3, {});
    return part_of(Part::acid_base, found);
}

} // namespace vigil::scores
