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

// The encounters in a bed at an instant (normally at most one). One that readings of the bed alone had opened, and that
// nobody has named, is none beside another; what was absorbed lies there until its survivor lies elsewhere or has left.
std::vector<model::EncounterId> occupants(State const& state, model::BedId bed, model::EventTime when);

// Of that visit, absorbed or not; nobody: none is.
model::EncounterId with_visit(State const& state, std::string const& visit);
// Nothing but a name for the encounter it was merged into, since `closed`.
bool is_name_only(Encounter const& e);
// Nothing but readings speaks of it, no admission system has; and of those the ones that name nobody.
bool is_of_readings_alone(Encounter const& e);
bool is_unnamed(Encounter const& e);

// Follows merges to the encounter that now holds the record.
model::EncounterId surviving(State const& state, model::EncounterId id);

Encounter& at(State& state, model::EncounterId id);
Encounter const& at(State const& state, model::EncounterId id);

// Dictionary ids, handed out in order of first appearance.
model::BedId bed_id(State& state, model::Location const& location);
std::optional<model::BedId> find_bed(State const& state, model::Location const& location);
model::SubjectId subject_id(State& state, model::Subject const& subject);

// What a person attests at a bed is said of who lies there then, and stays with that one wherever the census comes to
// know that he lay: by the best name there is.
model::Subject subject_attested(Encounter const& encounter, model::Location const& bed);

// Opens an encounter for this subject. The pseudonym is made of its token; `implied` when no admission said so.
model::EncounterId open_encounter(State& state, model::Subject const& subject, model::EventTime from, bool implied);

// Stays, last bed, opened and closed from the movements, in an order of their own (admissions, transfers and
// discharges by effective time; a cancellation undoes the newest of its kind told before it, and of discharges every
// one since the patient came).
void derive_stays(Encounter& encounter);

// A discharge or transfer told ahead of its time changes nothing before it: bed and ending as of `now`, and when that
// has to be asked again.
void settle(Encounter& encounter, model::EventTime now);

// census_number.cpp: a visit has another number from now on, or turns out to be one with another visit.
struct NumberChange {
    bool changed = false;
    model::EncounterId absorbed; // into the one that has the new number
    model::BedId bed;            // it lay in
    bool returns = false;        // who had left under the prior number
};
// Of a message that names its visit's prior number as well. Numbers of two people change nothing and are counted.
NumberChange change_number(State& state, CensusChange const& change, model::EventTime when, model::EventTime told,
                           model::EventTime now);
// What is told under this number is of that encounter. True: nobody had it.
bool keep_number(State& state, std::string const& visit, model::EncounterId owner, model::EventTime told);

// An admission system's word, or a name, outweighs what readings of a bed implied: who lies in the bed of `named` by
// such readings alone leaves it when that one comes, or was him all along. `absorbed`: nothing is left of them.
struct Yielded {
    std::vector<model::EncounterId> absorbed, ended;
};
Yielded yield_bed(State& state, model::EncounterId named, model::EventTime now);

// What a census message changed, for `step` to publish and to attribute again.
struct CensusOutcome {
    std::optional<model::EncounterId> encounter; // the one it speaks of
    bool opened = false;
    bool changed = false;                       // stays, closing or identity differ from before
    bool described = false;                     // age or sex do
    std::optional<model::EncounterId> absorbed; // merge, unmerge, a changed number: the other one
    model::BedId absorbed_bed;                  // where it lay
    Yielded yielded;                            // the bed to this one
    model::BedId bed_before, bed_now;
    bool closed_before = false, closed_now = false;
    // Readings since then can belong to somebody else than before; empty: none does by time and bed.
    std::optional<model::EventTime> stays_differ_from;
    model::Reason refused = model::Reason::none; // no_time, unassigned (nobody it could mean), not_production
};
CensusOutcome apply(State& state, CensusChange const& change, model::LogTime at, model::EventTime fallback);

} // namespace vigil::core
