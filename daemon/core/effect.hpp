#pragma once
// The output alphabet of the core. Effects are written to the journal in the same transaction as their cause, then
// published.

#include "core/alerts/alert.hpp"
#include "core/days.hpp"
#include "core/event.hpp"
#include "core/model/score.hpp"

#include <string>
#include <variant>
#include <vector>

namespace vigil::core {

struct ScoreChanged {
    model::EncounterId encounter;
    model::BedId bed;
    model::Score score;
    bool correction =
        false; // something was replaced, taken back or told late, or the past was redone; never by a first result
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.encounter, s.bed, s.score, s.correction);
    }
};

struct AlertChanged {
    alerts::Alert alert; // the whole alert as of this revision
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.alert);
    }
};

struct InputRefused { // a reading that no rule may use, and why
    model::ReadingRef reading;
    model::EncounterId encounter; // nobody when unassigned
    model::Reason reason{};
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.reading.seq, s.reading.index, s.encounter, s.reason);
    }
};

struct Unassigned { // nobody can claim this subject's readings
    model::SubjectId subject;
    model::SourceId source;
    model::Reason reason{}; // unassigned, identity_conflict
    std::uint32_t readings = 0;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.subject, s.source, s.reason, s.readings);
    }
};

// clang-format off
#define VIGIL_BED_EVENTS(X) X(admitted) X(transferred) X(arrived) X(discharged) X(merged) X(cancelled) X(attested) X(late_result) X(suspended)
// clang-format on
struct BedChanged {
    enum class Kind : std::uint8_t { VIGIL_BED_EVENTS(VIGIL_ENUM_VALUE) };
    Kind kind{};
    model::EncounterId encounter;
    model::BedId bed;
    model::BedId to_bed;  // transferred
    model::Signal what{}; // attested, late_result
    model::Value value;
    model::Unit unit = model::Unit::none;
    std::string user;
    model::EventTime when;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.kind, s.encounter, s.bed, s.to_bed, s.what, s.value, s.unit, s.user, s.when);
    }
};

// clang-format off
#define VIGIL_ANSWERS(X) X(done) X(refused) X(stale_revision)
// clang-format on
struct CommandAnswered { // to the command that was this event
    enum class Answer : std::uint8_t { VIGIL_ANSWERS(VIGIL_ENUM_VALUE) };
    Answer answer{};
    std::string reason; // closed list of words
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.answer, s.reason);
    }
};

// The state no longer holds what a correction needs: read these rows from the journal and step a Recalled event.
struct Recall {
    model::EncounterId encounter;
    model::Signal signal{};
    model::EventTime from, to;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.encounter, s.signal, s.from, s.to);
    }
};

using Effect = std::variant<ScoreChanged, AlertChanged, InputRefused, Unassigned, BedChanged, CommandAnswered, Recall,
                            DayScored, DayAsked>;

} // namespace vigil::core
