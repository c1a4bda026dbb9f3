#include "cli/show.hpp"

#include "cli/iso_time.hpp"
#include "vigil/v1/envelope.pb.h"
#include "vigil/v1/query.pb.h"
#include "wire/topic.hpp"
#include "wire/words.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

namespace vigil::cli {

namespace {

using wire::condition;
using wire::decimal;
using wire::notify;
using wire::priority;
using wire::signal_state;
using wire::state;
using wire::word;

std::string state(v1::DaemonState const& d) {
    return word(d.state(), v1::DaemonState::State_Name(d.state()), "STATE_");
}
std::string kind(v1::BedEvent const& e) { return word(e.kind(), v1::BedEvent::Kind_Name(e.kind()), "KIND_"); }

std::string part_text(v1::ScorePart const& part) {
    std::string out = part.part() + " ";
    if (part.has_points())
        out += std::to_string(part.points());
    else if (part.label().empty() && !part.has_value_mantissa())
        out += "?";
    if (!part.label().empty()) out += (part.has_points() ? " " : "") + part.label();
    if (part.has_value_mantissa()) {
        if (!part.label().empty() || part.has_points()) out += " ";
        out += decimal(part.value_mantissa(), part.value_scale());
        if (part.value_unit() != "1") out += " " + part.value_unit();
    }
    if (part.state() != v1::PART_STATE_VALUED) out += "(" + state(part) + ")";
    return out;
}

std::string score_line(v1::Score const& score) {
    std::string out = score.definition() + " " + score.product();
    for (auto const& part : score.parts()) {
        out += "  " + part_text(part);
        if (part.part() == "total" && (part.lower() != part.upper() || part.missing() != 0))
            out += fmt::format(" [{}..{}, {} missing]", part.lower(), part.upper(), part.missing());
    }
    if (score.correction()) out += "  (correction)";
    if (score.recomputing()) out += "  (recomputing)";
    return out;
}

std::string alert_line(v1::Alert const& alert, bool colour) {
    std::string level = priority(alert);
    if (colour && alert.condition() == v1::CONDITION_STATE_PRESENT) {
        const int code = alert.priority() == v1::PRIORITY_HIGH ? 31 : alert.priority() == v1::PRIORITY_MEDIUM ? 33 : 36;
        level = fmt::format("\x1b[{}m{}\x1b[0m", code, level);
    }
    std::string out = fmt::format("{} {} {} ({}, {}): {}", level, alert.rule(), notify(alert), condition(alert),
                                  signal_state(alert), alert.reason());
    if (!alert.inhibited_by().empty()) out += "  inhibited by " + alert.inhibited_by();
    return out + fmt::format("  [{} r{}]", alert.id(), alert.revision());
}

std::string obs_line(v1::BedObservations const& obs) {
    std::string out;
    for (auto const& value : obs.values()) {
        out += (out.empty() ? "" : "  ") + value.signal() + " ";
        out += value.has_mantissa() ? decimal(value.mantissa(), value.scale()) + " " + value.unit() : value.coded();
        if (!value.usable()) out += "(" + value.reason() + ")";
    }
    return out;
}

std::string event_line(v1::BedEvent const& event) {
    std::string out = kind(event);
    if (!event.what().empty()) out += " " + event.what();
    if (!event.value().empty()) out += " " + event.value();
    if (!event.to_bed().empty()) out += " to " + event.to_unit() + "/" + event.to_bed();
    if (!event.user().empty()) out += " by " + event.user();
    return out;
}

std::string bed_status_line(v1::BedStatus const& status) {
    std::string out = status.has_last_data_ms() ? "data of " + show_instant(status.last_data_ms()) : "no data yet";
    for (auto const& one : status.signals())
        if (one.stale()) out += "  " + one.signal() + " stale since " + show_instant(one.last_ms());
    if (status.suspended()) out += "  SUSPENDED";
    if (status.recomputing()) out += "  recomputing";
    const auto until = [](v1::Decision const& d) {
        return d.has_until_ms() ? " until " + show_instant(d.until_ms()) : "";
    };
    if (status.has_standby()) out += "  on standby" + until(status.standby());
    if (status.has_care_limits()) out += "  care limits by " + status.care_limits().decision().by();
    for (auto const& limit : status.limits())
        out += "  " + limit.signal() + (limit.below().empty() ? "" : " limit below " + limit.below()) +
               (limit.above().empty() ? "" : " limit above " + limit.above()) + " by " + limit.decision().by();
    for (auto const& shelf : status.shelves()) out += "  " + shelf.rule() + " shelved" + until(shelf.decision());
    return out;
}

std::string source_line(v1::SourceStatus const& s) {
    std::string out =
        fmt::format("source {} ({}) {}: {} messages, {} refused, {} malformed, {} unmapped codes, {} unassigned",
                    s.source(), s.kind(), s.connected() ? "connected" : "not connected", s.messages(), s.refused(),
                    s.malformed(), s.unmapped(), s.unassigned());
    const std::map<std::string, std::uint64_t> reasons(s.refused_by_reason().begin(), s.refused_by_reason().end());
    for (auto const& [reason, count] : reasons) out += fmt::format("\n  {}: {}", reason, count);
    return out;
}

std::string daemon_line(v1::DaemonState const& d) {
    std::string out = "daemon " + state(d);
    if (!d.reason().empty()) out += " (" + d.reason() + ")";
    if (d.driven()) out += fmt::format("  driven clock, speed {:.0f}", d.clock_speed());
    return out;
}

std::string payload_line(v1::Envelope const& e, bool colour) {
    if (e.has_score()) return score_line(e.score());
    if (e.has_alert()) return alert_line(e.alert(), colour);
    if (e.has_obs()) return obs_line(e.obs());
    if (e.has_event()) return event_line(e.event());
    if (e.has_bed_status()) return bed_status_line(e.bed_status());
    if (e.has_source_status()) return source_line(e.source_status());
    if (e.has_daemon()) return daemon_line(e.daemon());
    return {};
}

} // namespace

std::string json_of(google::protobuf::Message const& message) {
    google::protobuf::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    options.always_print_primitive_fields = true;
    std::string out;
    const auto status = google::protobuf::util::MessageToJsonString(message, &out, options);
    return status.ok() ? out : std::string("{}");
}

std::string json_of(std::string_view topic, v1::Envelope const& envelope) {
    // A topic consists of tokens and dots: nothing to escape.
    return "{\"topic\":\"" + std::string(topic) + "\"," + json_of(envelope).substr(1);
}

std::string line_of(std::string_view topic, v1::Envelope const& envelope, bool colour) {
    const std::string what = payload_line(envelope, colour);
    if (what.empty()) return {};
    const auto parts = wire::parse_topic(topic);
    const std::string place = parts ? std::string(parts->unit) + "/" + std::string(parts->bed) : std::string(topic);
    std::string out = show_instant(envelope.log_time_ms()) + "  " + place + "  " + what;
    if (!envelope.recorded() && envelope.has_alert()) out += "  NOT RECORDED";
    if (envelope.simulated()) out += "  SIMULATED";
    return out;
}

std::string explained(v1::DaemonStatus const& s) {
    std::string out = fmt::format("vigild {} ({}), {}{}\n", s.version(), s.core_version(), daemon_line(s.daemon()),
                                  s.simulated() ? "  SIMULATED" : "");
    if (s.behind_ms() > 0)
        out += fmt::format("NOT OF NOW: the loop does not answer; what follows is {:.1f} s old\n",
                           static_cast<double>(s.behind_ms()) / 1000);
    out += fmt::format("log time {}  rulebook {}  epoch {}\n", show_instant(s.log_time_ms()), s.rulebook_digest(),
                       s.epoch());
    out += fmt::format("journal {} ({} bytes), sequence {}, {} readings, {} commits, p99 {:.1f} ms\n", s.segment(),
                       s.segment_bytes(), s.journal_seq(), s.readings(), s.commits(), s.commit_p99_ms());
    out += fmt::format("{} active alerts\n", s.active_alerts());
    for (auto const& source : s.sources()) out += source_line(source) + "\n";
    for (auto const& bed : s.beds())
        out += fmt::format("bed {}/{}  encounter {}  {}\n", bed.unit(), bed.bed(),
                           bed.encounter().empty() ? "–" : bed.encounter(),
                           bed.has_last_data_ms() ? "data of " + show_instant(bed.last_data_ms()) : "no data yet");
    for (auto const& u : s.unmapped())
        out += fmt::format("unmapped {} {} {} [{}]  {} times, last {}{}\n", u.source(), u.system(), u.code(), u.unit(),
                           u.count(), show_instant(u.last_ms()), u.reason().empty() ? "" : "  " + u.reason());
    for (auto const& u : s.unassigned())
        out += fmt::format("unassigned {} {}  {} readings, {} to {}{}\n", u.source(), u.subject_key(), u.count(),
                           show_instant(u.first_ms()), show_instant(u.last_ms()),
                           u.reason().empty() ? "" : "  " + u.reason());
    // A protobuf map has no order of its own.
    const std::map<std::string, std::uint64_t> refused(s.refused().begin(), s.refused().end());
    for (auto const& [reason, count] : refused) out += fmt::format("refused {}: {}\n", reason, count);
    return out;
}

} // namespace vigil::cli
