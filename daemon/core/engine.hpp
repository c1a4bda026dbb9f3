#pragma once
// Internal to the core: what one step works with. Included by step*.cpp only.

#include "core/alerts/path.hpp"
#include "core/census.hpp"
#include "core/intake.hpp"
#include "core/step.hpp"

#include <functional>
#include <limits>
#include <memory>
#include <unordered_map>

namespace vigil::scores {
struct Notes;
struct SharedByProduct;
class Settled;
} // namespace vigil::scores

namespace vigil::core {

using model::SignalSet;

inline constexpr std::string_view attested_source = "attested"; // what people enter, beside the feeds

// Lookups that follow from state and rulebook alone. Unordered containers are only ever looked up, never walked.
struct Derived {
    std::vector<Mapping> mappings;         // by ChannelId - 1
    std::vector<Attribution> attributions; // by SubjectId - 1; an empty range means not known
    std::unordered_map<std::string, model::SourceId> sources;
    std::unordered_multimap<std::uint64_t, model::ChannelId> channels;
    std::unordered_multimap<std::uint64_t, model::SubjectId> subjects;
    std::vector<std::unordered_multimap<std::uint64_t, std::uint64_t>> seen; // per source: message key → journal seq
    SignalSet kept;                                                          // signals a score or an alert rule reads
    SignalSet concerning;                 // signals that can change a patient's conditions at once
    model::LogTime next_due;              // nothing can change by itself before it
    std::vector<SignalSet> read_by_score; // by index in Rulebook::scores
    std::optional<std::size_t> course;    // the run of SOFA whose course other scores look back at
    Witness* witness = nullptr;
    std::shared_ptr<scores::Notes> room;             // scores are worked out in
    std::shared_ptr<scores::SharedByProduct> shared; // what those of one patient at one instant work out alike
    // By EncounterId - 1: what they worked out of what is over.
    std::vector<std::shared_ptr<scores::Settled>> settled;
};

// An encounter an event touched: which signals, and from when on its past may look different.
struct Touched {
    model::EncounterId encounter;
    SignalSet signals;
    model::EventTime earliest;
    // The same with what a correction of an order may have taken out at another time.
    model::EventTime past_from{std::numeric_limits<std::int64_t>::max()};
    bool everything = false; // all scores, whatever was touched
    bool anew = false;       // its whole past may differ (rulebook, merge, claim)
    bool corrects = false;   // what had been known was replaced, taken back or told late, and not only added to
    bool timely = false;     // something other than a late result arrived
    bool now = false;        // evaluate at once; else at the end of the running minute
    bool refused = false;    // a reading of its signals was refused: shown as evidence
    std::vector<alerts::LateReading> late;
};

struct Step {
    State& state;
    Rulebook const& rules;
    Derived& derived;
    Event const& event;
    std::vector<Effect>& effects;
    std::vector<Touched> touched;
    // Readings that waited and found their patient when their channel had got another meaning: to be recalled.
    std::vector<std::pair<model::EncounterId, model::Signal>> regained;
};

std::uint64_t key_of(model::Channel const& channel);
std::uint64_t key_of(model::Subject const& subject);
std::uint64_t key_of(std::string_view message_id, model::Digest const& content, std::uint32_t part);

model::SourceId source_id(Step& step, std::string_view name);
Touched& touch(Step& step, model::EncounterId encounter, model::EventTime earliest);
// Its whole past may look different: evaluate everything again.
void touch_whole(Step& step, model::EncounterId encounter);

// The bed an encounter's topics stand under: its own, or that of a stay it absorbed.
model::BedId bed_of(State const& state, model::EncounterId id);

// step_frame.cpp
void take_frame(Step& step, model::Frame const& frame);
// The encounter a reading belongs to, through the cache; may open one where a source may imply an admission.
Attribution whose(Step& step, model::SourceId source, model::SubjectId id, model::EventTime when,
                  model::EventTime told);
// Whoever lies in the bed this subject's readings name, or has the visit they name, is looked at in the next second: an
// identity conflict came or
// went.
void wake_bed_of(Step& step, model::SubjectId subject);
void take_quarantined(Step& step, Quarantined const& what);
// Places one sample where the census says it belongs; used again when the census changes its mind.
void place(Step& step, model::Signal signal, model::SignalKind kind, model::Sample const& sample);
// One that waited for its patient.
void take_held(Step& step, Held const& held);
// For `obs` and freshness: the newest reading of a signal.
void note_newest(Encounter& e, model::Signal signal, model::EventTime time, model::Reason refused,
                 model::Value const& value, model::Unit unit);
model::Value value_of(model::Sample const& sample);

// step_recall.cpp
Meaning meaning_of(Mapping const& mapping);
// The journal is to be read again: for a stretch, or for all that is kept of these signals.
void recall(Step& step, model::EncounterId encounter, model::Signal signal, model::EventTime from, model::EventTime to);
void recall_all_kept(Step& step, model::EncounterId encounter, SignalSet const& signals,
                     model::EventTime since = {std::numeric_limits<std::int64_t>::min()});
// The same of who was let go of and is back; of a weight, and of what was attested, all that there ever was.
void recall_returned(Step& step, model::EncounterId encounter);
bool awaits_rows(Encounter const& e, model::Signal signal);
// Channels that mean something else than when they were last looked at: their readings are recalled for everybody.
void take_meanings(Step& step);
void take_recalled(Step& step, Recalled const& recalled, std::vector<Event> const& rows);

// step_census.cpp
void take_census(Step& step, CensusChange const& change);
// One whom readings name lies where readings of the bed alone had opened a stay.
void take_bed(Step& step, model::EncounterId named, model::EventTime when);
// A discharge or transfer told ahead of its time: the time has come.
void take_ahead(Step& step, Encounter& e);
void take_attested(Step& step, Attested const& attested);
void take_assigned(Step& step, Assigned const& assigned);

// step_days.cpp
// Some reading is, or was, of this encounter.
bool was_heard_of(Encounter const& e);
// When days of this encounter are to be looked at, and that: those that ended, that become final, that are asked for.
model::LogTime days_due(Step const& step, Encounter const& e);
void take_days(Step& step, Encounter& e);
// Admission, end or whose readings they are may be others now.
void wake_days(Step& step, Encounter& e);
// Something (of these signals; null: whatever) from this time on is not what it was: days that are final may change.
void mark_days(Step& step, Encounter& e, SignalSet const* signals, model::EventTime from, DayReason why);
void take_day_read(Step& step, DayRead const& read);
// After a start; after the rulebook changed.
void restart_days(Step& step);
void days_by_new_rules(Step& step);

// step_evaluate.cpp
void evaluate_touched(Step& step);
void tick_to(Step& step, model::LogTime to);
void evaluate_technical(Step& step);
// Silence counts from here on: everything that waited for it is looked at.
void end_recovery(Step& step);

// step_handling.cpp
void take_acknowledged(Step& step, Acknowledged const& ack);
void take_paused(Step& step, Paused const& p);
void take_shelved(Step& step, Shelved const& s);
void take_judged(Step& step, Judged const& j);
void take_standby(Step& step, StoodBy const& s);
void take_care_limited(Step& step, CareLimited const& c);
void take_limit(Step& step, LimitSet const& l);

} // namespace vigil::core
