#pragma once
// The way from what is known to what staff are told: evaluate → settle → lifecycle → suppress → decide, each a pure
// function in its own file. The engine calls `advance` for a subject when something arrived for it or when `is_due`;
// nothing here keeps a clock. A condition is a function of the readings known now, never of the order in which they
// came; two look at what was shown as well, and evaluate.hpp says which: the limit of one patient, and what an
// admission explains.

#include "core/alerts/alert.hpp"
#include "core/alerts/standing.hpp"
#include "core/state.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace vigil::scores {
struct Patient;
}

namespace vigil::alerts {

// A reading that corrects history only: superseded on arrival, or older than its signal's maximum age (scores.md 0.11).
struct LateReading {
    model::Signal signal{};
    model::Sample sample;
};

// What the rules may look at for one open encounter at one instant.
struct PatientView {
    core::Encounter const& encounter; // its `alerts` are not read: they are the Standing passed beside it
    scores::Patient const& patient;   // of the same encounter, as scores::evaluate takes it
    core::Rulebook const& rules;
    model::LogTime at;
    model::EventTime now;    // patient_now(at); later only if the newest reading's time is (at most 60 s)
    bool recovering = false; // silence and staleness wait
    // The earliest event time at which a reading was placed, replaced, taken out or re-attributed since the last call;
    // the earliest instant there is (EventTime{INT64_MIN}) after a change of rulebook, a merge or a recall. Empty: only
    // time passed.
    std::optional<model::EventTime> touched{};
    std::span<LateReading const> late{}; // of what arrived since the last call, those that correct history only
    bool late_only = false; // nothing else arrived: a condition that becomes true by it raises no patient alert
    // Newest unclaimed reading that names this bed or visit and contradicts the census, and what there is of them.
    std::optional<model::LogTime> conflict{};
    std::span<model::Evidence const> conflicting{};
    // What holds at `now` of the runs that alerts read (sofa in product now; ards_berlin), evaluated now or earlier and
    // not yet due. Null: they are evaluated here.
    model::Score const* sofa_now = nullptr;
    model::Score const* ards = nullptr;
    // Since the last call something was replaced, taken back or told late: what is not true now may never have been.
    // Else a past that looks different is one whose readings had not all come in.
    bool amended = false;
    model::SignalSet told_of{};                 // the signals of `touched`; all of them where anything may have changed
    std::span<model::Channel const> channels{}; // what devices call things, by ChannelId - 1
    std::uint64_t event = 0;                    // sequence of the event that is being told; 0: of none
};

struct SourceView {
    core::Source const& source;
    core::SourceSettings const* settings = nullptr; // null: not configured, may be quiet
    core::Rulebook const& rules;
    model::LogTime at;
    bool recovering = false;
};

struct DaemonView {
    std::vector<core::TroubleReported> const& troubles; // present ones
    std::vector<core::Source> const& sources;
    core::Rulebook const& rules;
    model::LogTime at;
    model::LogTime started; // a configured feed that never spoke is silent from here on
    bool recovering = false;
};

// When a dwell, an age, a window, a pause or an escalation can change something although nothing arrives.
inline model::LogTime due_at(Standing const& standing) { return std::min(standing.due, standing.deadline); }
inline bool is_due(Standing const& standing, model::LogTime at) { return at >= due_at(standing); }
// Whether a reading of this signal can change a patient's conditions at once; readings of others only reset silence, or
// count by the minute, and need no call before the subject is due.
bool concerns(core::Rulebook const& rules, model::Signal signal);
// Something else than a reading of its own may have changed its conditions: look again at `at`.
inline void wake(Standing& standing, model::LogTime at) { standing.due = at < standing.due ? at : standing.due; }
// Readings were placed, the earliest of them at `earliest`, and `advance` is not called for them now: the next call
// counts them in.
void note_touched(Standing& standing, model::EventTime earliest, bool amended = false);

// Appends every revision that results to `changed`, in the order of their rules, and sets `standing.due`.
void advance(PatientView const& view, Standing& standing, std::vector<Alert>& changed);
void advance(SourceView const& view, Standing& standing, std::vector<Alert>& changed);
void advance(DaemonView const& view, Standing& standing, std::vector<Alert>& changed);

enum class AckAnswer : std::uint8_t { done, stale_revision, unknown_alert, already };
// An acknowledgement names a person and the revision seen. `done` appends the new revision.
AckAnswer acknowledge(Standing& standing, Rules const& rules, std::string const& id, std::uint64_t revision,
                      std::string const& user, model::LogTime at, std::vector<Alert>& changed);

// Discharge, merge, cancelled admission: every alert gets a last revision and is dropped from the standing.
// What people decided for the encounter ends with it.
void close_all(Standing& standing, Closing because, model::LogTime at, std::vector<Alert>& changed);

// Each alert's last revision on the old bed says `moved`, then its whole state follows as a revision on the new bed.
void move_all(Standing& standing, model::BedId to, model::LogTime at, std::vector<Alert>& changed);

} // namespace vigil::alerts
