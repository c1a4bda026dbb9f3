#pragma once
// The input alphabet of the core. Whatever happens is one of these; each is journaled before anybody is told.

#include "core/alerts/alert.hpp"
#include "core/days.hpp"
#include "core/model/reading.hpp"
#include "core/model/sex.hpp"
#include "core/model/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace vigil::core {

// clang-format off
#define VIGIL_CENSUS_KINDS(X) X(unspecified) X(admit) X(transfer) X(discharge) X(register_) X(update) X(cancel_admit) X(cancel_transfer) X(cancel_discharge) X(merge) X(unmerge)
// clang-format on
VIGIL_ENUM(CensusKind, std::uint8_t, census_kind, VIGIL_CENSUS_KINDS)
using model::Sex;

struct CensusChange { // ADT, or `vigil census`
    CensusKind kind{};
    std::string source; // feed, or "command:<user>"
    std::string message_id;
    model::Digest content{};
    model::Processing processing{};
    model::Subject subject;
    std::optional<model::Location> prior_location;
    std::optional<model::EventTime> effective;
    std::vector<std::string> absorbed_patients;
    std::string absorbed_visit;
    std::optional<std::uint32_t> age_years;
    Sex sex = Sex::unspecified;
    std::optional<model::DeviceTime> message_time;
    bool by_hand() const { return source.starts_with("command:"); }
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.kind, s.source, s.message_id, s.content, s.processing, s.subject, s.prior_location, s.effective,
          s.absorbed_patients, s.absorbed_visit, s.age_years, s.sex, s.message_time);
    }
};

struct Attested { // what devices cannot know, entered by a person
    std::string user;
    model::Location location;
    model::Signal what{};
    model::Value value;
    model::Unit unit = model::Unit::none;
    std::optional<model::EventTime> when; // default: the patient's now
    std::optional<model::EventTime> expires;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.user, s.location, s.what, s.value, s.unit, s.when, s.expires);
    }
};

struct Acknowledged {
    std::string user;
    std::string alert;
    std::uint64_t revision = 0;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.user, s.alert, s.revision);
    }
};

// When a decision ends by itself: at an instant of log time, or so long after it was taken.
struct Ending {
    std::optional<model::LogTime> until;
    std::optional<model::Duration> lasting;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.until, s.lasting);
    }
};

struct Paused { // one alert, as the revision seen
    std::string user;
    std::string alert;
    std::uint64_t revision = 0;
    bool over = false; // the pause is ended by hand
    std::optional<Ending> ends;
    std::string reason;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.user, s.alert, s.revision, s.over, s.ends, s.reason);
    }
};

struct Shelved { // a rule, for whoever lies in the bed
    std::string user;
    model::Location location;
    std::string rule;
    bool over = false;
    std::optional<Ending> ends;
    std::string reason;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.user, s.location, s.rule, s.over, s.ends, s.reason);
    }
};

struct Judged { // an alert: useful, not useful, artefact
    std::string user;
    std::string alert;
    alerts::Judgement judgement{};
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.user, s.alert, s.judgement);
    }
};

struct StoodBy { // the patient is off the unit
    std::string user;
    model::Location location;
    bool over = false;
    std::optional<Ending> ends;
    std::string reason;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.user, s.location, s.over, s.ends, s.reason);
    }
};

struct CareLimited { // alerts of these rules, or all about the patient, call nobody any more
    std::string user;
    model::Location location;
    bool over = false; // lifted
    std::vector<std::string> rules;
    std::string reason;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.user, s.location, s.over, s.rules, s.reason);
    }
};

struct LimitSet { // beyond it somebody wants to be called for the patient in that bed; canonical unit
    std::string user;
    model::Location location;
    model::Signal what{};
    bool over = false; // there is none any more
    std::optional<model::Decimal> below, above;
    std::string reason;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.user, s.location, s.what, s.over, s.below, s.above, s.reason);
    }
};

struct Assigned { // unassigned readings of a feed and subject claimed for an encounter
    std::string user;
    model::SourceId source;
    model::SubjectId subject;
    std::string encounter; // pseudonym
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.user, s.source, s.subject, s.encounter);
    }
};

// A run of whole seconds of log time passed: every second in (from, to] is one tick.
struct Ticked {
    model::LogTime to;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.to);
    }
};

// clang-format off
#define VIGIL_SOURCE_STATES(X) X(connected) X(heartbeat) X(lost) X(goodbye)
#define VIGIL_TROUBLES(X) X(disk_slow) X(disk_full) X(disk_error) X(journal_damaged) X(clock_stepped) X(encounter_suspended)
// clang-format on
VIGIL_ENUM(SourceState, std::uint8_t, source_state, VIGIL_SOURCE_STATES)
VIGIL_ENUM(Trouble, std::uint8_t, trouble, VIGIL_TROUBLES)

struct SourceReported { // journaled when anything in it changes, not for each heartbeat
    std::string source;
    std::string kind;
    SourceState state{};
    std::uint32_t connections = 0;
    std::optional<model::Duration> clock_offset;
    std::uint64_t refused = 0, malformed = 0;
    bool spool_empty = true;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.source, s.kind, s.state, s.connections, s.clock_offset, s.refused, s.malformed, s.spool_empty);
    }
};

struct Started {
    std::uint64_t epoch = 0;
    model::Duration down_for{};
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.epoch, s.down_for);
    }
};
struct Stopping {
    std::string reason; // closed list: operator, upgrade, config
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.reason);
    }
};
struct RulesChanged { // the new rulebook is passed to step; its bytes stand in the segment that opens
    model::Digest digest{};
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.digest);
    }
};
struct TroubleReported {
    Trouble trouble{};
    bool present = true;
    std::string detail; // closed list of words
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.trouble, s.present, s.detail);
    }
};
struct Degraded { // after a restart out of degraded mode: what was shown and not recorded
    model::LogTime from, to;
    std::uint64_t shown = 0;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.from, s.to, s.shown);
    }
};
// Rows the journal was asked for by an effect Recall, in journal order, for one encounter and signal.
struct Recalled {
    std::uint32_t encounter = 0;
    model::Signal signal{};
    model::EventTime from, to;
    model::Digest digest{}; // over the frames read: verify reads the same rows again. Zero: they cannot be read
    bool given_up() const { return digest == model::Digest{}; }
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.encounter, s.signal, s.from, s.to, s.digest);
    }
};
struct Quarantined { // a frame that crashed the core twice: kept as bytes, never stepped
    model::SourceId source;
    std::string message_id;
    model::Digest content{};
    std::uint32_t encounter = 0;
    std::string frame_bytes; // canonical encoding of the frame
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.source, s.message_id, s.content, s.encounter, s.frame_bytes);
    }
};

using What = std::variant<model::Frame, CensusChange, Attested, Acknowledged, Assigned, Ticked, SourceReported, Started,
                          Stopping, RulesChanged, TroubleReported, Degraded, Recalled, Quarantined, DayRead, Paused,
                          Shelved, Judged, StoodBy, CareLimited, LimitSet>;

struct Event {
    std::uint64_t seq = 0; // journal sequence
    model::LogTime at;
    What what;
};

} // namespace vigil::core
