#include "adapters/hl7/acknowledge.hpp"

#include "adapters/hl7/mllp.hpp"
#include "adapters/hl7/time.hpp"

namespace vigil::hl7 {

namespace {

bool wanted(std::string_view condition, Outcome outcome) {
    if (condition.empty() || condition == "NE") return false;
    if (condition == "ER") return outcome != Outcome::accepted;
    if (condition == "SU") return outcome == Outcome::accepted;
    return true; // AL, and whatever a sender invents: better one answer too many
}

char letter(Outcome outcome) { return outcome == Outcome::accepted ? 'A' : outcome == Outcome::error ? 'E' : 'R'; }

std::string_view text_of(unsigned code) {
    switch (code) {
    case 100: return "Segment sequence error";
    case 101: return "Required field missing";
    case 102: return "Data type error";
    case 200: return "Unsupported message type";
    case 201: return "Unsupported event code";
    case 202: return "Unsupported processing id";
    case 203: return "Unsupported version id";
    default: return "Application internal error";
    }
}

// The answer to a point of care's result has an event of its own.
std::string_view trigger_of_reply(Header const& h, char family) {
    const bool point_of_care =
        h.type == "ORU" && (h.trigger == "R30" || h.trigger == "R31" || h.trigger == "R32") && family == 'A';
    return point_of_care ? std::string_view("R33") : h.trigger;
}

std::string reply(Header const& h, Answer const& answer, char family, bool enhanced, std::string_view own_id,
                  std::int64_t now_ms) {
    const char f = h.field;
    const char c = h.encoding.size() > 1 ? h.encoding[1] : '^';
    std::string out = "MSH";
    const auto field = [&](std::string_view value) {
        out.push_back(f);
        out.append(value);
    };
    out.append(h.encoding);
    field(h.to_application);
    field(h.to_facility);
    field(h.application);
    field(h.facility);
    field(stamp_of(now_ms));
    field({});
    field("ACK");
    const std::string_view trigger = trigger_of_reply(h, family);
    if (!trigger.empty()) out.append(1, c).append(trigger).append(1, c).append("ACK");
    field(own_id);
    field(h.processing);
    field(h.version);
    if (enhanced) {
        field({});
        field({});
        field("NE");
        field("NE");
    }
    const std::string_view reason = answer.reason.empty() ? name(answer.fault) : answer.reason;
    out.append("\rMSA");
    const char code[2] = {family, letter(answer.outcome)};
    field(std::string_view(code, 2));
    field(h.control_id);
    if (answer.outcome != Outcome::accepted) {
        field(reason);
        const unsigned error = error_code(answer.fault);
        out.append("\rERR");
        field({});
        field({});
        field(std::to_string(error));
        out.append(1, c).append(text_of(error)).append(1, c).append("HL70357");
        field("E");
        field({});
        field({});
        field(reason);
    }
    out.push_back('\r');
    return framed(out);
}

} // namespace

Outcome outcome_of(Fault fault) {
    switch (fault) {
    case Fault::none: return Outcome::accepted;
    case Fault::no_patient:
    case Fault::no_merge:
    case Fault::no_alarm:
    case Fault::truncated:
    case Fault::nul_byte:
    case Fault::frame_too_slow:
    case Fault::not_durable:
    case Fault::not_in_time:
    case Fault::daemon_away: return Outcome::error;
    default: return Outcome::rejected;
    }
}

unsigned error_code(Fault fault) {
    switch (fault) {
    case Fault::no_msh:
    case Fault::no_result:
    case Fault::truncated: return 100;
    case Fault::no_control_id:
    case Fault::no_type:
    case Fault::no_patient:
    case Fault::no_pv1:
    case Fault::no_bed:
    case Fault::no_merge:
    case Fault::no_alarm: return 101;
    case Fault::bad_delimiters:
    case Fault::nul_byte:
    case Fault::frame_broken:
    case Fault::frame_too_slow: return 102;
    case Fault::unsupported_type: return 200;
    case Fault::unsupported_event: return 201;
    case Fault::unsupported_processing: return 202;
    case Fault::unsupported_version: return 203;
    default: return 207;
    }
}

std::string acknowledge(Header const& h, Answer const& answer, std::string_view own_id, std::int64_t now_ms) {
    if (!h.usable || h.type == "ACK") return {};
    if (h.accept_ack.empty() && h.application_ack.empty()) return reply(h, answer, 'A', false, own_id, now_ms);
    std::string out;
    if (wanted(h.accept_ack, answer.outcome)) out += reply(h, answer, 'C', true, own_id, now_ms);
    if (wanted(h.application_ack, answer.outcome))
        out += reply(h, answer, 'A', true, std::string(own_id) + "A", now_ms);
    return out;
}

} // namespace vigil::hl7
