#pragma once
// The course of SOFA over a stay, kept on the patient's timeline as two derived signals that Sepsis-3 looks back at:
// what is certain of the total (`sofa_sum`) and the most it could be (`sofa_most`), each from the instant at which it
// became so. What stands there follows from the other readings alone, never from the order in which they came.

#include "core/scores/memory.hpp"
#include "core/scores/registry.hpp"

namespace vigil::scores {

// The SOFA that these scores look back at: the product `rolling` under the policy and in the basis of the first of them
// that does (scores.md 6.3: never SOFA-2); empty when none of them does.
std::optional<model::ScoreKey> course_followed(std::span<model::ScoreKey const> keys, core::Rulebook const& rules);
// What a Memory that also keeps the course is made of: the keys, and that SOFA behind them.
std::vector<model::ScoreKey> with_course(std::vector<model::ScoreKey> keys, core::Rulebook const& rules);
// The score looks back at the course of SOFA.
bool reads_course(model::ScoreId id);

// Follows the course over [from, to] and notes on `timeline`, which is the patient's, what became different. `run` is
// the SOFA's index in the memory. Nothing of the course may stand behind `from`.
void follow_course(Memory& memory, std::size_t run, Patient const& patient, model::Timeline& timeline,
                   model::EventTime from, model::EventTime to, core::Rulebook const& rules,
                   model::Retention const& keep);
// Takes out what stands of the course in the minutes from `from` to `to`, and says where it now ends.
model::EventTime take_course_out(model::Timeline& timeline, model::EventTime from, model::EventTime to);
// The same, and follows it anew up to `to`.
void follow_anew(model::ScoreKey sofa, Patient const& patient, model::Timeline& timeline, model::EventTime from,
                 model::EventTime to, core::Rulebook const& rules, model::Retention const& keep);
// Some of the course stands at or before `at`.
bool has_course(model::Timeline const& timeline, model::EventTime at);
// The newest of the course says other than this total does.
bool differs_from_course(model::Timeline const& timeline, model::ScorePart const& total, model::EventTime at);

} // namespace vigil::scores
