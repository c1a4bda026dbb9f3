#pragma once
// Outcome measures of trials (scores.md 12), pure functions of courses of support, what is known of the person, and
// daily scores. What is not known is missing, with the bounds of what it may be: never free, never alive.

#include "core/model/score.hpp"
#include "core/outcomes/course.hpp"

#include <optional>
#include <span>
#include <vector>

namespace vigil::outcomes {

// What is known of the person beside the readings.
struct Person {
    std::optional<model::EventTime> died;
    std::optional<model::EventTime> alive;         // last known alive; leaving alive counts
    std::optional<model::EventTime> left_unit;     // alive
    std::optional<model::EventTime> left_hospital; // alive
};

// An assisted period of which somebody said whether it was for a procedure only: told within it.
struct ToldProcedure {
    model::EventTime at;
    bool for_procedure = false;
};

// Why an outcome is what it is, or why there is none.
// clang-format off
#define VIGIL_OUTCOME_REASONS(X) X(counted) X(died) X(supported_throughout) X(never_supported) X(status_unknown) X(support_unknown) \
    X(procedure_unknown) X(hospital_unknown) X(contradiction)
// clang-format on
VIGIL_ENUM(OutcomeReason, std::uint8_t, outcome_reason, VIGIL_OUTCOME_REASONS)

struct Span {
    model::EventTime from, to;
    friend bool operator==(Span const&, Span const&) = default;
};

// Days free of something. Without `whole` it is missing and between `lower` and `upper`.
struct FreeDays {
    std::optional<std::int32_t> whole;  // completed days
    std::optional<model::Decimal> days; // to a tenth of a day, where days are counted continuously
    std::int32_t lower = 0, upper = 0;
    OutcomeReason reason = OutcomeReason::counted;
    std::optional<model::EventTime> rests_on; // final liberation, or death
    std::vector<Span> ignored;                // assisted periods that were for a procedure
    std::vector<Span> unknown;                // when nobody knows whether there was support
};

// VFD: from the end of the last assisted period to the last day; 0 for who died by then.
FreeDays ventilator_free_days(Course const& breathing, std::span<ToldProcedure const> procedures, Person const& person,
                              model::EventTime t0, Tables const& tables);
// OSFD: days, of 24 h from t0, alive and without any support in them; -1 for who died in hospital.
FreeDays organ_support_free_days(Course const& support, Person const& person, model::EventTime t0,
                                 Tables const& tables);

// Death by t0 + days * 24 h, that instant included.
struct Mortality {
    std::int32_t days = 0;
    Known died = Known::unknown;
    OutcomeReason reason = OutcomeReason::status_unknown;
    std::optional<model::EventTime> rests_on; // the death, or when the person was known alive
};
Mortality mortality(Person const& person, model::EventTime t0, std::int32_t days);

// Of daily SOFA totals, the first of which is the baseline day.
struct SofaCourse {
    std::optional<std::int32_t> max, total_max; // the greatest daily total; the sum of each component's greatest
    std::optional<model::Decimal> mean;         // of the days with a total, to a tenth
    std::int32_t days = 0;                      // with a total
    std::int32_t incomplete = 0;                // of these, with parts that were not measured
    std::optional<std::int32_t> baseline;
    std::optional<std::int32_t> delta;            // day d less baseline; none for who has died by then
    std::optional<std::int32_t> delta_with_death; // the same, a day after death taken for the worst there is
    std::optional<std::int32_t> died_on;          // the day of death, the baseline day being 1
};
// `began`: the beginning of the baseline day.
SofaCourse sofa_course(std::span<model::Score const> days, Person const& person, model::EventTime began,
                       std::int32_t day, Tables const& tables);

} // namespace vigil::outcomes
