#pragma once
// Whose reading is it? The census says who lay where and when, by event time; attributing a reading to the wrong
// patient is the worst mistake this system can make, so whatever is contradictory is quarantined and whatever nobody
// can claim stays unassigned.

#include "core/state.hpp"

#include <optional>
#include <vector>

namespace vigil::core {

struct Attribution {
    model::EncounterId encounter;               // nobody: see reason
    model::Reason reason = model::Reason::none; // unassigned, identity_conflict
    // The answer holds for this subject at any time in [from, to), so that a stream need not ask again; empty range:
    // only here.
    model::EventTime from, to;
};

// The visit number, directly; then patient token and location through the census at `when`. A visit the census does not
// know is the stay of its patient where that stay's visit was never told. identity_conflict: visit and patient
// disagree, or the bed belongs to somebody else both at `when` and when the message was `told`, or two patients claim
// the bed.
Attribution attribute(State const& state, model::SubjectId subject, model::EventTime when, model::EventTime told);
// The same for a reading of a feed: what the census cannot answer, a claim by a person does.
Attribution attribute(State const& state, model::SubjectId subject, model::SourceId source, model::EventTime when,
                      model::EventTime told);
std::optional<Attribution> claimed(State const& state, model::SubjectId subject, model::SourceId source,
                                   model::EventTime when);

// An authority that has numbered both has given them no number in common, whatever else they share; or nobody says who
// gave the numbers, and none is shared. Numbers of different authorities say nothing of each other.
bool contradicts(std::vector<std::string> const& a, std::vector<std::string> const& b);
// A number is shared, and nothing contradicts it.
bool is_same_person(std::vector<std::string> const& a, std::vector<std::string> const& b);
bool is_other_person(State const& state, std::vector<std::string> const& patients, Encounter const& e);

// The one stay of a patient that lies in a bed at an instant; nobody: none does, or more than one.
model::EncounterId lying_in(State const& state, std::vector<std::string> const& patients,
                            model::Location const& location, model::EventTime when);

// The encounters in a bed at an instant (normally at most one).
std::vector<model::EncounterId> occupants(State const& state, model::BedId bed, model::EventTime when);

// Follows merges to the encounter that now holds the record.
model::EncounterId surviving(State const& state, model::EncounterId id);

Encounter& at(State& state, model::EncounterId id);
Encounter const& at(State const& state, model::EncounterId id);

// Dictionary ids, handed out in order of first appearance.
model::BedId bed_id(State& state, model::Location const& location);
std::optional<model::BedId> find_bed(State const& state, model::Location const& location);
model::SubjectId subject_id(State& state, model::Subject const& subject);

// Opens an encounter for this subject. The pseudonym is made of its token; `implied` when no admission said so.
model::EncounterId open_encounter(State& state, model::Subject const& subject, model::EventTime from, bool implied);

// Stays, last bed, opened and closed from the movements, in an order of their own (admissions, transfers and
// discharges by effective time; a cancellation undoes the newest of its kind told before it).
void derive_stays(Encounter& encounter);

// A discharge or transfer told ahead of its time changes nothing before it: bed and ending as of `now`, and when that
// has to be asked again.
void settle(Encounter& encounter, model::EventTime now);

// What a census message changed, for `step` to publish and to attribute again.
struct CensusOutcome {
    std::optional<model::EncounterId> encounter; // the one it speaks of
    bool opened = false;
    bool changed = false;                       // stays, closing or identity differ from before
    bool described = false;                     // age or sex do
    std::optional<model::EncounterId> absorbed; // merge, unmerge: the other one
    model::BedId bed_before, bed_now;
    bool closed_before = false, closed_now = false;
    // Readings since then can belong to somebody else than before; empty: none does by time and bed.
    std::optional<model::EventTime> stays_differ_from;
    model::Reason refused = model::Reason::none; // no_time, unassigned (nobody it could mean), not_production
};
CensusOutcome apply(State& state, CensusChange const& change, model::LogTime at, model::EventTime fallback);

} // namespace vigil::core
