#include "loop/ingest.hpp"

#include "core/census.hpp"
#include "core/intake.hpp"
#include "loop/exchange.hpp"
#include "loop/log.hpp"

#include "vigil/v1/observation.pb.h"

#include <algorithm>
#include <fmt/format.h>

namespace vigil::loop {

namespace {

constexpr std::size_t backlog_frames =
    8'192; // adapters × credit, twice; beyond it a late frame is stepped with the live ones
constexpr std::size_t progress_every = 16; // frames between two looks at the commit thread
constexpr std::size_t frame_bytes =
    256U << 10; // before parsing: empty sub-messages grow 36-fold in memory (reliability.md 1.12)
constexpr std::int64_t offset_that_counts_ms = 500;
constexpr std::size_t reasons_per_adapter = 64; // the adapter's list is closed and shorter

std::int64_t utc_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

// What is worth a line in the journal: an offset that drifts by milliseconds is not.
bool differs(core::SourceReported const& a, core::SourceReported const& b) {
    const auto offset = [](auto const& r) { return r.clock_offset ? r.clock_offset->ms : 0; };
    return a.state != b.state || a.kind != b.kind || a.connections != b.connections || a.refused != b.refused ||
           a.malformed != b.malformed || a.spool_empty != b.spool_empty ||
           a.clock_offset.has_value() != b.clock_offset.has_value() ||
           std::abs(offset(a) - offset(b)) > offset_that_counts_ms;
}

} // namespace

Ingest::Ingest(zmq::context_t& context, Settings const& settings, Recorder& recorder, LogClock& clock,
               store::CrashPage& crash_page, std::uint64_t epoch)
    : settings_{settings},
      recorder_{recorder},
      clock_{clock},
      crash_page_{crash_page},
      epoch_{epoch},
      socket_{bind(context, zmq::socket_type::router, settings.ingest, settings.curve)},
      message_{std::make_unique<v1::IngestMessage>()} {
    // Whoever was there before the restart is expected back, and missed when he does not come.
    for (auto const& source : recorder.engine().state().sources) {
        if (source.state == core::SourceState::lost || source.state == core::SourceState::goodbye) continue;
        auto& a = adapters_[source.name];
        a.said = {source.name,         source.kind,    source.state,     source.connections,
                  source.clock_offset, source.refused, source.malformed, false}; // until it says so again
        a.heard = Steady::now();
    }
}

Ingest::~Ingest() = default;

void Ingest::take_live() {
    for (std::size_t n = 0; n < ingest_per_turn && !recorder_.full(); ++n) {
        if (!receive(socket_, received_)) return;
        if (n % progress_every == progress_every - 1) recorder_.progress(Steady::now());
        if (received_.body.size() > frame_bytes ||
            !message_->ParseFromArray(received_.body.data(), static_cast<int>(received_.body.size()))) {
            ++refused_;
            continue; // no adapter says this; there is nothing to answer to
        }
        auto route = route_of(received_);
        if (message_->has_batch() && message_->batch().received_ms() < utc_ms() - backlog_after_ms &&
            backlog_.size() < backlog_frames) {
            backlog_.push_back({std::move(route), std::move(message_)});
            message_ = spare_.empty() ? std::make_unique<v1::IngestMessage>() : std::move(spare_.back());
            if (!spare_.empty()) spare_.pop_back();
            continue;
        }
        take(std::move(route), *message_);
    }
}

void Ingest::take_backlog() {
    for (std::size_t n = 0; n < ingest_per_turn / 4 && !backlog_.empty() && !recorder_.full(); ++n) {
        auto waiting = std::move(backlog_.front());
        backlog_.pop_front();
        take(std::move(waiting.route), *waiting.message);
        if (spare_.size() < ingest_per_turn) spare_.push_back(std::move(waiting.message));
        if (n % progress_every == progress_every - 1) recorder_.progress(Steady::now());
    }
}

void Ingest::take(std::vector<std::string> route, v1::IngestMessage const& message) {
    switch (message.what_case()) {
    case v1::IngestMessage::kHello: return take_hello(route, message.hello());
    case v1::IngestMessage::kBatch: return take_batch(std::move(route), message.batch());
    case v1::IngestMessage::kHeartbeat: return take_heartbeat(route, message.heartbeat());
    case v1::IngestMessage::kGoodbye: return take_goodbye(message.goodbye().source());
    case v1::IngestMessage::WHAT_NOT_SET: ++refused_; return;
    }
}

Ingest::Adapter* Ingest::adapter(std::string const& source, std::string const& kind) {
    if (!wire::is_token(source)) return nullptr;
    auto found = adapters_.find(source);
    if (found == adapters_.end()) {
        if (adapters_.size() >= peers) return nullptr;
        found = adapters_.emplace(source, Adapter{}).first;
        found->second.said.source = source;
        found->second.said.state = core::SourceState::lost;
    }
    auto& a = found->second;
    a.heard = Steady::now();
    if (a.said.state == core::SourceState::lost || a.said.state == core::SourceState::goodbye ||
        (!kind.empty() && a.said.kind != kind)) {
        auto now = a.said;
        now.state = core::SourceState::connected;
        if (!kind.empty()) now.kind = kind;
        if (now.kind.empty()) now.kind = "unknown";
        now.spool_empty = false; // until it says so
        report(a, std::move(now));
    }
    return &a;
}

void Ingest::report(Adapter& adapter, core::SourceReported now) {
    if (!differs(adapter.said, now)) return;
    adapter.said = now;
    recorder_.step(clock_.now(), std::move(now));
}

void Ingest::take_hello(std::vector<std::string> const& route, v1::AdapterHello const& hello) {
    if (hello.simulated() != settings_.simulated)
        return refuse(route, hello.adapter_epoch(), 0, settings_.simulated ? "simulated_only" : "production_only");
    const auto kind = wire::is_token(hello.kind()) ? hello.kind() : std::string{"unknown"};
    auto* a = adapter(hello.source(), kind);
    if (a == nullptr)
        return refuse(route, hello.adapter_epoch(), 0,
                      wire::is_token(hello.source()) ? "too_many_adapters" : "bad_source");
    a->epoch = hello.adapter_epoch();
    greet(route, hello.adapter_epoch());
}

void Ingest::take_heartbeat(std::vector<std::string> const& route, v1::AdapterHeartbeat const& beat) {
    auto* a = adapter(beat.source(), {});
    if (a == nullptr) return;
    auto now = a->said;
    now.state = core::SourceState::heartbeat;
    now.connections = beat.connections();
    now.clock_offset.reset();
    if (beat.has_clock_offset_ms()) now.clock_offset = model::Duration{beat.clock_offset_ms()};
    now.refused = beat.refused();
    now.malformed = beat.malformed();
    if (beat.unacknowledged() == 0) now.spool_empty = true;
    auto& counts = a->counts.emplace();
    counts.messages = beat.messages();
    for (auto const& [reason, count] : beat.refused_by_reason())
        if (wire::is_token(reason) && counts.by_reason.size() < reasons_per_adapter) counts.by_reason[reason] = count;
    report(*a, std::move(now));
    greet(route, beat.adapter_epoch());
}

std::map<std::string, View::Said> Ingest::said() const {
    std::map<std::string, View::Said> out;
    for (auto const& [source, a] : adapters_)
        if (a.counts) out.emplace(source, *a.counts);
    return out;
}

void Ingest::take_goodbye(std::string const& source) {
    const auto found = adapters_.find(source);
    if (found == adapters_.end()) return;
    auto now = found->second.said;
    now.state = core::SourceState::goodbye;
    now.connections = 0;
    now.spool_empty = true;
    report(found->second, std::move(now));
    adapters_.erase(found);
}

void Ingest::look_for_lost(Steady::time_point now) {
    for (auto i = adapters_.begin(); i != adapters_.end();) {
        auto& a = i->second;
        if (now - a.heard < adapter_lost_after) {
            ++i;
            continue;
        }
        auto lost = a.said;
        lost.state = core::SourceState::lost;
        lost.connections = 0;
        lost.spool_empty = true;
        report(a, std::move(lost));
        i = adapters_.erase(i);
    }
}

void Ingest::take_batch(std::vector<std::string> route, v1::ObservationBatch const& batch) {
    if (const auto why = wire::BatchReader::check(batch, settings_.simulated); !why.empty())
        return refuse(route, batch.adapter_epoch(), batch.frame_seq(), why);
    if (adapter(batch.source(), {}) == nullptr)
        return refuse(route, batch.adapter_epoch(), batch.frame_seq(), "too_many_adapters");
    const auto source = recorder_.engine().find_source(batch.source());
    assert(source); // its report introduced it
    if (known_already(route, batch, *source)) return;
    if (is_suspect(batch)) return step_suspect(std::move(route), batch);
    step_batch(std::move(route), batch);
}

bool Ingest::known_already(std::vector<std::string> const& route, v1::ObservationBatch const& batch,
                           model::SourceId source) {
    if (settings_.test_mutant == "no_idempotency_key") return false; // what the kill test must catch
    model::Digest content{};
    std::copy(batch.content_digest().begin(), batch.content_digest().end(), content.begin());
    const auto seq = recorder_.engine().taken_before(source, batch.message_id(), content, batch.part());
    if (!seq) return false;
    if (batch.urgent()) recorder_.hurry();
    recorder_.hold(FrameAnswer{route, batch.adapter_epoch(), batch.frame_seq(), *seq});
    return true;
}

void Ingest::step_batch(std::vector<std::string> route, v1::ObservationBatch const& batch) {
    const auto source = recorder_.engine().find_source(batch.source());
    if (const auto why = reader_.read(batch, recorder_.engine(), *source, taken_); !why.empty())
        return refuse(route, batch.adapter_epoch(), batch.frame_seq(), why);
    if (clock_.is_driven() && batch.has_message_time_ms()) clock_.follow({batch.message_time_ms()});
    const auto at = clock_.now();
    for (auto& change : taken_.census) recorder_.step(at, std::move(change));
    if (!taken_.census.empty()) // the census names people and places the frame was read without
        if (const auto why = reader_.read(batch, recorder_.engine(), *source, taken_); !why.empty())
            return refuse(route, batch.adapter_epoch(), batch.frame_seq(), why);
    const auto seq = recorder_.step(at, taken_.frame).seq;
    if (batch.urgent()) recorder_.hurry();
    recorder_.hold(FrameAnswer{std::move(route), batch.adapter_epoch(), batch.frame_seq(), seq});
}

bool Ingest::is_suspect(v1::ObservationBatch const& batch) const {
    const auto suspect = crash_page_.suspect();
    return suspect && suspect->part == batch.part() &&
           std::equal(suspect->content.begin(), suspect->content.end(), batch.content_digest().begin(),
                      batch.content_digest().end(),
                      [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); });
}

