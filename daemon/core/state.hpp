#pragma once
// Everything the core knows between two events. A value: copy it, encode it, compare it.

#include "core/alerts/standing.hpp"
#include "core/event.hpp"
#include "core/model/score.hpp"
#include "core/model/timeline.hpp"
#include "core/refusals.hpp"
#include "core/rulebook.hpp"

#include <array>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

namespace vigil::core {

// One thing the census was told of an encounter. The log is kept whole and stays are derived from it, so that messages
// that come late, back-dated or out of order end in the same stays as if they had come in order.
struct Movement {
    CensusKind kind{};
    model::EventTime effective;
    model::BedId bed;      // value 0: none named
    model::EventTime told; // message time: a cancellation undoes the newest of its kind told before it
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.kind, s.effective, s.bed, s.told);
    }
    friend bool operator==(Movement const&, Movement const&) = default;
};

// When an encounter lay in a bed, by event time; an open end is the present stay.
struct Stay {
    model::BedId bed;
    model::EventTime from;
    std::optional<model::EventTime> to;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.bed, s.from, s.to);
    }
    friend bool operator==(Stay const&, Stay const&) = default;
};

// A reading nobody could claim, kept so that a late admission or a person can claim it. One that was refused is kept
// for its time and channel: should the channel have got a meaning since, the journal is asked for it.
struct Held {
    model::Signal signal{};
    model::SignalKind kind{};
    model::Sample sample;
    model::Reason refused = model::Reason::none;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.signal, s.kind, s.sample, s.refused);
    }
};
inline constexpr std::size_t held_per_subject =
    4'096; // beyond it the oldest are dropped from here; the journal keeps them
inline constexpr std::size_t held_subjects =
    1'024; // feeds and subjects together; beyond it the longest silent is let go

// The newest reading of a signal, usable or not: freshness and the `obs` topic read it.
// A stream falls silent, a chart entry grows old. People write down a few values in a row when something happens; what
// comes by itself goes on.
inline constexpr model::Duration stream_gap = model::minutes(5);

struct Newest {
    model::EventTime time;
    model::Value value;
    model::Unit unit = model::Unit::none;
    model::Reason refused = model::Reason::none;
    bool seen = false;
    std::optional<model::EventTime> before; // of the reading before it
    // Of the five readings before it, at five other times: so many milliseconds earlier, ascending; 0: there was none.
    // Whatever the order in which they came.
    std::array<std::uint32_t, 5> earlier{};
    void note(model::EventTime when);    // of a reading before it, or at the same time
    void move_to(model::EventTime when); // the newest is another one, later
    bool streams() const;                // it and they, none more than `stream_gap` after the one before
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.seen);
        if (s.seen) v(s.time, s.value, s.unit, s.refused, s.before);
        if (s.seen) v.since(7, s.earlier[0], s.earlier[1], s.earlier[2], s.earlier[3], s.earlier[4]);
    }
};

// Nothing for who never had a reading: a hospital's census names many who lie in no bed of ours.
class NewestReadings {
public:
    Newest const& operator[](std::size_t signal) const {
        static const Newest none{};
        return signal < all_.size() ? all_[signal] : none;
    }
    Newest& operator[](std::size_t signal) {
        if (all_.size() < model::signal_count) all_.resize(model::signal_count); // also of fewer, from before
        return all_[signal];
    }
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.all_);
    }

private:
    std::vector<Newest> all_;
};

// Rows of the journal that are to be read again. What comes meanwhile is in none of them: it stands whole until then.
struct AskedRecall {
    model::Signal signal{};
    model::EventTime from, to;
    std::uint64_t asked = 0; // sequence of the event that asked: its frame is the last that is read
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.signal, s.from, s.to, s.asked);
    }
};

// What a person attested. It stands in no frame, so that a Recall cannot bring it back.
struct ByHand {
    model::Signal signal{};
    model::Sample sample;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.signal, s.sample);
    }
};

struct Encounter {
    model::EncounterId id;
    std::string pseudonym; // published; derived from the visit or patient token, never reversible
    std::string visit;
    std::vector<std::string> patients;
    model::BedId bed; // of now; value 0 = none
    model::EventTime opened;
    std::optional<model::EventTime> closed; // may be ahead: a discharge can be told before it is due
    bool ended = false;                     // it is closed and its time has come
    std::optional<model::EventTime> ahead;  // when a movement told ahead of its time takes effect
    bool implied = false;                   // opened by a reading, not by an admission
    std::vector<Movement> movements;        // as told, in no particular order
    std::vector<Stay> stays;                // derived from movements, oldest first
    std::optional<std::uint32_t> age_years;
    Sex sex = Sex::unspecified;
    std::optional<model::EncounterId> merged_into;
    bool suspended = false;
    bool recomputing = false;
    std::vector<AskedRecall> recalls; // in the order they were asked
    std::vector<ByHand> by_hand;      // as long as readings are kept whole, or what it says holds
    model::Timeline timeline;
    std::vector<model::Score> shown;          // as last published, one per enabled score
    std::optional<model::EventTime> next_due; // when a score can change by itself
    NewestReadings newest;
    std::optional<model::EventTime> last_data;
    std::vector<Refusal> refusals; // newest of each signal
    alerts::Standing alerts;
    std::vector<KeptDay> days;        // of each score recorded by the day, those that have ended
    model::LogTime days_due;          // when they are looked at; long past: at once
    model::EventTime days_settled_to; // what comes for an earlier time may change a day that is final
    bool let_go = false;              // it ended, and what was told of it is in the journal alone
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.id, s.pseudonym, s.visit, s.patients, s.bed, s.opened, s.closed, s.ended, s.ahead, s.implied, s.movements,
          s.stays, s.age_years, s.sex, s.merged_into, s.suspended, s.recomputing, s.recalls, s.by_hand, s.timeline,
          s.shown, s.next_due, s.newest, s.last_data, s.refusals, s.alerts, s.days, s.days_due, s.days_settled_to);
        if constexpr (!std::is_const_v<S>) s.let_go = s.ended; // of an older format: once too often rather than never
        if (s.ended) v.since(8, s.let_go);
    }
};

