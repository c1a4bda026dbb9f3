#pragma once
// What CRS and ICANS have in common: T0 of a cell product, and what a person attested of the cause (scores.md 0.12,
// 11).

#include "core/scores/inquiry.hpp"
#include "core/scores/support.hpp"

namespace vigil::scores {

// Infusions of which each came within the onset window of the one before it: split doses are one course.
struct Course {
    model::Sample product;    // the newest of the kind that decides
    model::EventTime t0;      // of the first; support from before it is nothing of the product's
    model::EventTime last_t0; // of the last; the onset window runs from it
    bool immune_effector = false;
    bool known = false; // the kind is
    bool harmonised() const { return known && !immune_effector; }
};
std::optional<Course> course_of(Inquiry& q, model::Duration onset_within);

enum class Cause : std::uint8_t { unknown, confirmed, other, death };
struct AttestedCause {
    Cause cause = Cause::unknown;
    model::EventTime onset;            // meaningful when confirmed: of the first that was not taken back since
    std::optional<model::Evidence> by; // also one that has run out
};
// Of this course. `other_cause` has to be attested again after `other_holds`: a later fever is another one.
AttestedCause cause_of(Inquiry& q, model::Signal signal, Course const& course, model::Duration other_holds);

// Whether the course is to be graded at all; flags and evidence of the total say why not.
bool to_be_graded(Inquiry& q, std::span<model::ScorePart> parts, std::optional<Course> const& course,
                  AttestedCause const& cause, model::Duration onset_within);

// The part of the question that lies after `t0`, as a question of its own.
Inquiry question_since(Inquiry const& q, model::EventTime t0);
// Takes over when to ask it again, and what it rests on.
void take_over(Inquiry& q, Inquiry const& part);

// Points where the bounds leave no doubt.
void settle_within(model::ScorePart& part, std::int32_t lower, std::int32_t upper);

// The names of a grade.
struct GradeNames {
    model::Label grade, candidate;
};
// The grade as far as it is certain: from `lower` to `upper` if the product is the cause. Until that is attested it is
// no grade, but a candidate's where something was found (`suspected`).
void grade(model::ScorePart& total, Course const& course, AttestedCause const& cause, std::int32_t lower,
           std::int32_t upper, bool suspected, GradeNames const& names);

} // namespace vigil::scores
