#include "outbound/follower.hpp"

#include <fmt/format.h>

namespace vigil::outbound {

namespace {

constexpr std::int64_t ask_again_ms = 200;
constexpr int at_a_time = 1'000; // events heard before the journal is asked

Revision revision_of(client::Publication const& one) {
    auto const& envelope = one.envelope;
    return {envelope.alert(),       envelope.seq(),       envelope.epoch(),
            envelope.log_time_ms(), envelope.simulated(), envelope.recorded()};
}

} // namespace

Follower::Follower(client::Client& feed, client::Replay& journal, Outbox& outbox, Clock clock, Say say)
    : feed_(feed),
      journal_(journal),
      outbox_(outbox),
      clock_(std::move(clock)),
      say_(std::move(say)) {}

bool Follower::turn(std::chrono::milliseconds patience) {
    const bool behind = cursor_ && *cursor_ < wanted_;
    bool queued = false;
    auto event = feed_.next(behind ? std::chrono::milliseconds(10) : patience);
    for (int n = 0; event && n < at_a_time; ++n) {
        queued = heard(*event) || queued;
        event = n + 1 < at_a_time ? feed_.next(std::chrono::milliseconds(0)) : std::nullopt;
    }
    return catch_up() || queued;
}

bool Follower::heard(client::Event const& event) {
    if (auto const* update = std::get_if<client::Update>(&event)) {
        if (!update->envelope.has_alert()) return false;
        wanted_ = std::max(wanted_, update->envelope.seq());
        if (update->envelope.recorded()) return false; // the journal gives it
        const auto revision = revision_of({update->topic, update->envelope});
        outbox_.take_unrecorded({&revision, 1}, clock_());
        ++says_.taken;
        return true;
    }
    if (auto const* all = std::get_if<client::Resynchronised>(&event)) return resynchronised(*all);
    if (auto const* lost = std::get_if<client::Lost>(&event)) {
        says_.live = false;
        say_(Loudness::warning, "feed lost: " + lost->why + "; alerts are handed on as soon as it is back");
    } else {
        says_.live = true;
        say_(Loudness::notice, "feed is live");
    }
    return false;
}

bool Follower::resynchronised(client::Resynchronised const& all) {
    std::vector<Revision> standing, unrecorded;
    for (auto const& one : all.state) {
        if (!one.envelope.has_alert() || !one.envelope.alert().moved_to().empty()) continue;
        if (one.envelope.alert().signal() == v1::SIGNAL_STATE_CLOSED) continue;
        (one.envelope.recorded() ? standing : unrecorded).push_back(revision_of(one));
    }
    const auto now = clock_();
    const auto before = outbox_.cursor();
    if (before && all.seq < *before) {
        const auto orphans = outbox_.begin_again(standing, all.seq, now);
        say_(Loudness::error,
             fmt::format(
                 "the journal ends at {}, before what was taken of it ({}): it is another one. What stands in it "
                 "is handed on; {} alerts that were handed on are unknown to it and will not be ended",
                 all.seq, *before, orphans));
    }
    const auto queued = outbox_.enrol(standing, all.seq, now);
    if (!unrecorded.empty()) outbox_.take_unrecorded(unrecorded, now);
    if (!cursor_) says_.live = true;
    cursor_ = outbox_.cursor();
    wanted_ = std::max(all.seq, *cursor_);
    ask_after_ms_ = 0;
    return queued != 0 || !unrecorded.empty() || (before && all.seq < *before);
}

bool Follower::catch_up() {
    bool queued = false;
    while (cursor_ && *cursor_ < wanted_ && clock_() >= ask_after_ms_) {
        const auto page = journal_.after(*cursor_);
        if (!page || page->last_seq == *cursor_) {
            ask_after_ms_ = clock_() + ask_again_ms;
            break;
        }
        std::vector<Revision> revisions;
        for (auto const& one : page->publications)
            if (one.envelope.has_alert()) revisions.push_back(revision_of(one));
        for (auto& revision : revisions) revision.recorded = true; // it is in the journal
        outbox_.take(revisions, page->last_seq, clock_());
        cursor_ = page->last_seq;
        says_.taken += revisions.size();
        queued = queued || !revisions.empty();
    }
    return queued;
}

} // namespace vigil::outbound
