#pragma once
// What staff are shown. Condition (is it true of the patient?) and signal (what has been made of it?) are separate
// values.

#include "core/model/evidence.hpp"
#include "core/model/flags.hpp"

#include <optional>
#include <string>
#include <vector>

namespace vigil::alerts {

// clang-format off
#define VIGIL_PRIORITIES(X) X(information) X(low) X(medium) X(high)
#define VIGIL_ALERT_KINDS(X) X(patient) X(technical)
#define VIGIL_CONDITIONS(X) X(absent) X(present) X(unknown)
#define VIGIL_SIGNAL_STATES(X) X(on) X(acknowledged) X(latched) X(closed) X(paused) X(shelved)
#define VIGIL_NOTIFIES(X) X(nothing) X(first) X(worsened) X(recurred) X(acknowledged) X(improved) X(cleared) X(latched) X(moved) X(unknown) X(updated) X(paused) X(shelved) X(resumed) X(escalated)
#define VIGIL_CLOSINGS(X) X(open) X(recovered) X(discharged) X(merged_into) X(cancelled) X(corrected) X(rule_removed)
#define VIGIL_JUDGEMENTS(X) X(useful) X(not_useful) X(artefact)
// clang-format on
VIGIL_ENUM(Priority, std::uint8_t, priority, VIGIL_PRIORITIES)
VIGIL_ENUM(AlertKind, std::uint8_t, alert_kind, VIGIL_ALERT_KINDS)
VIGIL_ENUM(ConditionState, std::uint8_t, condition, VIGIL_CONDITIONS)
VIGIL_ENUM(SignalState, std::uint8_t, signal_state, VIGIL_SIGNAL_STATES)
VIGIL_ENUM(Notify, std::uint8_t, notify, VIGIL_NOTIFIES)
VIGIL_ENUM(Closing, std::uint8_t, closing, VIGIL_CLOSINGS)
VIGIL_ENUM(Judgement, std::uint8_t, judgement, VIGIL_JUDGEMENTS)

// What a person decided about alerts: who, why, when, and until when where it ends by itself.
struct Decision {
    std::string by, reason;
    model::LogTime at;
    std::optional<model::LogTime> until;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.by, s.reason, s.at, s.until);
    }
    friend bool operator==(Decision const&, Decision const&) = default;
};

// Whether an alert was of use, as a person saw it.
struct Feedback {
    Judgement judgement{};
    std::string by;
    model::LogTime at;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.judgement, s.by, s.at);
    }
};

struct Alert {
    std::string id;             // 16 hex digits: digest of subject (encounter, bed or source), rule, onset
    std::uint64_t revision = 0; // from 1
    std::string rule;           // token, topic key
    std::string subject_source; // technical alerts of a feed; empty otherwise
    AlertKind kind{};
    Priority priority{};
    ConditionState condition{};
    SignalState signal{};
    Notify notify{};
    std::int32_t level = 0;       // severity within the rule; worsening compares it
    std::int32_t highest = 0;     // highest level since onset
    std::int32_t side = 0;        // below or above, where that is another danger and not another level
    model::EncounterId encounter; // nobody for technical alerts without a patient
    model::BedId bed;
    model::EventTime true_since;
    model::EventTime reached; // since when at this level
    model::LogTime known_at, shown_at, revised_at;
    model::LogTime met; // when what was seen last reached the level
    std::vector<model::Evidence> evidence;
    std::vector<std::int64_t> figures; // what the rule's sentence names, in order; of a rise: before, after, by, by
                                       // organ, the two times, points before by organ (-1: left out)
    std::optional<std::int32_t> now;   // what they are now, while that does not reach the level
    bool ending = false;
    std::string acknowledged_by;
    std::optional<model::LogTime> acknowledged_at;
    std::string inhibited_by; // named cause; the alert stays visible
    Closing closing = Closing::open;
    Closing ended = Closing::open; // why the condition is absent, while the alert stands latched
    std::int32_t announced = 0;    // highest level that was announced and not only shown
    bool confirmed = true;
    model::BedId moved_to;                   // set in the last revision on the old topic
    std::optional<Decision> paused, shelved; // there exactly while the signal says so
    std::optional<Decision> excused;         // the standby or care limits that inhibited_by names
    std::string audience;                    // who is called; empty where the site names nobody
    std::int32_t escalation = 0;             // how often it was handed on to the next
    std::optional<model::LogTime> waiting;   // calls its audience since then, and nobody acknowledged
    std::int32_t onsets = 1;                 // with those that each came back within the re-arm time
    std::vector<Feedback> feedback;          // one a person, newest last
    model::Flags flags;                      // of the parts of a score that its evidence is of

    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.id, s.revision, s.rule, s.subject_source, s.kind, s.priority, s.condition, s.signal, s.notify, s.level,
          s.highest, s.side, s.encounter, s.bed, s.true_since, s.reached, s.known_at, s.shown_at, s.revised_at, s.met,
          s.evidence, s.figures, s.now, s.ending, s.acknowledged_by, s.acknowledged_at, s.inhibited_by, s.closing,
          s.ended, s.announced, s.confirmed, s.moved_to);
        v.since(7, s.paused, s.shelved, s.excused, s.audience, s.escalation, s.waiting, s.onsets, s.feedback);
        v.since(9, s.flags);
    }
};

} // namespace vigil::alerts
