#pragma once
// The record of the product `day` (scores.md 1.1): of each day since admission one provisional row when it ends, a
// final one 24 hours later, and afterwards revisions, each with its reason. docs/decisions/0014.

#include "core/model/score.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vigil::core {

// clang-format off
// open: nothing recorded yet. withdrawn: the day is none any more, for the stay has other bounds. unsettled: something
// came that may change it, and the journal could not be read.
#define VIGIL_DAY_STATUSES(X) X(open) X(provisional) X(settled) X(revision) X(withdrawn) X(unsettled)
// In this order: of several reasons the last stands.
#define VIGIL_DAY_REASONS(X) X(none) X(late_result) X(correction) X(census) X(definition) X(suspended) X(unreadable)
// clang-format on
VIGIL_ENUM(DayStatus, std::uint8_t, day_status, VIGIL_DAY_STATUSES)
VIGIL_ENUM(DayReason, std::uint8_t, day_reason, VIGIL_DAY_REASONS)

// Effect: a row of the record.
struct DayScored {
    model::EncounterId encounter;
    std::string pseudonym; // of the encounter: the row is read without any state
    model::ScoreKey key;
    std::string definition;                // id@version+policy, and whether locally modified
    std::array<std::uint8_t, 32> sha256{}; // of the definition's file
    std::uint32_t number = 0;              // 1: the first 24 hours from admission
    model::EventTime from, to;             // [from, to)
    DayStatus status{};
    std::uint32_t revision = 0;
    DayReason reason{};
    std::uint64_t as_of = 0;             // read from the journal up to this row; 0: from the state
    std::vector<model::ScorePart> parts; // none: not scored
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.encounter, s.pseudonym, s.key, s.definition, s.sha256, s.number, s.from, s.to, s.status, s.revision,
          s.reason, s.as_of, s.parts);
    }
};

// Effect: the state no longer holds what this day was scored from. Score it from the journal and step a DayRead event.
struct DayAsked {
    model::EncounterId encounter;
    model::ScoreKey key;
    std::uint32_t number = 0;
    model::EventTime from, to;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.encounter, s.key, s.number, s.from, s.to);
    }
};

// Event: the answer.
struct DayRead {
    DayAsked asked;
    std::uint64_t asked_by = 0; // sequence of the event whose step asked
    std::uint64_t as_of = 0;    // everything up to this row was read
    std::string failed;         // closed list of words; empty: read
    std::vector<model::ScorePart> parts;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.asked, s.asked_by, s.as_of, s.failed, s.parts);
    }
};

// What the state keeps of a day: enough to know whether it changed.
struct KeptDay {
    model::ScoreKey key;
    std::uint32_t number = 0;
    model::EventTime from, to;
    DayStatus status = DayStatus::open;
    std::uint32_t revision = 0;
    bool unsettled = false;
    std::string said; // bounds and values as last recorded, encoded
    DayReason why = DayReason::none;
    std::optional<model::LogTime> ask_at; // something came since; what follows is waited for
    std::uint64_t asked_by = 0;           // the answer is awaited
    DayReason next = DayReason::none;     // why it will be asked for once more then
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.key, s.number, s.from, s.to, s.status, s.revision, s.unsettled, s.said, s.why, s.ask_at, s.asked_by);
        v.since(8, s.next);
    }
};

// Since when a score is recorded by the day: of whoever was here before, the state does not have everything.
struct DayRun {
    model::ScoreKey key;
    model::EventTime since;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.key, s.since);
    }
};

} // namespace vigil::core
