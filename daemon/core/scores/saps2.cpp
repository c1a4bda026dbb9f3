#include "core/scores/saps2.hpp"

#include "core/scores/first_day.hpp"
#include "core/scores/rates.hpp"
#include "core/scores/signal_groups.hpp"

#include <array>

namespace vigil::scores {

using model::EventTime;
using model::Part;
using model::ScorePart;
using model::Signal;
using model::Verdict;

namespace {

constexpr std::array own_signals = {
    Signal::hr,
    Signal::pulse,
    Signal::temp,
    Signal::uo,
    Signal::uo_day,
    Signal::urea,
    Signal::wbc,
    Signal::k,
    Signal::na,
    Signal::hco3,
    Signal::bili,
    Signal::metastatic_cancer,
    Signal::haematological_malignancy,
    Signal::aids,
    Signal::admission_type,
};
constexpr auto signals = joined(own_signals, oxygenation_signals, pressure_signals, coma_signals, model::sedating);

Saps2Tables const& tables(Inquiry const& q) { return q.rules.tables.saps2; }

RangeTable const& column(Inquiry const& q, Part part, Signal signal) {
    return columns_of(tables(q).columns, part, signal).front();
}

ScorePart age(Inquiry& q, EventTime) { return age_points(q, tables(q).ages); }
ScorePart heart(Inquiry& q, EventTime) { return part_of(Part::hr, heart_rate(q, column(q, Part::hr, Signal::hr))); }
ScorePart pressure(Inquiry& q, EventTime) {
    return part_of(Part::sbp, systolic_pressure(q, column(q, Part::sbp, Signal::sbp)));
}
ScorePart temperature(Inquiry& q, EventTime) {
    const std::array sources = {Source{Signal::temp}};
    return part_of(Part::temp, vital_sign(q, sources, column(q, Part::temp, Signal::temp)));
}

template <Part part, Signal signal>
ScorePart laboratory_part(Inquiry& q, EventTime) {
    return worst_result(q, tables(q).columns, part, signal);
}

std::int32_t coma_points(Inquiry const& q, std::int32_t total) {
    auto const& t = tables(q).gcs;
    return t.ranges[range_of(t, model::Decimal{total, 0})].points;
}
ScorePart coma(Inquiry& q, EventTime) { return worst_coma(q, most_points(tables(q).gcs), coma_points); }

// The disease with most points of those that a person attested; one that nobody spoke of may be there.
ScorePart chronic_disease(Inquiry& q, EventTime asked) {
    auto part = unmeasured(Part::chronic, 0);
    for (auto const& disease : tables(q).chronic) {
        const auto fact = yes_or_no(q, disease.signal, asked);
        const bool present = fact.said == true;
        if (fact.said != false) part.upper = std::max(part.upper, disease.points);
        if (q.explain) {
            const auto e = fact.said ? evidence_of(disease.signal, *fact.sample, Verdict::used)
                                     : missing(disease.signal, model::Reason::none);
            const bool first = present && disease.points > part.lower;
            part.evidence.insert(first ? part.evidence.begin() : part.evidence.end(), e);
        }
        if (present) part.lower = std::max(part.lower, disease.points);
    }
    const auto upper = part.upper;
    if (part.lower > 0 || upper == 0) settle(part, part.lower);
    part.upper = upper;
    return part;
}

ScorePart admission(Inquiry& q, EventTime asked) {
    auto part = unmeasured(Part::admission, 0);
    const auto said = attested_of_stay(q, Signal::admission_type, asked);
    for (auto const& type : tables(q).admission) part.upper = std::max(part.upper, type.points);
    for (auto const& type : tables(q).admission)
        if (said && said->is_word && said->word == type.word) settle(part, type.points);
    if (q.explain)
        part.evidence.push_back(said ? evidence_of(Signal::admission_type, *said,
                                                   part.points ? Verdict::used : Verdict::refused,
                                                   part.points ? model::Reason::none : model::Reason::no_value)
                                     : missing(Signal::admission_type, model::Reason::none));
    return part;
}

constexpr std::array parts = {
    Part::total, Part::age,  Part::hr,      Part::sbp,       Part::temp,      Part::oxygenation,
    Part::urine, Part::urea, Part::wbc,     Part::k,         Part::na,        Part::hco3,
    Part::bili,  Part::gcs,  Part::chronic, Part::admission, Part::mortality,
};

void assemble(std::span<ScorePart> all) { add_up_first_day(all.first(all.size() - 1)); }

void conclude(std::span<ScorePart> all, core::Rulebook const& rules) {
    auto const& total = all.front();
    tell_mortality(all.back(), total,
                   total.points ? log_odds_of(rules.tables.saps2.odds, *total.points) : std::nullopt);
}

template <std::size_t place, OfFirstDay answer, Reading reading = Reading::to_the_instant>
constexpr Component part_at() {
    return {[](Inquiry& q, std::span<ScorePart> out) {
                out[0] = of_first_day(q, parts[place], tables(q).stands, reading, answer);
            },
            place, 1};
}

constexpr std::array components = {
    part_at<1, age>(),
    part_at<2, heart, Reading::to_the_minute>(),
    part_at<3, pressure, Reading::to_the_minute>(),
    part_at<4, temperature, Reading::to_the_minute>(),
    part_at<5, saps2_oxygenation>(),
    part_at<6, saps2_urine>(),
    part_at<7, laboratory_part<Part::urea, Signal::urea>>(),
    part_at<8, laboratory_part<Part::wbc, Signal::wbc>>(),
    part_at<9, laboratory_part<Part::k, Signal::k>>(),
    part_at<10, laboratory_part<Part::na, Signal::na>>(),
    part_at<11, laboratory_part<Part::hco3, Signal::hco3>>(),
    part_at<12, laboratory_part<Part::bili, Signal::bili>>(),
    part_at<13, coma>(),
    part_at<14, chronic_disease>(),
    part_at<15, admission>(),
};

} // namespace

constinit const Definition saps2_definition{model::ScoreId::saps2,      parts, components, assemble,    signals,
                                            edition_of<&Tables::saps2>, true,  conclude,   only_by_day, true};

} // namespace vigil::scores