std::uint32_t Ingest::encounter_of(model::Frame const& frame) const {
    auto state = without_readings(recorder_.engine().state());
    for (auto const& s : frame.new_subjects) state.subjects.push_back(s);
    for (auto const& reading : frame.readings) {
        if (!reading.time) continue;
        const auto when = core::event_time(*reading.time, frame.clock_offset);
        const auto told = frame.message_time ? core::event_time(*frame.message_time, frame.clock_offset) : when;
        const auto owner = core::attribute(state, frame.subject, frame.source, when, told);
        if (owner.encounter != model::nobody) return owner.encounter.value;
    }
    return 0;
}

// Alone in its batch, so that a crash takes nothing with it; after the second crash it is kept as bytes and never
// stepped.
void Ingest::step_suspect(std::vector<std::string> route, v1::ObservationBatch const& batch) {
    const auto suspect = *crash_page_.suspect();
    recorder_.settle(Steady::now());
    // A kill from outside is no fault of the frame's; only what the step itself brought down counts.
    if (suspect.crashes < 2 || suspect.signal == 0) {
        log::warning(fmt::format("frame retried alone after crash {} in its step", suspect.crashes));
        step_batch(std::move(route), batch);
        recorder_.settle(Steady::now());
        crash_page_.forget_suspect();
        return;
    }
    const auto source = recorder_.engine().find_source(batch.source());
    if (const auto why = reader_.read(batch, recorder_.engine(), *source, taken_); !why.empty())
        return refuse(route, batch.adapter_epoch(), batch.frame_seq(), why);
    auto const& frame = taken_.frame;
    core::Quarantined out;
    out.source = frame.source;
    out.message_id = frame.message_id;
    out.content = frame.content;
    out.encounter = encounter_of(frame);
    out.frame_bytes = core::encode(frame);
    log::error(fmt::format("frame quarantined after {} crashes in its step; encounter {} suspended", suspect.crashes,
                           out.encounter));
    const auto encounter = out.encounter;
    const auto seq = recorder_.step(clock_.now(), std::move(out)).seq;
    recorder_.step(clock_.now(),
                   core::TroubleReported{core::Trouble::encounter_suspended, true, std::to_string(encounter)});
    recorder_.hold(FrameAnswer{std::move(route), batch.adapter_epoch(), batch.frame_seq(), seq});
    recorder_.settle(Steady::now());
    crash_page_.forget_suspect();
}

