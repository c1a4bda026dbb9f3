#include "loop/recorder.hpp"

#include "loop/log.hpp"
#include "wire/publication.hpp"

#include "vigil/v1/envelope.pb.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>

namespace vigil::loop {

namespace {

using core::BedChanged;

// A start steps again what was stepped since the last snapshot, so one is made when that has taken long; and while it
// is encoded and written everything else waits, so the longer that takes the rarer it is, up to what a start may last.
constexpr std::chrono::milliseconds least_replay{500}, most_replay{6'000};
constexpr int replay_per_cost = 30; // of stepping, for each second that a snapshot takes

constexpr std::size_t small_snapshot = 4U << 20;

constexpr std::size_t appended_bytes = 32;

Keep keep_of(core::Effect const& effect, v1::Envelope const& envelope) {
    // Nobody will ever leave the bed that a closed stay no longer has.
    if (envelope.has_score() && envelope.score().closed()) return Keep::remove;
    if (auto const* alert = std::get_if<core::AlertChanged>(&effect))
        return alert->alert.signal == alerts::SignalState::closed || alert->alert.moved_to.value != 0 ? Keep::remove
                                                                                                      : Keep::put;
    if (auto const* bed = std::get_if<BedChanged>(&effect)) {
        switch (bed->kind) {
        case BedChanged::Kind::admitted:
        case BedChanged::Kind::arrived: return Keep::put;
        case BedChanged::Kind::transferred:
        case BedChanged::Kind::discharged:
        case BedChanged::Kind::merged:
        case BedChanged::Kind::cancelled: return Keep::vacate;
        case BedChanged::Kind::attested:
        case BedChanged::Kind::late_result:
        case BedChanged::Kind::suspended: return Keep::nothing;
        }
    }
    return Keep::put;
}

bool presses(core::Effect const& effect) {
    return std::holds_alternative<core::AlertChanged>(effect) || std::holds_alternative<core::CommandAnswered>(effect);
}

} // namespace

Recorder::Recorder(Start start, Settings const& settings, store::CrashPage& crash_page, Outlet& outlet,
                   std::uint64_t epoch)
    : engine_{std::move(start.engine)},
      rules_{std::move(start.rules)},
      settings_{settings},
      crash_page_{crash_page},
      outlet_{outlet},
      epoch_{epoch},
      commits_{std::move(start.journal)},
      next_seq_{start.next_seq},
      committed_seq_{start.next_seq - 1},
      pending_{std::move(start.pending)},
      envelope_{std::make_unique<v1::Envelope>()} {
    engine_.watched_by(this);
    stepped_since_snapshot_ = start.replay_took;
    if (start.opening) {
        last_snapshot_bytes_ = start.opening->snapshot.size();
        batch_.open_segment(std::move(*start.opening));
    }
}

Recorder::~Recorder() = default;

void Recorder::evaluated() noexcept {
    crash_page_.note_evaluating(0);
    if (on_progress_) on_progress_();
}

Recorder::Stepped Recorder::step(model::LogTime at, core::What what, std::vector<core::Event> const& recalled) {
    event_.seq = next_seq_;
    event_.at = at;
    event_.what = std::move(what);
    effects_.clear();
    auto const* census = std::get_if<core::CensusChange>(&event_.what);
    crash_page_.note_before_step(census != nullptr ? census->content : model::Digest{},
                                 census != nullptr ? 0U : static_cast<std::uint32_t>(event_.what.index()), 0);
    if (settings_.test_poison == "time" && std::holds_alternative<core::Ticked>(event_.what)) poisoned_time();
    const auto begin = Steady::now();
    engine_.step(event_, effects_, recalled);
    stepped_since_snapshot_ += Steady::now() - begin;
    crash_page_.clear();
    keep(event_);
    return {event_.seq, effects_};
}

Recorder::Stepped Recorder::step(model::LogTime at, model::Frame& frame) {
    event_.seq = next_seq_;
    event_.at = at;
    if (!std::holds_alternative<model::Frame>(event_.what)) event_.what.emplace<model::Frame>();
    auto& mine = *std::get_if<model::Frame>(&event_.what);
    std::swap(mine, frame);
    effects_.clear();
    crash_page_.note_before_step(mine.content, mine.part, 0);
    if (!settings_.test_poison.empty() && mine.message_id == settings_.test_poison) std::abort();
    const auto begin = Steady::now();
    engine_.step(event_, effects_);
    stepped_since_snapshot_ += Steady::now() - begin;
    crash_page_.clear();
    keep(event_);
    std::swap(mine, frame);
    return {event_.seq, effects_};
}

// The first patient's evaluation is made to end the process, until he is suspended.
void Recorder::poisoned_time() {
    auto const& all = engine_.state().encounters;
    if (all.empty() || all.front().suspended) return;
    crash_page_.note_evaluating(all.front().id.value);
    std::abort();
}

void Recorder::keep(core::Event const& event) {
    if (recording_) batch_.add(event);
    std::uint64_t seq = event.seq;
    for (auto const& effect : effects_) {
        ++seq;
        if (recording_) batch_.add(seq, event.at, event.seq, effect);
        publish_effect(effect, event, seq);
        urgent_ = urgent_ || presses(effect);
    }
    if (recording_) store::follow_recalls(pending_, event, effects_, engine_.state(), *rules_);
    for (auto const& effect : effects_)
        if (auto const* recall = std::get_if<core::Recall>(&effect); recall != nullptr && !recording_)
            unanswerable_.push_back(*recall);
    for (auto const& effect : effects_)
        if (auto const* day = std::get_if<core::DayAsked>(&effect)) asked_days_.push_back({*day, event.seq});
    next_seq_ = seq + 1;
    if (recording_ && !first_waiting_) first_waiting_ = Steady::now();
    if (!recording_) release_committed();
}

void Recorder::head(v1::Envelope& envelope, std::uint64_t seq, std::int64_t log_time_ms) const {
    envelope.set_epoch(epoch_);
    envelope.set_seq(recording_ ? seq : 0);
    envelope.set_log_time_ms(log_time_ms);
    envelope.set_simulated(settings_.simulated);
}

Publication Recorder::publication(PublicationOf const& of, v1::Envelope const& envelope) const {
    Publication out;
    out.topic = wire::topic(of.cls, settings_.site, of.unit, of.bed, of.key);
    // Sized for the count and marks that Feed appends: growing would double what thousands of these keep.
    const auto size = envelope.ByteSizeLong();
    out.bytes.reserve(size + appended_bytes);
    envelope.AppendToString(&out.bytes);
    out.cls = of.cls;
    out.unit = of.unit;
    out.bed = of.bed;
    out.slot = of.slot;
    out.keep = of.slot.empty() && of.keep == Keep::put ? Keep::nothing : of.keep;
    out.seq = recording_ ? of.seq : 0;
    out.log_time_ms = envelope.log_time_ms();
    if (envelope.has_event()) out.encounter = envelope.event().encounter();
    return out;
}

void Recorder::publish_effect(core::Effect const& effect, core::Event const& event, std::uint64_t seq) {
    envelope_->Clear();
    const auto to = wire::write_effect(effect, {engine_.state(), *rules_}, *envelope_);
    if (!to) return;
    head(*envelope_, seq, event.at.ms);
    auto out =
        publication({to->cls, to->unit, to->bed, to->key, to->slot, keep_of(effect, *envelope_), seq}, *envelope_);
    held_.push_back({seq, std::move(out)});
}

void Recorder::hold(FrameAnswer answer) {
    if (settings_.test_mutant == "ack_before_commit") { // what the kill test must catch
        outlet_.answer(answer, true);
        return;
    }
    held_.push_back({last_seq(), std::move(answer)});
    release_committed();
}
void Recorder::hold(CommandAnswer answer) {
    held_.push_back({last_seq(), std::move(answer)});
    release_committed();
}
void Recorder::hold(Publication publication) {
    held_.push_back({last_seq(), std::move(publication)});
    release_committed();
}

void Recorder::release(Held& held, bool durable) {
    if (auto* p = std::get_if<Publication>(&held.what)) {
        if (!durable) ++shown_unrecorded_;
        outlet_.publish(std::move(*p), durable);
    } else if (auto const* f = std::get_if<FrameAnswer>(&held.what)) {
        outlet_.answer(*f, durable);
    } else if (auto const* c = std::get_if<CommandAnswer>(&held.what)) {
        outlet_.answer(*c, durable);
    }
}

void Recorder::release_committed() {
    while (!held_.empty() && (!recording_ || held_.front().after_seq <= committed_seq_)) {
        auto held = std::move(held_.front());
        held_.pop_front();
        release(held, recording_);
    }
}

void Recorder::take_completions() {
    for (auto& completion : commits_.take()) {
        if (auto* done = std::get_if<store::Committed>(&completion)) {
            if (!recording_) continue; // it came back after all; the next start finds it
            committed_seq_ = std::max(committed_seq_, done->last_seq);
            took_ms_[commits_done_++ % took_ms_.size()] = std::chrono::duration<double, std::milli>(done->took).count();
            if (done->batch == batch_of_snapshot_) snapshot_took_ += done->took;
            wal_bytes_ = done->wal_bytes;
            rotation_due_ = rotation_due_ || done->rotation_due;
            done->used.clear();
            if (spare_.size() < 4) spare_.push_back(std::move(done->used));
        } else if (auto const* failed = std::get_if<store::Failed>(&completion)) {
            if (!failed_)
                log::error(fmt::format("journal: commit failed, sqlite {} errno {}: {}", failed->sqlite_code,
                                       failed->system_errno, failed->what));
            if (!failed_) failed_ = failed->kind == store::Failed::Kind::full ? Sickness::full : Sickness::error;
        }
    }
}

bool Recorder::due(Steady::time_point now) const {
    if (batch_.empty() || commits_.inflight() > 0) return false;
    return urgent_ || (first_waiting_ && now - *first_waiting_ >= commit_after);
}

bool Recorder::wants_snapshot() const {
    const auto enough = std::clamp<Steady::duration>(snapshot_took_ * replay_per_cost, least_replay, most_replay);
    return snapshot_due_ || stepped_since_snapshot_ >= enough;
}

std::string Recorder::snapshot() {
    const auto begin = Steady::now();
    auto snapshot = store::encode_snapshot(engine_.state(), pending_, last_snapshot_bytes_ + last_snapshot_bytes_ / 8);
    snapshot_took_ = Steady::now() - begin;
    last_snapshot_bytes_ = snapshot.size();
    stepped_since_snapshot_ = {};
    snapshot_due_ = false;
    return snapshot;
}

store::Opening Recorder::opening() {
    return {std::string{core::core_version}, rules_->bytes, rules_->digest, snapshot()};
}

// A segment opens with a snapshot. Where that is large, the next segment begins when one is wanted anyway.
bool Recorder::rotates_now() const {
    return rotation_due_ && (last_snapshot_bytes_ < small_snapshot || wants_snapshot());
}

void Recorder::hand_over(Steady::time_point now) {
    const bool rotates = rotates_now();
    batch_.id = next_batch_++;
    if (snapshot_due_ || (wants_snapshot() && !rotates)) {
        batch_.snapshot_after(snapshot());
        batch_of_snapshot_ = batch_.id;
    }
    commits_.submit(std::move(batch_), now);
    batch_ = store::Batch{};
    if (!spare_.empty()) {
        batch_ = std::move(spare_.back());
        spare_.pop_back();
    }
    urgent_ = false;
    first_waiting_.reset();
    if (rotates) {
        rotation_due_ = false;
        batch_.open_segment(opening());
        batch_of_snapshot_ = next_batch_;
    }
}

void Recorder::progress(Steady::time_point now) {
    take_completions();
    release_committed();
    if (recording_ && !failed_ && due(now)) hand_over(now);
}

std::chrono::milliseconds Recorder::wait(Steady::time_point now, std::chrono::milliseconds otherwise) const {
    if (!recording_ || batch_.empty() || commits_.inflight() > 0) return otherwise;
    if (urgent_ || !first_waiting_) return std::chrono::milliseconds{0};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*first_waiting_ + commit_after - now);
    return std::clamp(left, std::chrono::milliseconds{0}, otherwise);
}

bool Recorder::full() const {
    return recording_ &&
           (batch_.rows().size() >= waiting_rows || batch_.bytes() >= waiting_bytes || held_.size() >= held_messages);
}

void Recorder::settle(Steady::time_point now) {
    if (!recording_) return;
    if (!batch_.empty()) hand_over(now);
    commits_.drain();
    take_completions();
    release_committed();
}

void Recorder::use(Rules rules, model::LogTime at) {
    if (!batch_.empty()) hand_over(Steady::now());
    rules_ = std::move(rules);
    engine_.use(*rules_);
    rotation_due_ = false;
    batch_.open_segment(opening());
    step(at, core::RulesChanged{rules_->digest});
    urgent_ = true;
}

void Recorder::stop_recording() {
    recording_ = false;
    for (auto const& plan : pending_) unanswerable_.push_back(plan.recall);
    pending_.clear();
    batch_.clear();
    release_committed();
}

std::optional<Sickness> Recorder::sickness(Steady::time_point now) const {
    if (failed_) return failed_;
    const auto oldest = commits_.oldest_inflight();
    if (oldest && now - oldest->submitted > commit_back_within) return Sickness::slow;
    return std::nullopt;
}

double Recorder::commit_p99_ms() const {
    const auto n = std::min<std::uint64_t>(commits_done_, took_ms_.size());
    if (n == 0) return 0;
    std::vector<double> sorted(took_ms_.begin(), took_ms_.begin() + static_cast<std::ptrdiff_t>(n));
    std::sort(sorted.begin(), sorted.end());
    return sorted[static_cast<std::size_t>(static_cast<double>(n - 1) * 0.99)];
}

} // namespace vigil::loop
