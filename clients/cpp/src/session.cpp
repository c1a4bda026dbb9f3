#include "session.hpp"

#include <utility>

namespace vigil::client {
namespace {
constexpr std::int64_t again_ms = 1'000;
constexpr std::int64_t behind_ms = 1'000;
constexpr std::size_t held_max = 50'000; // messages kept while an answer is awaited; beyond, the snapshot is taken anew
constexpr int lag_checks = 3;            // so many seconds in a row
constexpr std::int64_t lag_rest_ms = 30'000; // a network that is too slow is not cured by asking it for more
} // namespace

Session::Session(Prefix prefix, Outbox& outbox, Limits limits, std::int64_t now_ms)
    : prefix_(prefix),
      outbox_(outbox),
      limits_(limits),
      follow_(std::move(prefix)),
      proved_ms_(now_ms),
      heard_ms_(now_ms),
      lag_checked_ms_(now_ms),
      lag_rest_until_ms_(now_ms),
      retry_ms_(now_ms),
      snapshot_after_ms_(now_ms) {
    begin_snapshot();
}

void Session::heard(std::string const& text, std::string_view body, std::int64_t now_ms) {
    auto topic = topic_of(text);
    v1::Envelope envelope;
    if (!topic || !envelope.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
        ++counters_.unreadable; // its count is missing, so it is asked for again
        return;
    }
    ++counters_.messages;
    site_ = topic->site;
    if (topic->stream.cls == "sys") hear_clock(envelope, now_ms);
    if (phase_ == Phase::paused) {
        if (envelope.has_digest()) prove(now_ms);
        return;
    }
    Message message{text, *std::move(topic), std::move(envelope)};
    if (phase_ == Phase::following)
        take(std::move(message), now_ms);
    else
        hold(std::move(message), now_ms);
}

void Session::drained(std::int64_t now_ms, bool empty) {
    if (empty)
        behind_since_ms_.reset();
    else if (!behind_since_ms_)
        behind_since_ms_ = now_ms;
}

void Session::tick(std::int64_t now_ms) {
    if (outbox_.expired(now_ms)) pause();
    if (!is_lost_ && now_ms - proved_ms_ > limits_.lost_after_ms) {
        is_lost_ = true;
        put(Lost{why_lost(now_ms), std::chrono::milliseconds(now_ms - proved_ms_)}, now_ms);
        // Heartbeats of a vigild that is not the one followed.
        if (phase_ == Phase::following && now_ms - heard_ms_ <= limits_.lost_after_ms && !late())
            resynchronise(Reason::gap);
    }
    if (phase_ == Phase::following && lags(now_ms)) {
        reopen_ = true;
        lag_rest_until_ms_ = now_ms + lag_rest_ms;
        behind_since_ms_.reset();
        resynchronise(Reason::lag);
        phase_ = Phase::waiting;
    }
}

void Session::user_came() {
    if (phase_ == Phase::paused) resynchronise(Reason::too_slow);
}

std::optional<v1::QueryRequest> Session::question(std::int64_t now_ms) {
    if (!question_ || asked_ || now_ms < retry_ms_ || phase_ == Phase::waiting) return std::nullopt;
    if (question_->has_snapshot() && question_->snapshot().from_index() == 0 && now_ms < snapshot_after_ms_)
        return std::nullopt;
    asked_ = true;
    return question_;
}

void Session::answered(std::optional<v1::QueryReply> reply, std::int64_t now_ms) {
    asked_ = false;
    if (!question_ || (reply && reply->id() != question_->id())) return;
    if (!reply || !reply->error().empty()) {
        if (phase_ == Phase::snapshot) begin_snapshot();
        retry_ms_ = now_ms + again_ms;
    } else if (phase_ == Phase::snapshot) {
        snapshot_page(*reply, now_ms);
    } else if (phase_ == Phase::replaying) {
        replay_page(*reply, now_ms);
    } else if (phase_ == Phase::history) {
        history_page(*reply, now_ms);
    }
}

// ---- hearing

void Session::hear_clock(v1::Envelope const& envelope, std::int64_t now_ms) {
    if (envelope.has_daemon()) lag_.clock(envelope.daemon().driven());
    if (!envelope.has_digest()) return;
    heard_ms_ = now_ms;
    lag_.heartbeat(envelope.log_time_ms(), now_ms);
}

void Session::hold(Message message, std::int64_t now_ms) {
    if (phase_ == Phase::waiting) phase_ = Phase::snapshot;
    held_.push_back(std::move(message));
    if (held_.size() <= held_max) return;
    resynchronise(phase_ == Phase::replaying ? Reason::gap : reason_);
    snapshot_after_ms_ = now_ms + again_ms;
}

void Session::take(Message message, std::int64_t now_ms) {
    switch (follow_.message(message.topic.stream, message.envelope)) {
    case Heard::known: return;
    case Heard::news: {
        const auto site = message.topic.site;
        const auto digest =
            message.envelope.has_digest() ? std::optional(message.envelope.digest()) : std::optional<v1::Digest>();
        tell(std::move(message), now_ms);
        if (digest && phase_ == Phase::following) take_digest(site, *digest, now_ms);
        return;
    }
    case Heard::hole: {
        const std::set<Stream> missing{message.topic.stream};
        held_.push_back(std::move(message));
        repair(missing);
        return;
    }
    case Heard::new_epoch: held_.push_back(std::move(message)); resynchronise(Reason::restarted, true);
    }
}

void Session::take_digest(std::string const& site, v1::Digest const& digest, std::int64_t now_ms) {
    const auto missing = follow_.digest(site, digest);
    if (!missing.empty()) {
        repair(missing);
    } else if (digest.part() + 1 >= digest.parts() && follow_.digest_ended()) {
        replay_was_useless_ = false;
        prove(now_ms);
    }
}

void Session::tell(Message message, std::int64_t now_ms, bool replayed) {
    if (prefix_.wants(message.text))
        put(Update{std::move(message.text), std::move(message.envelope), replayed}, now_ms);
}

void Session::put(Event event, std::int64_t now_ms) {
    if (!outbox_.put(std::move(event), now_ms)) pause();
}

void Session::pause() {
    phase_ = Phase::paused;
    question_.reset();
    held_.clear();
}

void Session::release_held(std::int64_t now_ms) {
    auto held = std::exchange(held_, {});
    for (auto& message : held) {
        if (phase_ == Phase::paused) return;
        if (phase_ == Phase::following)
            take(std::move(message), now_ms);
        else
            held_.push_back(std::move(message));
    }
}

// ---- is it the present

void Session::prove(std::int64_t now_ms) {
    if (late() || (behind_since_ms_ && now_ms - *behind_since_ms_ > behind_ms)) return;
    proved_ms_ = now_ms;
    if (!std::exchange(is_lost_, false)) return;
    put(Back{}, now_ms);
}

std::string Session::why_lost(std::int64_t now_ms) const {
    if (now_ms - heard_ms_ > limits_.lost_after_ms) return "no heartbeat of vigild";
    if (late()) return "the feed is " + std::to_string(lag_.now_ms() / 1'000) + " s late";
    return phase_ == Phase::following ? "the feed is too much to keep up with"
                                      : "messages are missing and cannot be had yet";
}

bool Session::lags(std::int64_t now_ms) {
    if (now_ms < lag_rest_until_ms_) return false;
    if (behind_since_ms_ && now_ms - *behind_since_ms_ > limits_.max_lag_ms) return true;
    if (now_ms - lag_checked_ms_ >= 1'000) {
        lag_checked_ms_ = now_ms;
        lagging_ = late() ? lagging_ + 1 : 0;
    }
    return lagging_ >= lag_checks;
}

// ---- repair by replay

// A replay gives every journaled message since the last moment at which nothing was missing.
void Session::repair(std::set<Stream> const& missing) {
    bool journaled = !replay_was_useless_;
    for (auto const& stream : missing) journaled = journaled && is_journaled(stream);
    if (!journaled) return resynchronise(Reason::gap, true);
    ++counters_.repairs;
    phase_ = Phase::replaying;
    replayed_ = 0;
    ask_replay(follow_.safe_seq());
}

void Session::replay_page(v1::QueryReply& reply, std::int64_t now_ms) {
    if (reply.epoch() != follow_.epoch()) return resynchronise(Reason::restarted, true);
    for (auto& publication : *reply.mutable_publications()) {
        if (replayed_ >= limits_.max_replay || outbox_.room() == 0) return resynchronise(Reason::gap, true);
        Message message{publication.topic(), topic_of(publication.topic()).value(),
                        std::move(*publication.mutable_envelope())};
        const auto heard = follow_.replayed(message.topic.stream, message.envelope);
        if (heard == Heard::hole) return resynchronise(Reason::gap, true);
        if (heard != Heard::news) continue;
        ++replayed_;
        tell(std::move(message), now_ms, true);
    }
    if (phase_ != Phase::replaying) return;
    if (reply.more() && reply.last_seq() > question_->replay().from_seq()) return ask_replay(reply.last_seq());
    replay_was_useless_ = replayed_ == 0;
    if (!follow_.short_of().empty()) return resynchronise(Reason::gap, true);
    question_.reset();
    phase_ = Phase::following;
    release_held(now_ms);
}

// ---- beginning again by snapshot

void Session::resynchronise(Reason reason, bool keep_held) {
    reason_ = reason;
    phase_ = Phase::snapshot;
    if (!keep_held) held_.clear();
    begin_snapshot();
}

void Session::begin_snapshot() {
    state_.clear();
    counts_.clear();
    history_ = true;
    replayed_ = 0;
    replay_was_useless_ = false;
    ask_snapshot(0);
}

void Session::snapshot_page(v1::QueryReply& reply, std::int64_t now_ms) {
    if (question_->snapshot().from_index() != 0 && reply.epoch() != epoch_) return begin_snapshot(); // of two daemons
    epoch_ = reply.epoch();
    seq_ = reply.last_seq();
    for (auto& p : *reply.mutable_publications())
        if (prefix_.wants(p.topic())) state_.push_back({p.topic(), std::move(*p.mutable_envelope())});
    for (auto const& one : reply.counts()) counts_[{one.cls(), one.unit(), one.bed()}] = one.count();
    if (reply.more()) return ask_snapshot(reply.next_index());
    // A journal that ends before what was told is another one: it has nothing to add.
    history_ = reason_ != Reason::too_slow && seq_ >= follow_.safe_seq();
    const bool first = follow_.epoch() == 0;
    if (!first && epoch_ != follow_.epoch()) reason_ = Reason::restarted;
    if (first || !history_ || seq_ == follow_.safe_seq()) return finish(now_ms);
    phase_ = Phase::history;
    ask_replay(follow_.safe_seq());
}

void Session::history_page(v1::QueryReply& reply, std::int64_t now_ms) {
    if (reply.epoch() != epoch_) return resynchronise(Reason::restarted, true);
    for (auto& publication : *reply.mutable_publications()) {
        Message message{publication.topic(), topic_of(publication.topic()).value(),
                        std::move(*publication.mutable_envelope())};
        if (message.envelope.seq() > seq_) break;
        if (replayed_ >= limits_.max_replay || outbox_.room() <= 1) {
            history_ = false;
            break;
        }
        auto const& stream = message.topic.stream;
        const auto heard = follow_.replayed(stream, message.envelope);
        if (heard == Heard::known) continue;
        if (heard == Heard::hole) owe(stream, follow_.skipped(stream, message.envelope));
        ++replayed_;
        tell(std::move(message), now_ms, true);
    }
    if (phase_ != Phase::history) return;
    const auto from = question_->replay().from_seq();
    if (history_ && reply.more() && from < reply.last_seq() && reply.last_seq() < seq_)
        ask_replay(reply.last_seq());
    else
        finish(now_ms);
}

void Session::finish(std::int64_t now_ms) {
    if (epoch_ == follow_.epoch()) {
        if (reason_ != Reason::too_slow) take_contained(now_ms);
        if (phase_ == Phase::paused) return;
        for (auto const& [stream, n] : follow_.missing(site_, counts_)) owe(stream, n);
    }
    for (auto const& [stream, n] : outbox_.restart()) owe(stream, n);
    auto owed = std::exchange(owed_, {});
    judge_by_what_was_taken(owed);
    follow_.resynchronised(epoch_, seq_, counts_);
    question_.reset();
    phase_ = Phase::following;
    snapshot_after_ms_ = now_ms + again_ms; // at most one a second
    ++counters_.resynchronisations;
    put(Resynchronised{reason_, std::exchange(state_, {}), epoch_, seq_, std::exchange(counts_, {}), std::move(owed),
                       history_},
        now_ms);
    if (now_ms - heard_ms_ <= limits_.lost_after_ms) prove(now_ms);
    release_held(now_ms);
}

// A state that was told may have been dropped before the user came.
void Session::judge_by_what_was_taken(Counts& owed) {
    const auto taken = outbox_.epoch();
    if (!taken) {
        reason_ = Reason::started;
        history_ = true;
        owed.clear();
    } else if (*taken != epoch_) {
        reason_ = Reason::restarted;
    }
}

// What came while the snapshot was made, and stands in it, is told before it.
void Session::take_contained(std::int64_t now_ms) {
    auto held = std::exchange(held_, {});
    for (auto& message : held) {
        auto const& stream = message.topic.stream;
        const auto contained = counts_.find(stream);
        if (message.envelope.epoch() != epoch_ || contained == counts_.end() ||
            message.envelope.count() > contained->second) {
            held_.push_back(std::move(message));
            continue;
        }
        auto heard = follow_.message(stream, message.envelope);
        if (heard == Heard::hole) {
            const bool told = follow_.told(stream, message.envelope.seq());
            owe(stream, follow_.skipped(stream, message.envelope) + (told ? 1 : 0));
            heard = told ? Heard::known : Heard::news;
        }
        if (heard == Heard::news) tell(std::move(message), now_ms);
        if (phase_ == Phase::paused) return;
    }
}

// ---- small things

void Session::owe(Stream const& stream, std::uint64_t n) {
    if (n != 0 && prefix_.asks(stream, site_)) owed_[stream] += n;
}

void Session::ask(v1::QueryRequest request) {
    request.set_id(std::to_string(++serial_));
    question_ = std::move(request);
    asked_ = false;
}

void Session::ask_replay(std::uint64_t from_seq) {
    v1::QueryRequest request;
    request.mutable_replay()->set_prefix(prefix_.subscription());
    request.mutable_replay()->set_from_seq(from_seq);
    ask(std::move(request));
}

void Session::ask_snapshot(std::uint32_t index) {
    v1::QueryRequest request;
    request.mutable_snapshot()->set_prefix(prefix_.subscription());
    request.mutable_snapshot()->set_from_index(index);
    ask(std::move(request));
}

} // namespace vigil::client
