#include "wire/publication.hpp"

#include "core/census.hpp"
#include "core/model/hex.hpp"

#include "vigil/v1/query.pb.h"

#include <algorithm>

namespace vigil::wire {

namespace {

// Signals that hold until changed or come when they come do not go stale by themselves.
bool goes_stale(core::VocabularyEntry const& entry) { return entry.max_age.ms > 0; }

// Delivered and of no use until a source map says what it means, whosever it was.
bool is_unknown(core::ChannelCount const& count) {
    return count.readings > 0 &&
           (count.meaning.reason == model::Reason::unmapped || count.meaning.reason == model::Reason::unknown_unit);
}

void write_source(core::Source const& in, Words const& words, v1::SourceStatus& out) {
    out.set_source(in.name);
    out.set_kind(in.kind);
    out.set_connected(in.state == core::SourceState::connected || in.state == core::SourceState::heartbeat);
    if (in.last_frame) out.set_last_message_ms(in.last_frame->ms);
    if (in.clock_offset) out.set_clock_offset_ms(in.clock_offset->ms);
    out.set_messages(in.messages);
    out.set_refused(in.refused);
    out.set_malformed(in.malformed);
    const auto id = static_cast<std::uint32_t>(&in - words.state.sources.data() + 1);
    std::uint32_t unmapped = 0;
    for (std::size_t i = 0; i < words.state.channel_counts.size() && i < words.state.channels.size(); ++i)
        if (words.state.channels[i].source.value == id && is_unknown(words.state.channel_counts[i])) ++unmapped;
    out.set_unmapped(unmapped);
    std::uint64_t unassigned = 0;
    for (auto const& [key, count] : words.state.unassigned)
        if (key.source == id) unassigned += count.readings;
    out.set_unassigned(unassigned);
}

void write_unmapped(Words const& words, int rows, v1::DaemonStatus& out) {
    auto const& s = words.state;
    for (std::size_t i = 0; i < s.channels.size() && i < s.channel_counts.size(); ++i) {
        auto const& count = s.channel_counts[i];
        if (!is_unknown(count)) continue;
        if (out.unmapped_size() >= rows) return;
        auto& row = *out.add_unmapped();
        auto const& channel = s.channels[i];
        row.set_source(s.sources[channel.source.value - 1].name);
        row.set_system(std::string{name_of(channel.system)});
        row.set_code(channel.code);
        row.set_unit(channel.unit);
        row.set_count(count.readings);
        row.set_last_ms(count.last.ms);
        row.set_reason(std::string{name_of(count.meaning.reason)});
    }
}

void write_unassigned(Words const& words, int rows, v1::DaemonStatus& out) {
    for (auto const& [key, count] : words.state.unassigned) {
        if (count.readings == 0) continue;
        if (out.unassigned_size() >= rows) return;
        auto& row = *out.add_unassigned();
        row.set_source(words.state.sources[key.source - 1].name);
        row.set_subject_key(subject_key(words.state.subjects[key.subject - 1]));
        row.set_count(count.readings);
        row.set_first_ms(count.first.ms);
        row.set_last_ms(count.last.ms);
        row.set_reason(std::string{name_of(count.reason)});
    }
}

// What people decided about a patient's alerts and still holds.
void write_decisions(alerts::Standing const& standing, core::Rulebook const& rules, v1::BedStatus& out) {
    if (standing.standby) write_decision(*standing.standby, *out.mutable_standby());
    if (standing.care_limits) {
        for (auto const& rule : standing.care_limits->rules) out.mutable_care_limits()->add_rules(rule);
        write_decision(standing.care_limits->decision, *out.mutable_care_limits()->mutable_decision());
    }
    for (auto const& shelf : standing.shelves) {
        auto& row = *out.add_shelves();
        row.set_rule(shelf.rule);
        write_decision(shelf.decision, *row.mutable_decision());
    }
    for (auto const& limit : standing.limits) {
        auto& row = *out.add_limits();
        row.set_signal(std::string{name_of(limit.signal)});
        if (limit.below) row.set_below(to_string(*limit.below));
        if (limit.above) row.set_above(to_string(*limit.above));
        row.set_unit(std::string{model::ucum(core::entry(rules, limit.signal).canonical)});
        write_decision(limit.decision, *row.mutable_decision());
    }
}

} // namespace

std::string subject_key(model::Subject const& subject) {
    std::string out;
    const auto add = [&out](std::string_view kind, std::string_view value) {
        if (!out.empty()) out.push_back(',');
        out.append(kind).append(1, '=').append(value);
    };
    if (!subject.visit.empty()) add("visit", subject.visit);
    for (auto const& p : subject.patients) add("patient", p);
    if (subject.location) add("bed", subject.location->unit + '.' + subject.location->bed);
    return out.empty() ? std::string{"nobody"} : out;
}

Address write_bed_status(core::Encounter const& encounter, Words const& words, v1::Envelope& out) {
    auto& status = *out.mutable_bed_status();
    status.set_encounter(encounter.pseudonym);
    if (encounter.last_data) status.set_last_data_ms(encounter.last_data->ms);
    status.set_suspended(encounter.suspended);
    status.set_recomputing(encounter.recomputing);
    write_decisions(encounter.alerts, words.rules, status);
    const auto now = model::patient_now(words.state.now);
    for (std::size_t i = 0; i < model::signal_count; ++i) {
        auto const& newest = encounter.newest[i];
        if (!newest.seen) continue;
        const auto signal = static_cast<model::Signal>(i);
        auto const& entry = core::entry(words.rules, signal);
        if (!goes_stale(entry)) continue;
        auto& row = *status.add_signals();
        row.set_signal(std::string{name_of(signal)});
        row.set_last_ms(newest.time.ms);
        row.set_stale(now - newest.time > entry.max_age);
    }
    out.set_event_time_ms(encounter.last_data ? encounter.last_data->ms : encounter.opened.ms);
    auto to = observations_address(encounter, words);
    to.cls = TopicClass::status;
    to.key = "bed";
    return to;
}

Address write_source_status(core::Source const& source, Words const& words, v1::Envelope& out) {
    write_source(source, words, *out.mutable_source_status());
    out.set_event_time_ms(words.state.now.ms);
    return {TopicClass::status, std::string{no_place}, std::string{no_place}, source.name, source.name};
}

void write_encounter(core::Encounter const& in, Words const& words, v1::Encounter& out) {
    out.set_id(in.pseudonym);
    out.set_visit(in.visit);
    if (!in.patients.empty()) out.set_patient(in.patients.front());
    if (in.bed.value != 0) {
        out.set_unit(words.state.beds[in.bed.value - 1].unit);
        out.set_bed(words.state.beds[in.bed.value - 1].bed);
    }
    out.set_opened_ms(in.opened.ms);
    if (in.closed && in.ended) out.set_closed_ms(in.closed->ms);
    if (in.last_data) out.set_last_data_ms(in.last_data->ms);
}

void write_status(Words const& words, int rows, v1::DaemonStatus& out) {
    auto const& s = words.state;
    out.set_rulebook_digest(model::hex(words.rules.digest));
    out.set_epoch(s.epoch);
    out.set_simulated(words.rules.simulated);
    out.set_log_time_ms(s.now.ms);
    for (auto const& source : s.sources) write_source(source, words, *out.add_sources());
    for (auto const& e : s.encounters) {
        if (e.ended || e.merged_into || e.bed.value == 0 || out.beds_size() >= rows) continue;
        auto& bed = *out.add_beds();
        bed.set_unit(s.beds[e.bed.value - 1].unit);
        bed.set_bed(s.beds[e.bed.value - 1].bed);
        bed.set_encounter(e.pseudonym);
        if (e.last_data) bed.set_last_data_ms(e.last_data->ms);
    }
    write_unmapped(words, rows, out);
    write_unassigned(words, rows, out);
    for (auto const& [reason, count] : s.refused)
        (*out.mutable_refused())[std::string{name_of(static_cast<model::Reason>(reason))}] = count;
    std::uint32_t active = 0;
    const auto count = [&active](alerts::Standing const& standing) {
        for (auto const& a : standing.alerts) active += a.signal != alerts::SignalState::closed ? 1U : 0U;
    };
    count(s.technical);
    for (auto const& source : s.sources) count(source.alerts);
    for (auto const& e : s.encounters) count(e.alerts);
    out.set_active_alerts(active);
    std::uint64_t readings = 0;
    for (auto const& c : s.channel_counts) readings += c.readings;
    out.set_readings(readings);
}

} // namespace vigil::wire
