#include "adapters/runtime/link.hpp"

#include "adapters/runtime/log.hpp"
#include "vigil/v1/observation.pb.h"

#include <algorithm>
#include <cassert>
#include <vector>

namespace vigil::adapters {

namespace {

constexpr std::int64_t hello_every_ms = 500;    // until answered
constexpr std::int64_t silence_ms = 5'000;      // then ask again: the daemon may have restarted
constexpr std::int64_t resend_after_ms = 3'000; // an answer was lost
constexpr std::int64_t away_after_ms = 7'000;   // a silence and some unanswered greetings
constexpr std::int64_t retry_taken_ms = 5'000;
constexpr unsigned resends_per_tick = 4;
constexpr std::uint32_t credit_limit = 1024;

} // namespace

Link::Link(Settings settings, Send send)
    : settings_(std::move(settings)),
      send_(std::move(send)) {}

void Link::set_state(Frame& frame, Frame::State state) {
    const auto account = [&](Frame::State s, bool add) {
        std::size_t& count = s == Frame::State::waiting ? waiting_ : s == Frame::State::sent ? in_flight_ : taken_;
        assert(add || count > 0);
        count = add ? count + 1 : count - 1;
        if (s == Frame::State::taken)
            taken_bytes_ = add ? taken_bytes_ + frame.bytes.size() : taken_bytes_ - frame.bytes.size();
    };
    account(frame.state, false);
    frame.state = state;
    account(state, true);
}

void Link::forget(std::map<std::uint64_t, Frame>::iterator at) {
    if (at->second.state == Frame::State::waiting)
        --waiting_;
    else if (at->second.state == Frame::State::sent)
        --in_flight_;
    else {
        --taken_;
        taken_bytes_ -= at->second.bytes.size();
    }
    frames_.erase(at);
}

void Link::submit(v1::ObservationBatch& batch, Done done, Instant now) {
    const std::uint64_t sequence = next_++;
    batch.set_source(settings_.source);
    batch.set_adapter_epoch(settings_.epoch);
    batch.set_frame_seq(sequence);
    // Field 2 of IngestMessage, written around the batch without copying it into one.
    v1::IngestMessage message;
    message.set_allocated_batch(&batch);
    Frame frame;
    frame.bytes = message.SerializeAsString();
    [[maybe_unused]] auto* const mine = message.release_batch();
    assert(mine == &batch);
    frame.done = std::move(done);
    frame.submitted_ms = now.steady_ms;
    frames_.emplace(sequence, std::move(frame));
    ++waiting_;
    send_waiting(now);
}

void Link::send_waiting(Instant now) {
    if (!connected_ || waiting_ == 0) return;
    for (auto& [sequence, frame] : frames_) {
        if (in_flight_ >= credit_ || waiting_ == 0) return;
        if (frame.state != Frame::State::waiting) continue;
        if (!send_(frame.bytes)) return;
        frame.sent_ms = now.steady_ms;
        set_state(frame, Frame::State::sent);
    }
}

void Link::hello(Instant now) {
    last_hello_ms_ = now.steady_ms;
    v1::IngestMessage message;
    auto& hello = *message.mutable_hello();
    hello.set_source(settings_.source);
    hello.set_adapter_epoch(settings_.epoch);
    hello.set_kind(settings_.kind);
    hello.set_version(settings_.version);
    hello.set_simulated(settings_.simulated);
    send_(message.SerializeAsString());
}

void Link::receive(std::string_view bytes, Instant now) {
    v1::IngestReply reply;
    if (bytes.size() > 64 * 1024 || !reply.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
    if (reply.adapter_epoch() != 0 && reply.adapter_epoch() != settings_.epoch) return;
    last_reply_ms_ = now.steady_ms;
    if (reply.credit() > 0) credit_ = std::min(reply.credit(), credit_limit);
    const bool refused = reply.frame_seq() == 0 && reply.verdict() == v1::IngestReply::VERDICT_REFUSED;
    if (!refused) accepted_ms_ = now.steady_ms;
    notice_absence(now);
    if (reply.verdict() == v1::IngestReply::VERDICT_HELLO) {
        take_hello(reply, now);
    } else if (reply.frame_seq() == 0) {
        if (refused) take_refused_hello(reply.reason(), now);
    } else {
        if (connected_) take_epoch(reply.daemon_epoch());
        take_answer(reply);
    }
    send_waiting(now);
}

// A daemon that restarted knows nothing of what was sent before.
void Link::take_epoch(std::uint64_t daemon_epoch) {
    if (daemon_epoch == 0 || daemon_epoch == daemon_epoch_) return;
    daemon_epoch_ = daemon_epoch;
    for (auto& [sequence, frame] : frames_)
        if (frame.state != Frame::State::waiting) set_state(frame, Frame::State::waiting);
}

void Link::take_hello(v1::IngestReply const& reply, Instant now) {
    const bool again = connected_;
    connected_ = true;
    if (reply.daemon_epoch() != daemon_epoch_ || !again) {
        take_epoch(reply.daemon_epoch());
        return;
    }
    for (auto& [sequence, frame] : frames_) // the same daemon after a silence: what it lost comes again
        if (frame.state == Frame::State::sent && now.steady_ms - frame.sent_ms >= resend_after_ms)
            set_state(frame, Frame::State::waiting);
}

void Link::take_refused_hello(std::string const& reason, Instant now) {
    connected_ = false;
    if (now.steady_ms < next_complaint_ms_) return;
    next_complaint_ms_ = now.steady_ms + 60'000;
    log(Priority::error, "vigild refuses this adapter: " + reason);
}

void Link::take_answer(v1::IngestReply const& reply) {
    const auto at = frames_.find(reply.frame_seq());
    if (at == frames_.end()) return;
    Frame& frame = at->second;
    Done done = std::move(frame.done);
    frame.done = nullptr;
    Verdict verdict = Verdict::committed;
    switch (reply.verdict()) {
    case v1::IngestReply::VERDICT_COMMITTED: forget(at); break;
    case v1::IngestReply::VERDICT_REFUSED:
        verdict = Verdict::refused;
        forget(at);
        break;
    case v1::IngestReply::VERDICT_TAKEN_NOT_DURABLE:
        verdict = Verdict::taken;
        set_state(frame, Frame::State::taken);
        bound_kept();
        break;
    default: frame.done = std::move(done); return;
    }
    if (done) done(verdict, reply.reason());
}

void Link::bound_kept() {
    for (auto at = frames_.begin();
         at != frames_.end() && (taken_ > settings_.kept_frames || taken_bytes_ > settings_.kept_bytes);) {
        const auto here = at++;
        if (here->second.state != Frame::State::taken) continue;
        ++given_up_; // its device was told that it is not stored and sends it again
        forget(here);
    }
}

void Link::resend_overdue(Instant now) {
    unsigned budget = resends_per_tick;
    for (auto& [sequence, frame] : frames_) {
        if (budget == 0) break;
        const std::int64_t age = now.steady_ms - frame.sent_ms;
        // The daemon answered others since: this answer was lost on the way.
        const bool lost = frame.state == Frame::State::sent && age >= resend_after_ms && last_reply_ms_ > frame.sent_ms;
        if (lost || (frame.state == Frame::State::taken && age >= retry_taken_ms)) {
            if (!send_(frame.bytes)) break;
            frame.sent_ms = now.steady_ms;
            if (frame.state == Frame::State::taken) set_state(frame, Frame::State::sent);
            --budget;
        }
    }
}

void Link::notice_absence(Instant now) {
    const bool away = now.steady_ms - accepted_ms_.value_or(now.steady_ms) >= away_after_ms;
    if (away != away_)
        log(away ? Priority::error : Priority::notice,
            away ? "vigild does not answer: devices are told so until it does" : "vigild answers again");
    away_ = away;
}

void Link::tick(Instant now) {
    if (!accepted_ms_) accepted_ms_ = now.steady_ms;
    notice_absence(now);
    const bool silent = now.steady_ms - last_reply_ms_ >= silence_ms;
    if ((!connected_ || silent) && now.steady_ms - last_hello_ms_ >= hello_every_ms) hello(now);
    if (connected_) {
        resend_overdue(now);
        send_waiting(now);
    }
    // A device that waits longer gives up and resends; it is told in time that nothing is stored yet.
    std::vector<Done> late;
    for (auto& [sequence, frame] : frames_)
        if (frame.done && now.steady_ms - frame.submitted_ms >= settings_.answer_within_ms) {
            late.push_back(std::move(frame.done));
            frame.done = nullptr;
        }
    for (auto const& done : late) done(Verdict::late, {});
}

void Link::goodbye() {
    v1::IngestMessage message;
    message.mutable_goodbye()->set_source(settings_.source);
    message.mutable_goodbye()->set_adapter_epoch(settings_.epoch);
    send_(message.SerializeAsString());
}

} // namespace vigil::adapters
