#include "core/scores/apache2.hpp"

#include "core/scores/first_day.hpp"
#include "core/scores/rates.hpp"
#include "core/scores/signal_groups.hpp"

#include <array>

namespace vigil::scores {

using model::EventTime;
using model::Part;
using model::PartState;
using model::ScorePart;
using model::Signal;
using model::Verdict;
using model::Word;

namespace {

constexpr std::array own_signals = {
    Signal::temp,
    Signal::hr,
    Signal::pulse,
    Signal::rr,
    Signal::rr_total,
    Signal::ph,
    Signal::ph_untyped,
    Signal::hco3,
    Signal::na,
    Signal::k,
    Signal::crea,
    Signal::crea_baseline,
    Signal::uo,
    Signal::uo_day,
    Signal::weight,
    Signal::chronic_dialysis,
    Signal::acute_renal_failure,
    Signal::rrt,
    Signal::hct,
    Signal::wbc,
    Signal::chronic_health,
    Signal::haematological_malignancy,
    Signal::aids,
    Signal::admission_type,
    Signal::apache2_weight,
};
constexpr auto signals = joined(own_signals, oxygenation_signals, pressure_signals, coma_signals, model::sedating);

Apache2Tables const& tables(Inquiry const& q) { return q.rules.tables.apache2; }

RangeTable const& column(Inquiry const& q, Part part, Signal signal) {
    return columns_of(tables(q).columns, part, signal).front();
}

ScorePart temperature(Inquiry& q, EventTime) {
    const std::array sources = {Source{Signal::temp}};
    return part_of(Part::temp, vital_sign(q, sources, column(q, Part::temp, Signal::temp)));
}
ScorePart pressure(Inquiry& q, EventTime) {
    return part_of(Part::map, mean_pressure(q, column(q, Part::map, Signal::map)));
}
ScorePart heart(Inquiry& q, EventTime) { return part_of(Part::hr, heart_rate(q, column(q, Part::hr, Signal::hr))); }
// Ventilated or not: all breaths.
ScorePart breathing(Inquiry& q, EventTime) {
    return part_of(Part::rr, respiratory_rate(q, column(q, Part::rr, Signal::rr)));
}

template <Part part, Signal signal>
ScorePart laboratory_part(Inquiry& q, EventTime) {
    return worst_result(q, tables(q).columns, part, signal);
}

std::int32_t below_full(Inquiry const& q, std::int32_t total) { return tables(q).full_gcs - total; }
ScorePart coma(Inquiry& q, EventTime) { return worst_coma(q, below_full(q, 3), below_full); }

ScorePart age(Inquiry& q, EventTime) { return age_points(q, tables(q).ages); }

// Known as far as a person said; `unknown` is nothing said.
std::optional<model::Sample> admission(Inquiry& q, EventTime asked) {
    const auto s = attested_of_stay(q, Signal::admission_type, asked);
    return s && s->is_word && s->word != Word::unknown ? s : std::nullopt;
}

// Severe organ insufficiency or immunocompromise as such, or by what is one (Knaus 1985, chronic health definitions).
ScorePart chronic_health(Inquiry& q, EventTime asked) {
    auto const& t = tables(q);
    auto part = unmeasured(Part::chronic, std::max(t.chronic, t.elective));
    std::optional<model::Sample> present;
    for (auto s : {Signal::aids, Signal::haematological_malignancy, Signal::chronic_dialysis, Signal::chronic_health}) {
        const auto fact = yes_or_no(q, s, asked);
        if (!fact.said) continue;
        if (*fact.said) present = fact.sample;
        if (s == Signal::chronic_health && !present) settle(part, 0);
        if (q.explain) {
            auto e = evidence_of(s, *fact.sample, Verdict::used);
            part.evidence.insert(*fact.said ? part.evidence.begin() : part.evidence.end(), e);
        }
    }
    if (present) {
        // Before surgery is known to be elective, or not to be, the fewer points are certain.
        const auto surgery = admission(q, asked);
        const auto least = std::min(t.chronic, t.elective), most = part.upper;
        settle(part, surgery ? (surgery->word == Word::scheduled_surgical ? t.elective : t.chronic) : least);
        if (!surgery) part.upper = most;
        if (q.explain)
            part.evidence.push_back(surgery ? evidence_of(Signal::admission_type, *surgery, Verdict::used)
                                            : missing(Signal::admission_type, model::Reason::none));
    }
    if (q.unexplained(part)) part.evidence.push_back(missing(Signal::chronic_health, model::Reason::none));
    return part;
}

// What the diagnostic category and emergency surgery add to the log odds. Without a person's word there is none: the
// weights are not reproduced here, and 0 is one of them.
ScorePart diagnosis(Inquiry& q, EventTime asked) {
    auto part = unmeasured(Part::diagnosis, 0);
    part.value_unit = model::Unit::fraction;
    const auto weight = attested_of_stay(q, Signal::apache2_weight, asked);
    const auto surgery = admission(q, asked);
    const bool exact = weight && !weight->is_word && weight->comparator == model::Comparator::exactly;
    if (q.explain) {
        part.evidence.push_back(weight ? evidence_of(Signal::apache2_weight, *weight,
                                                     exact ? Verdict::used : Verdict::refused,
                                                     exact ? model::Reason::none : model::Reason::comparator)
                                       : missing(Signal::apache2_weight, model::Reason::none));
        part.evidence.push_back(surgery ? evidence_of(Signal::admission_type, *surgery, Verdict::used)
                                        : missing(Signal::admission_type, model::Reason::none));
    }
    if (!exact || !surgery) return part;
    const bool emergency = surgery->word == Word::unscheduled_surgical;
    const auto sum =
        model::sum(model::ratio(weight->value), model::ratio(emergency ? tables(q).odds.emergency : model::Decimal{}));
    part.value = sum ? model::round_half_up(*sum, std::max<std::uint8_t>(weight->value.scale, 3)) : std::nullopt;
    if (part.value) part.state = PartState::valued;
    return part;
}

constexpr std::size_t scored = 15; // the total and what is summed up
constexpr std::array parts = {
    Part::total,     Part::temp, Part::map,     Part::hr,        Part::rr,        Part::oxygenation,
    Part::acid_base, Part::na,   Part::k,       Part::crea,      Part::hct,       Part::wbc,
    Part::gcs,       Part::age,  Part::chronic, Part::diagnosis, Part::mortality,
};
static_assert(parts[scored] == Part::diagnosis);

void assemble(std::span<ScorePart> all) { add_up_first_day(all.first(scored)); }

void conclude(std::span<ScorePart> all, core::Rulebook const& rules) {
    auto const &total = all.front(), &added = all[scored];
    const auto odds = total.points ? log_odds_of(rules.tables.apache2.odds, *total.points) : std::nullopt;
    tell_mortality(all.back(), total,
                   odds && added.value ? model::sum(*odds, model::ratio(*added.value)) : std::nullopt);
}

template <std::size_t place, OfFirstDay answer, Reading reading = Reading::to_the_instant>
constexpr Component part_at() {
    return {[](Inquiry& q, std::span<ScorePart> out) {
                out[0] = of_first_day(q, parts[place], tables(q).stands, reading, answer);
            },
            place, 1};
}

constexpr std::array components = {
    part_at<1, temperature, Reading::to_the_minute>(),
    part_at<2, pressure, Reading::to_the_minute>(),
    part_at<3, heart, Reading::to_the_minute>(),
    part_at<4, breathing, Reading::to_the_minute>(),
    part_at<5, apache2_oxygenation>(),
    part_at<6, apache2_acid_base>(),
    part_at<7, laboratory_part<Part::na, Signal::na>>(),
    part_at<8, laboratory_part<Part::k, Signal::k>>(),
    part_at<9, apache2_creatinine>(),
    part_at<10, laboratory_part<Part::hct, Signal::hct>>(),
    part_at<11, laboratory_part<Part::wbc, Signal::wbc>>(),
    part_at<12, coma>(),
    part_at<13, age>(),
    part_at<14, chronic_health>(),
    part_at<15, diagnosis>(),
};

} // namespace

constinit const Definition apache2_definition{model::ScoreId::apache2,      parts, components, assemble,    signals,
                                              edition_of<&Tables::apache2>, true,  conclude,   only_by_day, true};

} // namespace vigil::scores
