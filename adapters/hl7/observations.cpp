#include "adapters/hl7/observations.hpp"

#include "adapters/hl7/codes.hpp"
#include "adapters/hl7/tables.hpp"
#include "adapters/hl7/units.hpp"
#include "adapters/hl7/values.hpp"

#include <charconv>
#include <utility>

namespace vigil::hl7 {

namespace {

using adapters::trimmed;
using model::AbsentReason;
using model::CodeSystem;
using model::TimeQuality;

constexpr std::uint32_t delivery_channel = 126978;

// Three digits behind a point may be thousands. Cells are whole, so a count of them that has such a fraction is
// (250.000/µl); 1.800 mL of urine may be little or much, as long as that much can be.
bool may_be_thousands(Result const& r, bool decimal_comma) {
    if (!r.number || r.number->scale != 3 || r.number->mantissa < 1000) return false;
    if (r.unit == "/uL") return true;
    const std::int64_t most = is_interval_quantity(r.system, r.code) ? 5000 : 30'000;
    return r.unit == "mL" && !decimal_comma && is_volume(r.system, r.code) && r.number->mantissa <= most;
}

bool is_device_code(std::uint32_t mdc) { return mdc >= 65536 && mdc < 131072 && mdc != 68060 && mdc != 68063; }

} // namespace

std::optional<Containment> containment_of(std::string_view obx4) {
    Containment out;
    std::string_view rest = trimmed(obx4);
    while (true) {
        const auto cut = rest.find('.');
        const std::string_view one = rest.substr(0, cut);
        if (out.depth == out.level.size() || one.empty()) return std::nullopt;
        const auto [stop, error] = std::from_chars(one.data(), one.data() + one.size(), out.level[out.depth]);
        if (error != std::errc{} || stop != one.data() + one.size()) return std::nullopt;
        ++out.depth;
        if (cut == std::string_view::npos) return out;
        rest.remove_prefix(cut + 1);
    }
}

void ObservationReader::read(Message const& message, TextRules const& text, TimeRules const& time,
                             std::optional<std::int64_t> message_time, Decoded& out) {
    out_ = &out;
    d_ = message.delimiters;
    text_ = text;
    time_ = time;
    message_time_ = message_time;
    begin_patient();
    alarms_ = out.header.type == "ORU" && out.header.trigger == "R40";
    event_ = {};
    has_event_ = false;
    pump_rows_.clear();
    delivery_.clear();
    device_ = {};
    last_time_text_ = {};
    renew_memos();
    std::string_view pid, pv1;
    bool body = false; // an OBR or OBX of this patient was seen
    const auto close_group = [&] {
        finish_order();
        finish_pumps();
        Group group;
        group.first = out.groups.empty() ? 0 : out.groups.back().last;
        group.last = out.results.size();
        Person const& who = person(pid, pv1);
        group.subject = who.subject;
        if (who.card) out.cards.push_back(&*who.card);
        out.groups.push_back(std::move(group));
    };
    for (const std::string_view segment : message.segments) {
        const std::string_view kind = segment_name(segment);
        if (kind == "OBX") {
            body = true;
            alarms_ ? read_alarm_row(segment) : read_result(segment);
        } else if (kind == "OBR") {
            body = true;
            begin_order(segment);
        } else if (kind == "SPM") {
            read_specimen(segment);
        } else if (kind == "ORC") {
            read_control(segment);
        } else if (kind == "PID") {
            if (body) close_group();
            body = false;
            begin_patient();
            pid = segment;
            pv1 = {};
        } else if (kind == "PV1") {
            pv1 = segment;
        }
    }
    close_group();
}

// The same patients come again and again, and each identifier costs a keyed hash.
Person const& ObservationReader::person(std::string_view pid, std::string_view pv1) {
    const auto read = [&] {
        Person out;
        out.subject = subject_of(pid, pv1, text_, settings_, scratch_);
        // A unit without a bed says nothing of whose a reading is: it is no bed that somebody could lie in.
        if (out.subject.location && out.subject.location->bed == "_") out.subject.location.reset();
        out.card = card_of(pid, out.subject, text_, settings_, scratch_);
        return out;
    };
    who_.assign(pid);
    who_.push_back('\r');
    who_.append(pv1);
    if (auto const* known = persons_.find(who_, [&](std::string_view) { return read(); })) return *known;
    out_->own_persons.push_back(read());
    return out_->own_persons.back();
}

void ObservationReader::finish_pumps() {
    if (!pump_rows_.empty())
        fold_pump_rows(pump_rows_, delivery_, device_, settings_, scratch_, out_->notes, out_->results);
    pump_rows_.clear();
    delivery_.clear();
    device_ = {};
    order_.first_result = out_->results.size();
}

When ObservationReader::time_of(std::string_view text) {
    if (text.empty()) return {};
    if (text == last_time_text_) return last_time_;
    last_time_ = read_time(trimmed(part(text, d_.component, 1)), time_);
    // The degree of precision of older versions: what stands behind a date was filled up.
    const std::string_view degree = trimmed(part(text, d_.component, 2));
    if (last_time_.ms && (degree == "D" || degree == "L" || degree == "Y")) last_time_.quality = TimeQuality::date_only;
    last_time_text_ = text;
    return last_time_;
}

// What a field means depends on delimiters and character set: others begin anew.
void ObservationReader::renew_memos() {
    if (!(memo_delimiters_ == d_) || memo_charset_ != text_.charset) {
        codes_ = {};
        units_ = {};
        persons_ = {};
        memo_delimiters_ = d_;
        memo_charset_ = text_.charset;
    }
    sender_ = {};
    codes_.next_message();
    units_.next_message();
    persons_.next_message();
}

std::string_view ObservationReader::unit(std::string_view obx6) {
    if (obx6.empty()) return {};
    auto const* known = units_.find(
        obx6, [&](std::string_view field) { return std::string(unit_of(field, d_, settings_.key, scratch_)); });
    const std::string_view found = known ? std::string_view(*known) : unit_of(obx6, d_, settings_.key, scratch_);
    if (found.starts_with('?')) ++out_->notes.unknown_units;
    return found;
}

// OBX-14, else OBR-7; what else may stand in for them is set when the order is finished. Only what is empty is
// replaced.
void ObservationReader::set_time(Fields const& obx, Result& result) {
    When when = time_of(obx[14]);
    if (!when.ms && !when.unreadable)
        if (const When slipped = time_of(obx[13]); slipped.ms) when = slipped; // a known slip by one field
    if (!when.ms && !when.unreadable && trimmed(obx[11]).empty() && !trimmed(obx[12]).empty())
        if (const When slipped = time_of(obx[15]); slipped.ms) when = slipped; // all are one field late
    if (!when.ms && !when.unreadable)
        when = order_.start;
    else
        when = completed(when, order_.start);
    if (is_interval_quantity(result.system, result.code) && order_.start.ms && order_.end.ms &&
        *order_.end.ms > *order_.start.ms) {
        when = order_.start;
        result.until_ms = order_.end.ms;
    }
    result.time_ms = when.ms;
    if (when.ms) result.time_quality = when.quality;
    result.time_unreadable = when.unreadable;
    if (when.unreadable) ++out_->notes.unreadable_times;
}

Code ObservationReader::code(std::string_view obx3) {
    const auto read = [&](std::string_view field) { return code_of(field, d_, settings_.key, scratch_); };
    auto const* known = codes_.find(obx3, [&](std::string_view field) {
        const Code found = read(field);
        return KnownCode{found, std::string(found.code), std::string(found.local_system)};
    });
    Code out = known ? known->code : read(obx3);
    if (known) {
        out.code = known->text;
        out.local_system = known->local_system;
    }
    if (out.system != CodeSystem::LOCAL || !out.local_system.empty()) return out;
    // A local code without a coding system is the sender's own.
    if (sender_.empty()) sender_ = plain_or_token(out_->header.application, "system", 40, settings_.key, scratch_);
    out.local_system = sender_;
    return out;
}

void ObservationReader::set_code(Fields const& obx, Result& result, std::uint32_t& mdc) {
    const Code found = code(obx[3]);
    result.system = found.system;
    result.code = found.code;
    result.local_system = found.local_system;
    mdc = found.mdc;
    if (found.setting) result.method = model::Method::setting;
    if (found.disagreement) ++out_->notes.code_disagreements;
    if (found.bad_check_digit) ++out_->notes.bad_loinc;
}

// MDS, VMD and channel rows, and attributes of a waveform: they place other rows and carry no reading.
bool ObservationReader::is_structural(Fields const& obx, std::uint32_t mdc, std::string_view type) const {
    if (is_device_code(mdc)) return true;
    return type.empty() && trimmed(obx[5]).empty() && trimmed(obx[11]) == "X" && mdc != 0 && mdc < 131072;
}

void ObservationReader::read_result(std::string_view segment) {
    const Fields obx(segment, d_);
    const std::string_view type = trimmed(obx[2]);
    if (type == "NA" || type == "MA") {
        ++out_->notes.waveforms;
        return;
    }
    if (order_.filler.empty()) order_.filler = std::exchange(control_, {});
    Result& result = out_->results.emplace_back();
    std::uint32_t mdc = 0;
    set_code(obx, result, mdc);
    if (is_structural(obx, mdc, type)) {
        out_->results.pop_back();
        ++out_->notes.structural;
        const auto place = containment_of(obx[4]);
        if (mdc == delivery_channel && place && place->depth >= 3)
            delivery_.push_back({place->level[0], place->level[1], place->level[2]});
        const std::string_view equipment = trimmed(first(obx[18], d_));
        if (!equipment.empty() && device_.empty())
            device_ = scratch_.keep(settings_.key.short_token("device", equipment));
        return;
    }
    if (result.code.empty()) {
        out_->results.pop_back();
        ++out_->notes.rows_without_code;
        return;
    }
    result.status = status_of(obx, order_.status, out_->notes.unknown_statuses);
    result.validity = validity_of(obx[8], d_);
    if (result.method == model::Method::unspecified) result.method = method_of(obx[17], d_);
    const bool set = mdc >= 16777216 || trimmed(obx[13]) == "SETTING"; // where one maker says so
    if (set && result.method == model::Method::unspecified) result.method = model::Method::setting;
    result.unit = unit(obx[6]);
    set_time(obx, result);
    PumpRow::Kind kind{};
    if (is_pump_code(mdc, kind)) {
        read_pump_row(obx[4], kind, obx, result);
        out_->results.pop_back();
        return;
    }
    read_value(type, obx[5], d_, settings_, scratch_, out_->notes, result);
    if (may_be_thousands(result, settings_.decimal_comma)) {
        result.number.reset();
        result.absent = AbsentReason::unreadable;
    }
    if (result.number && result.comparator == model::Comparator::exactly) result.comparator = scale_flag(obx[8], d_);
    result.sub_id = plain_or_token(obx[4], "sub", 32, settings_.key, scratch_);
}

std::string_view ObservationReader::coded_drug(std::string_view field) {
    std::array<std::string_view, 9> components{};
    unsigned unknown = 0;
    for (std::size_t i = 0; i < components.size(); ++i)
        components[i] = trimmed(to_utf8(unescaped(component(field, d_, i + 1), d_, scratch_, unknown), text_.charset,
                                        settings_.charset, scratch_));
    return atc_of_coded(components, settings_);
}

void ObservationReader::read_pump_row(std::string_view containment, PumpRow::Kind kind, Fields const& obx,
                                      Result const& result) {
    PumpRow row;
    row.kind = kind;
    row.result = result;
    if (const auto place = containment_of(containment))
        for (std::size_t i = 0; i < row.place.size(); ++i) row.place[i] = place->level[i];
    row.result.sub_id = plain_or_token(containment, "sub", 32, settings_.key, scratch_);
    if (kind == PumpRow::Kind::drug || kind == PumpRow::Kind::status) {
        unsigned unknown = 0;
        // Status texts may be coded: the second component of a CWE is its name.
        const std::string_view field = first(obx[5], d_);
        const std::string_view chosen =
            kind == PumpRow::Kind::status || obx[2].starts_with('C') ? field : component(field, d_, 1);
        row.text =
            trimmed(to_utf8(unescaped(chosen, d_, scratch_, unknown), text_.charset, settings_.charset, scratch_));
        if (kind == PumpRow::Kind::drug && row.text.empty()) return;
        if (kind == PumpRow::Kind::drug)
            row.atc = obx[2].starts_with('C') ? coded_drug(field) : atc_of(row.text, settings_);
    } else {
        read_value(trimmed(obx[2]), obx[5], d_, settings_, scratch_, out_->notes, row.result);
    }
    if (row.result.time_quality == TimeQuality::unspecified && !row.result.time_unreadable && message_time_) {
        row.result.time_ms = message_time_;
        row.result.time_quality = TimeQuality::substituted;
    }
    pump_rows_.push_back(row);
}

} // namespace vigil::hl7
