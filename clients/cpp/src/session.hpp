#pragma once
// What a client does with what it hears: follow, repair by replay, begin again by snapshot. No socket and no clock: the
// caller brings messages, answers and the time, asks the questions it finds here and hands on what is put into the
// outbox. The Python client has the same (clients/python/vigil_client/session.py), and both pass the same tests.

#include "follow.hpp"
#include "lag.hpp"
#include "outbox.hpp"

#include "vigil/v1/query.pb.h"

#include <set>

namespace vigil::client {

struct Limits {
    std::int64_t lost_after_ms = 1'900;
    std::int64_t max_lag_ms = 5'000;
    std::size_t max_replay = 20'000;
};

class Session {
public:
    Session(Prefix prefix, Outbox& outbox, Limits limits, std::int64_t now_ms);

    void heard(std::string const& topic, std::string_view body, std::int64_t now_ms);
    /// After each turn of hearing: whether the pipe has been heard to its end.
    void drained(std::int64_t now_ms, bool empty);
    void tick(std::int64_t now_ms);
    void user_came();
    /// What is to be asked now, once.
    std::optional<v1::QueryRequest> question(std::int64_t now_ms);
    /// The answer to the last question, or nothing: it did not come in time.
    void answered(std::optional<v1::QueryReply> reply, std::int64_t now_ms);
    /// The subscription is to be made anew; asked once.
    bool take_reopen() { return std::exchange(reopen_, false); }

    [[nodiscard]] Counters const& counters() const { return counters_; }

private:
    enum class Phase {
        waiting, ///< for the first word of the feed: then nothing after it can be missed
        following,
        replaying, ///< what a gap lost is asked for
        snapshot,  ///< the whole state is asked for
        history,   ///< and what was journaled until then
        paused,    ///< the user does not come
    };
    struct Message {
        std::string text;
        Topic topic;
        v1::Envelope envelope;
    };

    // hearing
    void hear_clock(v1::Envelope const& envelope, std::int64_t now_ms);
    void hold(Message message, std::int64_t now_ms);
    void take(Message message, std::int64_t now_ms);
    void take_digest(std::string const& site, v1::Digest const& digest, std::int64_t now_ms);
    void tell(Message message, std::int64_t now_ms, bool replayed = false);
    void put(Event event, std::int64_t now_ms);
    void pause();
    void release_held(std::int64_t now_ms);
    // is it the present
    void prove(std::int64_t now_ms);
    [[nodiscard]] bool late() const { return lag_.now_ms() > limits_.max_lag_ms; }
    [[nodiscard]] std::string why_lost(std::int64_t now_ms) const;
    bool lags(std::int64_t now_ms);
    // repair by replay
    void repair(std::set<Stream> const& missing);
    void replay_page(v1::QueryReply& reply, std::int64_t now_ms);
    // beginning again by snapshot
    void resynchronise(Reason reason, bool keep_held = false);
    void begin_snapshot();
    void snapshot_page(v1::QueryReply& reply, std::int64_t now_ms);
    void history_page(v1::QueryReply& reply, std::int64_t now_ms);
    void finish(std::int64_t now_ms);
    void judge_by_what_was_taken(Counts& owed);
    void take_contained(std::int64_t now_ms);

    void owe(Stream const& stream, std::uint64_t n);
    void ask(v1::QueryRequest request);
    void ask_replay(std::uint64_t from_seq);
    void ask_snapshot(std::uint32_t index);

    Prefix prefix_;
    Outbox& outbox_;
    Limits limits_;
    Follow follow_;
    Lag lag_;
    Phase phase_ = Phase::waiting;
    Reason reason_ = Reason::started;
    std::string site_;
    std::vector<Message> held_;
    Counts owed_; // lost and not yet told
    std::int64_t proved_ms_, heard_ms_;
    bool is_lost_ = false;
    std::optional<std::int64_t> behind_since_ms_;
    std::int64_t lag_checked_ms_, lag_rest_until_ms_;
    int lagging_ = 0;
    bool reopen_ = false;
    Counters counters_;

    std::optional<v1::QueryRequest> question_;
    bool asked_ = false;
    std::uint64_t serial_ = 0;
    std::int64_t retry_ms_, snapshot_after_ms_;
    // The snapshot being made, and the replay.
    std::uint64_t epoch_ = 0, seq_ = 0;
    std::size_t replayed_ = 0;
    std::vector<Publication> state_;
    Counts counts_;
    bool history_ = true;
    bool replay_was_useless_ = false;
};

} // namespace vigil::client
