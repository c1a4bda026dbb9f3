#pragma once
// What is kept for one subject (an encounter, a source, the daemon itself): the alerts that stand, and the course its
// rules are settled along.

#include "core/alerts/alert.hpp"
#include "core/model/signal.hpp"

#include <array>
#include <limits>
#include <vector>

namespace vigil::alerts {

inline constexpr model::LogTime never{std::numeric_limits<std::int64_t>::max()};
inline constexpr std::size_t organ_count = 6; // resp coag liver cardio cns renal

// Points of one organ as far as they are known: equal bounds when the score is valued.
struct OrganPoints {
    std::int8_t low = 0, high = 4;
    bool known = false;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.low, s.high, s.known);
    }
    friend bool operator==(OrganPoints const&, OrganPoints const&) = default;
};

// What a rule makes of one instant. Level by the thresholds for entering and by those for leaving (at least as high);
// -1: unknown.
struct Look {
    std::int8_t enter = -1, leave = -1;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.enter, s.leave);
    }
    friend bool operator==(Look const&, Look const&) = default;
};

// The patient as the rules over time see it, from `at` on until the next point.
struct Point {
    model::EventTime at;
    model::EventTime cause; // of the reading that made the difference to the point before
    std::array<OrganPoints, organ_count> organs;
    Look oxygenation, refractory;
    model::EventTime gas;       // of the arterial gas that decided; 0: none
    std::int8_t surrogate = -1; // level that a sustained SpO2/FiO2 meets; -1: unknown
    std::int8_t surrogate_refractory = -1;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.at, s.cause, s.organs, s.oxygenation, s.refractory, s.gas, s.surrogate, s.surrogate_refractory);
    }
};

// One rule's settled state along the course.
struct Lane {
    ConditionState state = ConditionState::absent;
    std::int8_t level = 0;  // settled; kept while the state is unknown
    std::int8_t raw = 0;    // after hysteresis, before dwell
    model::EventTime since; // onset of the episode that is settled
    model::EventTime told;  // when that level was first seen by itself, and not held by hysteresis or dwell
    std::int8_t told_level = 0;
    model::EventTime reached;                                        // when the settled level was reached from below
    model::EventTime fell{std::numeric_limits<std::int64_t>::min()}; // when a level was last left downwards
    std::optional<model::EventTime> above, below; // raw has been above or below the settled level since then
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.state, s.level, s.raw, s.since, s.told, s.told_level, s.reached, s.fell, s.above, s.below);
    }
};

enum class LaneName : std::uint8_t { resp, coag, liver, cardio, cns, renal, sofa_rise, ards_oxygenation, refractory };
inline constexpr std::size_t lane_count = 9;
using Lanes = std::array<Lane, lane_count>;

// Evaluated at whole minutes, so that it depends on the readings known now and not on when anybody looked. Late
// readings change it back to `base_at`, a day ago; what is older stands.
struct Course {
    bool begun = false;
    std::vector<Point> points;            // ascending; one only where something differs
    std::optional<model::EventTime> next; // whole minute by which a window runs out after the last evaluation
    model::EventTime base_at;             // whole minute
    Lanes base;                           // as of base_at
    model::EventTime mark_at;             // whole minute up to which points and lanes are complete
    Lanes mark;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.begun, s.points, s.next, s.base_at, s.base, s.mark_at, s.mark);
    }
};

// A level that became true by late results alone: nobody is told until a newer reading shows it still to be so, or it
// gets worse (scores.md 0.11).
struct Untold {
    std::string rule;
    std::int32_t level = 0;
    model::EventTime newest; // reading it rests on
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.rule, s.level, s.newest);
    }
};

// A late result that is still shown as information.
struct LateNote {
    model::Evidence evidence;
    model::LogTime known_at;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.evidence, s.known_at);
    }
};

// An alert that was closed: should the same onset become true again, its revisions go on where they ended; a new onset
// within the re-arm time is counted; and it can still be judged.
struct ClosedAlert {
    std::string id;
    std::uint64_t revision = 0;
    std::string rule, subject_source;
    Closing why = Closing::open;
    model::LogTime at;
    std::int32_t onsets = 1;
    std::vector<Alert> whole; // of the newest, one; else none
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.id, s.revision);
        v.since(7, s.rule, s.subject_source, s.why, s.at, s.onsets, s.whole);
    }
};
inline constexpr std::size_t closed_remembered = 16;
inline constexpr std::size_t closed_kept_whole = 4;

// A rule that is silent for this subject. It covers what was seen: what is worse is announced in spite of it.
struct Shelf {
    std::string rule; // token
    std::int32_t level = 0, side = 0;
    Decision decision;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.rule, s.level, s.side, s.decision);
    }
};

// What is not done for this patient any more: alerts of these rules are shown and call nobody.
struct CareLimits {
    std::vector<std::string> rules; // tokens; none: every alert about the patient
    Decision decision;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.rules, s.decision);
    }
};

// Beyond it somebody wants to be called for this patient. In the signal's canonical unit.
struct Limit {
    model::Signal signal{};
    std::optional<model::Decimal> below, above;
    Decision decision;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.signal, s.below, s.above, s.decision);
    }
};
inline constexpr std::size_t limits_at_most = 16; // of one patient

struct Standing {
    std::vector<Alert> alerts;
    std::vector<ClosedAlert> closed; // newest last
    model::LogTime due{};            // when something can change although nothing arrives
    Course course;
    std::optional<model::EventTime>
        touched;          // readings placed since the course was last brought up, the earliest of them
    bool amended = false; // and some of them replaced, took back or came late
    std::vector<Untold> untold;
    std::vector<LateNote> late;
    std::optional<model::Duration> offset;    // a source's clock, as last reported
    std::optional<model::LogTime> stepped_at; // when that clock last jumped
    std::vector<Shelf> shelves;               // one a rule
    std::optional<Decision> standby;          // the patient is off the unit
    std::optional<CareLimits> care_limits;
    std::vector<Limit> limits;       // one a signal
    model::LogTime deadline = never; // when something people decided ends, or nobody acknowledged for too long
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.alerts, s.closed, s.due, s.course, s.touched, s.amended, s.untold, s.late, s.offset, s.stepped_at);
        v.since(7, s.shelves, s.standby, s.care_limits, s.deadline, s.limits);
    }
};

} // namespace vigil::alerts