// How often a message may come again and be recognised (design 5 "Twice").
struct SeenMessage {
    std::string id;
    model::Digest content{};
    std::uint32_t part = 0;
    model::LogTime at;
    std::uint64_t seq = 0;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.id, s.content, s.part, s.at, s.seq);
    }
};

struct Source {
    std::string name;
    std::string kind;
    SourceState state = SourceState::lost;
    bool spool_empty = true;
    std::uint32_t connections = 0;
    std::optional<model::LogTime> last_frame;
    std::optional<model::Duration> clock_offset;
    std::uint64_t messages = 0, refused = 0, malformed = 0, duplicates = 0;
    std::vector<SeenMessage> seen; // ring of at most 4,096, oldest first from `oldest_seen`
    std::uint32_t oldest_seen = 0;
    alerts::Standing alerts;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.name, s.kind, s.state, s.spool_empty, s.connections, s.last_frame, s.clock_offset, s.messages, s.refused,
          s.malformed, s.duplicates, s.seen, s.oldest_seen, s.alerts);
    }
};

// What a channel meant when it was last looked at: what a new rulebook changes is found by it.
struct Meaning {
    std::optional<model::Signal> signal;
    model::Unit unit = model::Unit::none;
    model::Reason reason = model::Reason::none; // unmapped, unknown_unit, ...: not used
    model::SaltId salt{}; // a sample holds its place in the tables: another place, another meaning
    model::Decimal salt_factor{1, 0};
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.signal, s.unit, s.reason, s.salt.value, s.salt_factor);
    }
    friend bool operator==(Meaning const&, Meaning const&) = default;
};

struct ChannelCount { // what a channel delivered and why it is not used, for `vigil status`
    std::uint64_t readings = 0;
    std::uint64_t refused = 0;
    model::Reason last_reason = model::Reason::none;
    model::LogTime last;
    Meaning meaning;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.readings, s.refused, s.last_reason, s.last, s.meaning);
    }
};

// Whose readings wait: what one feed said of one subject.
struct UnassignedKey {
    std::uint32_t subject = 0; // SubjectId
    std::uint32_t source = 0;  // SourceId
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.subject, s.source);
    }
    friend auto operator<=>(UnassignedKey const&, UnassignedKey const&) = default;
};

struct UnassignedCount {
    std::uint64_t readings = 0; // that still wait
    model::Reason reason = model::Reason::unassigned;
    model::LogTime first, last;
    // A person said whose they are: what was true up to the moment of the claim. Whoever lies in the bed later is not
    // meant.
    std::optional<model::EncounterId> claimed_for;
    model::EventTime claimed_until;
    std::vector<Held> held; // oldest first
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.readings, s.reason, s.first, s.last, s.claimed_for, s.claimed_until, s.held);
    }
};

struct State {
    model::LogTime now;
    std::uint64_t epoch = 0;
    bool recovering = false; // until adapters report empty spools, at most 60 s: silence alerts wait
    model::LogTime recovering_until;
    model::LogTime started;
    model::LogTime next_forget;           // when timelines next drop what is too old
    std::vector<Source> sources;          // SourceId is index + 1
    std::vector<model::Channel> channels; // ChannelId is index + 1
    std::vector<ChannelCount> channel_counts;
    std::vector<model::Subject> subjects; // SubjectId is index + 1
    std::vector<model::Location> beds;    // BedId is index + 1
    std::vector<Encounter> encounters;    // EncounterId is index + 1
    std::map<UnassignedKey, UnassignedCount> unassigned;
    std::map<std::uint8_t, std::uint64_t> refused; // by Reason
    alerts::Standing technical;                    // disk, clock, journal
    std::vector<TroubleReported> troubles;         // present ones
    std::vector<DayRun> day_runs;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.now, s.epoch, s.recovering, s.recovering_until, s.started, s.next_forget, s.sources, s.channels,
          s.channel_counts, s.subjects, s.beds, s.encounters, s.unassigned, s.refused, s.technical, s.troubles,
          s.day_runs);
    }
};

} // namespace vigil::core