void Ingest::answer(FrameAnswer const& answer, bool durable) {
    v1::IngestReply out;
    out.set_adapter_epoch(answer.adapter_epoch);
    out.set_frame_seq(answer.frame_seq);
    out.set_verdict(durable ? v1::IngestReply::VERDICT_COMMITTED : v1::IngestReply::VERDICT_TAKEN_NOT_DURABLE);
    if (durable)
        out.set_journal_seq(answer.journal_seq);
    else
        out.set_reason("journal_unavailable");
    out.set_credit(credit);
    out.set_daemon_epoch(epoch_);
    send(answer.route, out);
}

void Ingest::refuse(std::vector<std::string> const& route, std::uint64_t adapter_epoch, std::uint64_t frame_seq,
                    std::string_view why) {
    ++refused_;
    v1::IngestReply out;
    out.set_adapter_epoch(adapter_epoch);
    out.set_frame_seq(frame_seq);
    out.set_verdict(v1::IngestReply::VERDICT_REFUSED);
    out.set_reason(std::string{why});
    out.set_credit(credit);
    out.set_daemon_epoch(epoch_);
    send(route, out);
}

void Ingest::greet(std::vector<std::string> const& route, std::uint64_t adapter_epoch) {
    v1::IngestReply out;
    out.set_adapter_epoch(adapter_epoch);
    out.set_verdict(v1::IngestReply::VERDICT_HELLO);
    out.set_credit(credit);
    out.set_daemon_epoch(epoch_);
    send(route, out);
}

void Ingest::send(std::vector<std::string> const& route, v1::IngestReply const& reply) {
    loop::reply(socket_, route, reply.SerializeAsString());
}

} // namespace vigil::loop
