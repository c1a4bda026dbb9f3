#pragma once
// What staff are shown. Condition (is it true of the patient?) and signal (what has been made of it?) are separate
// values.

#include "core/model/evidence.hpp"

#include <string>
#include <vector>

namespace vigil::alerts {

// clang-format off
#define VIGIL_PRIORITIES(X) X(information) X(low) X(medium) X(high)
#define VIGIL_ALERT_KINDS(X) X(patient) X(technical)
#define VIGIL_CONDITIONS(X) X(absent) X(present) X(unknown)
#define VIGIL_SIGNAL_STATES(X) X(on) X(acknowledged) X(latched) X(closed)
#define VIGIL_NOTIFIES(X) X(nothing) X(first) X(worsened) X(recurred) X(acknowledged) X(improved) X(cleared) X(latched) X(moved) X(unknown) X(updated)
#define VIGIL_CLOSINGS(X) X(open) X(recovered) X(discharged) X(merged_into) X(cancelled) X(corrected) X(rule_removed)
// clang-format on
VIGIL_ENUM(Priority, std::uint8_t, priority, VIGIL_PRIORITIES)
VIGIL_ENUM(AlertKind, std::uint8_t, alert_kind, VIGIL_ALERT_KINDS)
VIGIL_ENUM(ConditionState, std::uint8_t, condition, VIGIL_CONDITIONS)
VIGIL_ENUM(SignalState, std::uint8_t, signal_state, VIGIL_SIGNAL_STATES)
VIGIL_ENUM(Notify, std::uint8_t, notify, VIGIL_NOTIFIES)
VIGIL_ENUM(Closing, std::uint8_t, closing, VIGIL_CLOSINGS)

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
    model::BedId moved_to; // set in the last revision on the old topic

    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.id, s.revision, s.rule, s.subject_source, s.kind, s.priority, s.condition, s.signal, s.notify, s.level,
          s.highest, s.side, s.encounter, s.bed, s.true_since, s.reached, s.known_at, s.shown_at, s.revised_at, s.met,
          s.evidence, s.figures, s.now, s.ending, s.acknowledged_by, s.acknowledged_at, s.inhibited_by, s.closing,
          s.ended, s.announced, s.confirmed, s.moved_to);
    }
};

} // namespace vigil::alerts
