#include "adapters/hl7/decode.hpp"

#include "adapters/hl7/adt.hpp"
#include "adapters/hl7/codes.hpp"

#include <algorithm>

namespace vigil::hl7 {

namespace {

using adapters::trimmed;
using model::Processing;

// Profiles whose message type is ORU^R01 but which are not observations (devices.md 7, 10).
constexpr std::string_view alarm_profile = "1.3.6.1.4.1.19376.1.6.1.4.";
constexpr std::string_view foreign_profiles[] = {alarm_profile, "1.3.6.1.4.1.19376.1.6.1.51.",
                                                 "1.3.6.1.4.1.19376.1.6.1.52.", "1.3.6.1.4.1.19376.1.6.1.19."};
constexpr std::string_view device_profile = "1.3.6.1.4.1.19376.1.6.1.1.1";

bool has_profile(std::string_view msh21, Delimiters const& d, std::string_view oid) {
    bool found = false;
    each_repetition(msh21, d.repetition,
                    [&](std::string_view one) { found = found || part(one, d.component, 3).starts_with(oid); });
    return found;
}

// Results: of a laboratory or a device (R01), of a point of care that has no order or looks for it (R30 to R32), and of
// analysers, sample by sample (OUL).
bool carries_results(Header const& h) {
    if (h.type == "ORU")
        return h.trigger.empty() || h.trigger == "R01" || h.trigger == "R30" || h.trigger == "R31" ||
               h.trigger == "R32";
    return h.type == "OUL" && (h.trigger == "R21" || h.trigger == "R22" || h.trigger == "R23" || h.trigger == "R24");
}

bool is_alarm(Header const& h) { return h.type == "ORU" && h.trigger == "R40"; }

Processing processing_of(std::string_view id) {
    if (id == "P") return Processing::production;
    if (id == "T") return Processing::training;
    if (id == "D") return Processing::debugging;
    return Processing::unspecified;
}

bool is_supported(std::string_view version) { // 2.2 to 2.9 with their revisions
    return version.size() >= 3 && version[0] == '2' && version[1] == '.' && version[2] >= '2' && version[2] <= '9' &&
           (version.size() == 3 || version[3] == '.');
}

// A last row without an end of segment and without its status was cut off: what it says may be half a number.
bool is_cut(Message const& message) {
    if (message.terminated || message.segments.empty()) return false;
    const std::string_view last = message.segments.back();
    return segment_name(last) == "OBX" && trimmed(Fields(last, message.delimiters)[11]).empty();
}

// Lines that are no segments, and nothing to read beside them: a sender that indents, or writes in lower case, would
// otherwise be told that its results are kept.
bool says_nothing(Message const& message) {
    return message.stray_lines > 0 && std::none_of(message.segments.begin(), message.segments.end(),
                                                   [](std::string_view s) { return segment_name(s) == "OBX"; });
}

std::string_view unless_null(std::string_view field) { return is_null(field) ? std::string_view{} : field; }

} // namespace

Decoder::Decoder(Settings settings)
    : settings_(std::move(settings)),
      observations_(settings_, scratch_) {}

void Decoder::clear() {
    scratch_.clear();
    out_.header = {};
    out_.fault = Fault::none;
    out_.message_id.clear();
    out_.message_time_ms.reset();
    out_.processing = Processing::unspecified;
    out_.groups.clear();
    out_.results.clear();
    out_.movements.clear();
    out_.cards.clear();
    out_.own_cards.clear();
    out_.own_persons.clear();
    out_.notes = {};
}

void Decoder::read_header(std::int64_t received_ms) {
    auto const& d = message_.delimiters;
    const std::string_view segment = message_.segments.front();
    const Fields msh(segment, d);
    Header& h = out_.header;
    h.usable = true;
    h.field = d.field;
    h.encoding = segment.substr(3, 1 + msh[2].size());
    h.application = msh[3];
    h.facility = msh[4];
    h.to_application = msh[5];
    h.to_facility = msh[6];
    h.type = trimmed(component(msh[9], d, 1));
    h.trigger = trimmed(component(msh[9], d, 2));
    h.control_id = msh[10];
    h.processing = msh[11];
    h.version = msh[12];
    h.accept_ack = unless_null(trimmed(msh[15]));
    h.application_ack = unless_null(trimmed(msh[16]));
    out_.processing = processing_of(trimmed(component(msh[11], d, 1)));
    out_.message_id = plain_or_token(h.control_id, "message", 64, settings_.key, scratch_);
    text_ = {d, charset_of_field(msh[18], d.repetition)};
    const bool monitor = has_profile(msh[21], d, device_profile);
    time_ = {};
    time_.zone = settings_.zone;
    time_.continuous = settings_.continuous || monitor;
    time_.receipt_ms = received_ms;
    const auto stamp = parse_stamp(trimmed(part(msh[7], d.component, 1)));
    if (!stamp) return;
    time_.message_offset = stamp->offset_minutes;
    time_.message_local_ms = stamp->local_ms;
    const When when = resolve(*stamp, time_);
    if (when.ms && when.quality != model::TimeQuality::date_only && when.quality != model::TimeQuality::ambiguous)
        out_.message_time_ms = when.ms;
    if (has_profile(msh[21], d, "1.3.6.1.4.1.19376.1.6.1."))
        for (const std::string_view oid : foreign_profiles)
            if (has_profile(msh[21], d, oid) && !(is_alarm(h) && oid == alarm_profile))
                out_.fault = Fault::unsupported_type;
}

// The encoding characters are unsound but the field separator is not: enough to tell the sender so.
void Decoder::read_damaged_header(std::string_view text) {
    const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
    if (line.size() < 5 || !may_delimit(line[3])) return;
    Delimiters d;
    d.field = line[3];
    const Fields msh(line, d);
    Header& h = out_.header;
    h.usable = true;
    h.field = d.field;
    h.encoding = scratch_.keep(std::string(1, d.field) + "^~\\&");
    h.application = msh[3];
    h.facility = msh[4];
    h.to_application = msh[5];
    h.to_facility = msh[6];
    h.control_id = msh[10];
    h.processing = msh[11];
    h.version = msh[12];
    h.accept_ack = unless_null(trimmed(msh[15]));
    h.application_ack = unless_null(trimmed(msh[16]));
}

void Decoder::check_header() {
    Header const& h = out_.header;
    if (out_.fault != Fault::none) return;
    if (h.type.empty())
        out_.fault = Fault::no_type;
    else if (h.type != "ORU" && h.type != "OUL" && h.type != "ADT")
        out_.fault = Fault::unsupported_type;
    else if (h.type != "ADT" && !carries_results(h) && !is_alarm(h))
        out_.fault = Fault::unsupported_event;
    else if (trimmed(h.control_id).empty())
        out_.fault = Fault::no_control_id;
    else if (!is_supported(trimmed(component(h.version, message_.delimiters, 1))))
        out_.fault = Fault::unsupported_version;
    else if (out_.processing == Processing::unspecified)
        out_.fault = Fault::unsupported_processing;
    // A simulator can never reach a real patient's record, nor a patient a simulated one (design.md 1.10).
    else if (settings_.simulated && out_.processing != Processing::training)
        out_.fault = Fault::unsupported_processing;
    else if (is_cut(message_))
        out_.fault = Fault::truncated;
}

void Decoder::read_body() {
    auto kind = Movement::Kind::none;
    std::string_view trigger = out_.header.trigger;
    if (out_.header.type == "ADT") {
        for (const std::string_view segment : message_.segments) // versions before 2.3 and some later senders
            if (trigger.empty() && segment_name(segment) == "EVN")
                trigger = trimmed(Fields(segment, message_.delimiters)[1]);
        kind = movement_kind(trigger);
        if (kind == Movement::Kind::none) return read_no_movement(trigger);
        read_movements(trigger, message_, text_, time_, out_.message_time_ms, settings_, scratch_, out_);
        if (out_.fault != Fault::none) return;
    }
    // An ADT may carry weight and height as OBX.
    const std::size_t cards = out_.cards.size();
    observations_.read(message_, text_, time_, out_.message_time_ms, out_);
    if (kind != Movement::Kind::none) out_.cards.resize(cards);
    if (kind == Movement::Kind::update && trigger == "A31") forget_places();
    if (is_alarm(out_.header) && out_.results.empty())
        out_.fault = out_.notes.own_alerts > 0 ? Fault::own_alert : Fault::no_alarm;
    else if (carries_results(out_.header) && says_nothing(message_))
        out_.fault = Fault::no_result;
}

// What is said of a person is his, whatever bed stands beside it: he may lie there one day, or nobody says so at all.
void Decoder::forget_places() {
    for (auto& group : out_.groups) group.subject.location.reset();
}

// Who it is (A28) and what he weighs may stand here.
void Decoder::read_no_movement(std::string_view trigger) {
    if (!moves_nobody(trigger)) {
        out_.fault = Fault::unsupported_event;
        return;
    }
    ++out_.notes.no_movements;
    observations_.read(message_, text_, time_, out_.message_time_ms, out_);
    forget_places();
}

void Decoder::take_syntax_fault(std::string_view text) {
    out_.fault = message_.fault == SyntaxFault::no_msh ? Fault::no_msh : Fault::bad_delimiters;
    if (out_.fault == Fault::bad_delimiters) read_damaged_header(text);
}

Decoded const& Decoder::peek(std::string_view text) {
    clear();
    const auto pieces = messages_of(text);
    parse(pieces.front(), message_);
    if (message_.fault == SyntaxFault::none)
        read_header(0);
    else
        take_syntax_fault(pieces.front());
    return out_;
}

Decoded const& Decoder::decode(std::string_view text, std::int64_t received_ms) {
    clear();
    parse(text, message_);
    if (message_.fault != SyntaxFault::none) {
        take_syntax_fault(text);
        return out_;
    }
    read_header(received_ms);
    out_.notes.stray_lines = message_.stray_lines;
    check_header();
    if (out_.fault == Fault::none) read_body();
    if (out_.fault != Fault::none) {
        out_.groups.clear();
        out_.results.clear();
        out_.movements.clear();
        out_.cards.clear();
    }
    return out_;
}

std::string_view name(Fault fault) {
    switch (fault) {
    case Fault::none: return "none";
    case Fault::no_msh: return "no_msh";
    case Fault::bad_delimiters: return "bad_delimiters";
    case Fault::no_control_id: return "no_control_id";
    case Fault::no_type: return "no_type";
    case Fault::unsupported_type: return "unsupported_type";
    case Fault::unsupported_event: return "unsupported_event";
    case Fault::unsupported_processing: return "unsupported_processing";
    case Fault::unsupported_version: return "unsupported_version";
    case Fault::no_patient: return "no_patient";
    case Fault::no_pv1: return "no_pv1";
    case Fault::no_bed: return "no_bed";
    case Fault::no_merge: return "no_merge";
    case Fault::no_result: return "no_result";
    case Fault::no_alarm: return "no_alarm";
    case Fault::own_alert: return "own_alert";
    case Fault::truncated: return "truncated";
    case Fault::nul_byte: return "nul_byte";
    case Fault::frame_too_long: return "frame_too_long";
    case Fault::frame_broken: return "frame_broken";
    case Fault::frame_too_slow: return "frame_too_slow";
    case Fault::not_durable: return "not_durable";
    case Fault::not_in_time: return "not_in_time";
    case Fault::daemon_away: return "daemon_away";
    case Fault::refused: return "refused";
    }
    return "unknown";
}

} // namespace vigil::hl7
