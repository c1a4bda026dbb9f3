#include "adapters/hl7/session.hpp"

#include "adapters/hl7/wire.hpp"
#include "adapters/runtime/log.hpp"
#include "vigil/v1/identity.pb.h"
#include "vigil/v1/observation.pb.h"

#include <algorithm>
#include <fmt/format.h>

namespace vigil::hl7 {

namespace {

using adapters::Verdict;

Fault fault_of(FrameFault fault) {
    switch (fault) {
    case FrameFault::none: return Fault::none;
    case FrameFault::too_long: return Fault::frame_too_long;
    case FrameFault::nul_byte: return Fault::nul_byte;
    case FrameFault::too_slow: return Fault::frame_too_slow;
    default: return Fault::frame_broken;
    }
}

// Words of vigild's closed list only: a reason is echoed to a device.
std::string closed_word(std::string_view reason) {
    const bool word = !reason.empty() && reason.size() <= 40 && std::all_of(reason.begin(), reason.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
    return word ? std::string(reason) : std::string();
}

} // namespace

Session::Session(Shared& shared, adapters::Peer& peer)
    : shared_(shared),
      peer_(peer),
      framer_(shared.max_frame, [this](Frame const& frame) { on_frame(frame); }) {}

bool Session::wants_more() const { return owed_.size() < most_owed && shared_.host.link().wants_more(); }

void Session::on_bytes(std::string_view bytes, adapters::Instant now) {
    now_ = now;
    const auto ended = ended_frames_;
    const bool was_inside = framer_.inside();
    framer_.feed(bytes);
    watch_frame(ended != ended_frames_ || !was_inside);
    auto& counters = shared_.host.counters();
    counters.bytes_skipped += framer_.skipped() - skipped_told_;
    skipped_told_ = framer_.skipped();
}

// Starts the clock of the frame that is being read now.
void Session::watch_frame(bool progressed) {
    if (framer_.inside() && progressed) frame_since_ms_ = now_.steady_ms;
    if (framer_.at_lone_fs()) fs_since_ms_ = now_.steady_ms;
}

void Session::on_tick(adapters::Instant now) {
    now_ = now;
    if (!wants_more()) frame_since_ms_ = now.steady_ms; // it is we who do not read
    if (framer_.at_lone_fs() && now.steady_ms - fs_since_ms_ >= lone_fs_ms) {
        shared_.host.counters().note("lone_fs", 1);
        framer_.end_at_lone_fs();
    }
    if (framer_.inside() && now.steady_ms - frame_since_ms_ >= shared_.frame_ms) {
        // Its sender hears of it, and of the messages before it what became of them.
        framer_.abandon(FrameFault::too_slow);
        peer_.finish("ended_too_slow");
    }
}

void Session::on_end(adapters::Instant now) {
    now_ = now;
    if (framer_.at_lone_fs()) framer_.end_at_lone_fs();
    framer_.abandon(FrameFault::unfinished);
}

void Session::on_frame(Frame const& frame) {
    ++ended_frames_;
    if (frame.fault != FrameFault::none) {
        on_broken(frame);
        return;
    }
    for (const std::string_view text : messages_of(frame.payload)) on_message(text);
}

void Session::count_refusal(Fault fault, std::size_t length) {
    auto& counters = shared_.host.counters();
    counters.refuse(name(fault));
    // A sender gone wild must not fill the journal: ten lines in ten seconds.
    if (now_.steady_ms >= shared_.quiet_until_ms) {
        shared_.quiet_until_ms = now_.steady_ms + 10'000;
        shared_.complaints = 0;
    }
    if (++shared_.complaints <= 10)
        adapters::log(adapters::Priority::warning,
                      fmt::format("refused from {}: {} ({} bytes)", peer_.address(), name(fault), length));
}

void Session::on_broken(Frame const& frame) {
    ++shared_.host.counters().malformed;
    const Fault fault = fault_of(frame.fault);
    count_refusal(fault, frame.payload.size());
    // A frame its sender gave up is not answered: the sender would take that for the reply to what it sent instead. Of
    // one that is cut within its MSH nobody knows the control id.
    const bool cut =
        frame.fault == FrameFault::too_slow && frame.payload.find_first_of("\r\n") == std::string_view::npos;
    if (frame.fault != FrameFault::restarted && frame.fault != FrameFault::unfinished && !cut) {
        auto owed = std::make_shared<Owed>();
        owed_.push_back(owed);
        answer(*owed, shared_.decoder.peek(frame.payload).header, {outcome_of(fault), fault, name(frame.fault)});
    }
    if (++faults_in_a_row_ >= most_faults) peer_.close("too_many_faults");
}

void Session::on_message(std::string_view text) {
    auto& counters = shared_.host.counters();
    ++counters.messages;
    counters.last_message_ms = now_.utc_ms;
    Decoded const& decoded = shared_.decoder.decode(text, now_.utc_ms);
    const bool acknowledgement = decoded.header.usable && decoded.header.type == "ACK";
    if (acknowledgement) { // to nothing we sent; answering would begin an endless exchange
        counters.note("stray_acknowledgement", 1);
        return;
    }
    if (decoded.fault == Fault::none) {
        faults_in_a_row_ = 0;
        if (!shared_.host.link().away()) {
            submit(text, decoded);
            return;
        }
        // Nobody is there to store it: the sender keeps it and hears so at once, rather than nothing.
        counters.refuse(name(Fault::daemon_away));
        auto owed = std::make_shared<Owed>();
        owed_.push_back(owed);
        answer(*owed, decoded.header, {Outcome::error, Fault::daemon_away, {}});
        return;
    }
    const bool no_message = decoded.fault == Fault::no_msh || decoded.fault == Fault::bad_delimiters;
    if (no_message) ++counters.malformed;
    count_refusal(decoded.fault, text.size());
    auto owed = std::make_shared<Owed>();
    owed_.push_back(owed);
    answer(*owed, decoded.header, {outcome_of(decoded.fault), decoded.fault, {}});
    if (no_message && ++faults_in_a_row_ >= most_faults) peer_.close("too_many_faults");
}

void Session::submit(std::string_view text, Decoded const& decoded) {
    auto& host = shared_.host;
    auto& counters = host.counters();
    counters.note("noted_stray_line", decoded.notes.stray_lines);
    counters.note("noted_unknown_escape", decoded.notes.unknown_escapes);
    counters.note("noted_waveform", decoded.notes.waveforms);
    counters.note("noted_decimal_comma", decoded.notes.decimal_commas);
    counters.note("noted_loinc_check_digit", decoded.notes.bad_loinc);
    counters.note("noted_code_disagreement", decoded.notes.code_disagreements);
    counters.note("noted_unknown_drug", decoded.notes.unknown_drugs);
    counters.note("noted_text_value", decoded.notes.texts);
    counters.note("noted_unknown_unit", decoded.notes.unknown_units);
    counters.note("noted_unreadable_time", decoded.notes.unreadable_times);
    counters.note("noted_unclear_alarm", decoded.notes.unclear_alarms);
    counters.note("noted_alarm_without_event", decoded.notes.alarms_without_event);
    counters.note("noted_unclear_pump", decoded.notes.unclear_pumps);
    counters.note("noted_unknown_status", decoded.notes.unknown_statuses);
    counters.note("noted_row_without_code", decoded.notes.rows_without_code);
    counters.note("noted_no_movement", decoded.notes.no_movements);
    counters.note("refused_own_alert", decoded.notes.own_alerts);
    if (decoded.message_time_ms) host.observe_clock(*decoded.message_time_ms);
    for (auto const* card : decoded.cards) {
        v1::IdentityCard wire;
        to_wire(*card, wire);
        host.card(wire);
    }
    auto owed = std::make_shared<Owed>();
    owed->header = std::string(text.substr(0, text.find_first_of("\r\n")));
    owed->parts = batches_in(decoded);
    Envelope envelope{adapters::content_digest(text), now_.utc_ms,
                      shared_.message_clock ? std::nullopt : host.clock_offset(), owed_.empty()};
    owed_.push_back(owed);
    each_batch(decoded, envelope, [&](v1::ObservationBatch& batch) {
        host.link().submit(
            batch,
            [weak = weak_from_this(), owed](Verdict verdict, std::string_view reason) {
                if (const auto self = weak.lock()) self->on_verdict(*owed, verdict, reason);
            },
            now_);
    });
}

void Session::on_verdict(Owed& owed, Verdict verdict, std::string_view reason) {
    // Refused outweighs late outweighs taken: the device hears the worst that happened to any part.
    const auto rank = [](Verdict v) {
        return v == Verdict::committed ? 0 : v == Verdict::taken ? 1 : v == Verdict::late ? 2 : 3;
    };
    if (rank(verdict) > rank(owed.worst)) {
        owed.worst = verdict;
        owed.reason = closed_word(reason);
    }
    if (--owed.parts > 0) return;
    now_ = shared_.host.now();
    const Header header = shared_.decoder.peek(owed.header).header;
    auto& counters = shared_.host.counters();
    switch (owed.worst) {
    case Verdict::committed: answer(owed, header, {}); break;
    case Verdict::taken:
        counters.refuse("not_durable");
        answer(owed, header, {Outcome::error, Fault::not_durable, {}});
        break;
    case Verdict::late:
        counters.refuse("not_in_time");
        answer(owed, header, {Outcome::error, Fault::not_in_time, {}});
        break;
    case Verdict::refused:
        counters.refuse(owed.reason.empty() ? std::string_view("refused") : std::string_view(owed.reason));
        answer(owed, header, {Outcome::rejected, Fault::refused, owed.reason});
        break;
    }
}

void Session::answer(Owed& owed, Header const& header, Answer const& answer) {
    const std::string own_id = fmt::format("VIGIL{:x}.{}", shared_.host.now().utc_ms, ++shared_.replies);
    owed.reply = acknowledge(header, answer, own_id, now_.utc_ms);
    owed.ready = true;
    flush();
}

void Session::flush() {
    while (!owed_.empty() && owed_.front()->ready) {
        std::string reply = std::move(owed_.front()->reply);
        owed_.pop_front();
        if (!reply.empty()) peer_.send(std::move(reply));
    }
}

} // namespace vigil::hl7
