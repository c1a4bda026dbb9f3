#pragma once
// Alert rules tried on recorded patients: each stay is played by itself through the core that runs at the bedside, and
// what that tells is kept (`vigil alerts try`).

#include "cli/score.hpp"
#include "core/alerts/alert.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vigil::cli {

// One alert, from its first revision to the last.
struct TriedAlert {
    struct Seen {
        model::LogTime at;
        model::BedId bed;
        alerts::ConditionState condition{};
        std::int32_t level = 0;
        bool called = false;
    };
    alerts::Alert last;                   // as it was when it closed, or when the stay was over
    std::string said;                     // its sentence when it first called somebody, else when it first stood
    std::optional<model::LogTime> called; // when that was; nobody was called where it was explained throughout
    alerts::Priority highest{};           // that it ever had
    std::uint32_t calls = 0;              // first, worse, once more
    std::uint32_t worsened = 0;           // of them
    std::uint32_t again = 0;              // onsets within the re-arm time of the one before
    std::string explained_by;             // the named cause that ever kept it silent
    std::optional<model::LogTime> ended;  // when it closed; it stood to the end of the stay where it did not
    std::vector<Seen> seen;               // each revision
    model::LogTime shown;                 // its first revision
};

// The SOFA total (product now, organs valued at both ends) stood at least the rule's points above an earlier one within
// its interval, as it was shown then.
struct MeasuredRise {
    model::EventTime from, to; // first and last instant at which it did
    std::int32_t by = 0;       // the most
    std::string alert;         // of sofa_rise, that told it; empty:
    std::string why_not;       // a reason; empty: there is none, which is an error of ours
};

struct TriedStay {
    std::string name;
    model::LogTime from, to; // admission, last reading
    std::vector<TriedAlert> alerts;
    std::vector<MeasuredRise> rises;
};

struct Trial {
    std::vector<TriedStay> stays;            // in the order in which the file names them
    std::uint64_t readings = 0, refused = 0; // rows that are readings, and that are none
    // Readings that no rule could use: by "unmapped: LOCAL KREA [umol/L]" or "out_of_range".
    std::map<std::string, std::uint64_t> unused{};
};

struct TrialSetting {
    core::Rulebook rules; // what it says of feeds that are not in the file is left out: nobody expects them
    std::map<std::string, StayFacts, std::less<>> stays;
    // Somebody acknowledges so long after being called; empty: nobody ever does, and what latches stands to the end.
    std::optional<model::Duration> acknowledged_after;
};

// Readings are told when they arrived (`arrival_ts`, else when they were true), each stay in a bed of its own. Empty
// after a complaint, with an exit code.
std::optional<Trial> try_alerts(std::vector<std::string> const& readings, TrialSetting setting, int& code);

} // namespace vigil::cli
