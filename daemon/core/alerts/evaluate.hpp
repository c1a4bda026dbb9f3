#pragma once
// The first step: what each rule makes of its subject at one instant. Rules over time are evaluated along the course
// and settled (lanes.hpp); the others look at the present alone.

#include "core/alerts/condition.hpp"
#include "core/alerts/course.hpp"
#include "core/alerts/lanes.hpp"

namespace vigil::alerts {

using Conditions = std::vector<Condition>;

// Conditions of the settled lanes: organs, rise, oxygenation, refractory hypoxaemia.
void evaluate_course(PatientView const& view, Standing const& standing, Followed const& followed, Lanes const& lanes,
                     Conditions& out, Wake& wake);
// Laboratory values outside their soft range, one condition a signal.
void evaluate_labs(PatientView const& view, Conditions& out, Wake& wake);
// A bed whose monitors went quiet, inputs past their age, a pump nobody hears, a person who is not the one expected, a
// suspension.
void evaluate_inputs(PatientView const& view, Standing const& standing, Followed const& followed, Conditions& out,
                     Wake& wake);
// The card of an admission.
void evaluate_admission(PatientView const& view, Conditions& out, Wake& wake);
// Classes and stages of scores that run (rule.hpp, ScoreLevel); one that stands ends when it was not seen for its
// dwell.
void evaluate_score_levels(PatientView const& view, Standing const& standing, Conditions& out, Wake& wake);
// Quantities that move the wrong way (rule.hpp, Trend).
void evaluate_trends(PatientView const& view, Conditions& out, Wake& wake);
// Limits that somebody set for this patient; one that stands ends when a stream was inside for as long as it was out.
void evaluate_limits(PatientView const& view, Standing const& standing, Conditions& out, Wake& wake);
// Alarms that devices say they have (rule.hpp, StateRule).
void evaluate_states(PatientView const& view, Standing const& standing, Conditions& out, Wake& wake);
// Late results that are still shown.
void evaluate_late(PatientView const& view, Standing const& standing, Conditions& out, Wake& wake);

// The cause that an adapter has gone only just now: `inhibited_by` of a lost feed until `lost_after`.
inline constexpr std::string_view reconnecting = "reconnecting";

void evaluate_source(SourceView const& view, Standing const& standing, Conditions& out);
// A listed feed is expected from the start on: one with a time of its own to say something, one that may be quiet at
// least to have an adapter.
struct ExpectedFeed {
    bool heard = false;
    model::Duration within; // of the start
};
ExpectedFeed expected(DaemonView const& view, core::SourceSettings const& settings);
void evaluate_daemon(DaemonView const& view, Conditions& out);

// Everything that is true, absent or unknown of an encounter now: brings the course up, settles, evaluates, suppresses.
// What was shown before matters to two things only: whether a limit that somebody set is still overstepped, and whether
// what an admission explains is worse than it was.
Conditions conditions_of(PatientView const& view, Standing& standing);

Condition condition_of(Rule const& rule);
// A reading as it was reported, used.
model::Evidence evidence_of(model::Signal signal, model::Sample const& s);

} // namespace vigil::alerts
