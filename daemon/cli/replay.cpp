#include "cli/replay.hpp"

#include "adapters/hl7/escape.hpp"
#include "adapters/runtime/places.hpp"
#include "cli/iso_time.hpp"
#include "core/model/decimal.hpp"

#include <algorithm>
#include <tuple>

namespace vigil::cli {

namespace {

constexpr std::int64_t hour_ms = 3'600'000;

std::int64_t hour_of(std::int64_t ms) {
    return ms >= 0 ? ms / hour_ms * hour_ms : -((-ms + hour_ms - 1) / hour_ms) * hour_ms;
}

std::string_view abnormal_flag(std::string_view validity) {
    if (validity == "questionable") return "QUES";
    if (validity == "invalid") return "INV";
    if (validity == "demo") return "DEMO";
    if (validity == "test") return "TEST";
    if (validity == "calibrating") return "CALM";
    return {};
}

class Writer {
public:
    Writer(RecordedReadings const& readings, Replay& out)
        : readings_(readings),
          out_(out),
          admitted_(readings.encounters.size()) {}

    // Rows of one encounter, source, order and pair of times.
    void group(std::vector<RecordedReading const*> const& rows) {
        auto const& first = *rows.front();
        if (!admitted_[first.encounter]) admit(first);
        admitted_[first.encounter] = true;
        for (std::size_t at = 0; at < rows.size(); at += rows_per_message)
            results({rows.data() + at, rows.data() + std::min(rows.size(), at + rows_per_message)});
    }

    void opened(std::vector<std::int64_t> opened_ms) { opened_ms_ = std::move(opened_ms); }

private:
    std::int64_t shifted(RecordedReading const& row, std::int64_t ms) const {
        return ms + out_.shift_ms[row.encounter];
    }

    // Depends on content only, so that the same file played twice is the same messages.
    std::string control_id(std::uint32_t encounter) {
        return "R" + std::to_string(encounter + 1) + "-" + std::to_string(++numbers_[encounter]);
    }

    std::string head(RecordedReading const& row, std::string_view type, std::string const& id) const {
        const std::string name = hl7::escaped(readings_.encounters[row.encounter]);
        std::string source = hl7::escaped(readings_.sources[row.source]);
        std::string out = "MSH|^~\\&|VIGILSEND|" + (source.empty() ? "REPLAY" : source) + "|VIGIL|VIGIL|" +
                          hl7_instant(shifted(row, row.arrival_ms)) + "||" + std::string(type) + "|" + id +
                          "|T|2.5.1|||||||UNICODE UTF-8\r";
        if (type.starts_with("ADT")) out += "EVN||" + hl7_instant(opened_ms_[row.encounter]) + "\r";
        // The same person's stays run side by side here, each in a bed of its own: the number is the stay's.
        out += "PID|1||E" + name + "^^^REPLAY^MR\r";
        out += "PV1|1|I|REPLAY^^E" + name + "||||||||||||||||" + name + "^^^REPLAY^VN";
        if (type.starts_with("ADT")) out += "|||||||||||||||||||||||||" + hl7_instant(opened_ms_[row.encounter]);
        return out + "\r";
    }

    void admit(RecordedReading const& row) {
        const auto id = control_id(row.encounter);
        out_.messages.push_back({shifted(row, row.arrival_ms), row.encounter, 0, id, head(row, "ADT^A01^ADT_A01", id)});
    }

    void results(std::vector<RecordedReading const*> const& rows) {
        auto const& first = *rows.front();
        const auto id = control_id(first.encounter);
        std::string text = head(first, "ORU^R01^ORU_R01", id);
        const auto at = hl7_instant(shifted(first, first.observed_ms));
        text += "OBR|1||" + hl7::escaped(first.order_id) + "|VIGILSEND^recorded readings^L|||" + at + "\r";
        int set_id = 0;
        for (auto const* row : rows) text += result(*row, ++set_id, at);
        out_.messages.push_back({shifted(first, first.arrival_ms), first.encounter,
                                 static_cast<std::uint32_t>(rows.size()), id, std::move(text)});
    }

    static std::string result(RecordedReading const& row, int set_id, std::string const& at) {
        const bool number = model::parse_decimal(row.value).has_value();
        std::string out = "OBX|" + std::to_string(set_id) + "|" +
                          (row.value.empty() ? ""
                           : number          ? "NM"
                                             : "ST") +
                          "|" + hl7::escaped(row.code) + "^^" + hl7::escaped(row.system) + "|" +
                          hl7::escaped(row.sub_id) + "|" + hl7::escaped(row.value) + "|";
        if (!row.unit.empty()) out += hl7::escaped(row.unit) + "^^UCUM";
        out += "||" + std::string(abnormal_flag(row.validity)) + "|||" +
               (row.status.empty() ? "F" : hl7::escaped(row.status)) + "|||" + at + "\r";
        return out;
    }

    RecordedReadings const& readings_;
    Replay& out_;
    std::vector<bool> admitted_;
    std::vector<std::uint64_t> numbers_ = std::vector<std::uint64_t>(readings_.encounters.size());
    std::vector<std::int64_t> opened_ms_;
};

} // namespace

std::string replay_bed(std::string const& encounter) { return "replay/" + adapters::place_token("E" + encounter); }

Replay plan_replay(RecordedReadings const& readings, std::int64_t start_ms, std::optional<std::size_t> encounters) {
    Replay out;
    const std::size_t taken = std::min(encounters.value_or(readings.encounters.size()), readings.encounters.size());
    std::vector<std::int64_t> first(readings.encounters.size(), INT64_MAX);
    for (auto const& row : readings.rows) first[row.encounter] = std::min(first[row.encounter], row.observed_ms);
    for (auto const ms : first) out.shift_ms.push_back(ms == INT64_MAX ? 0 : start_ms - hour_of(ms));

    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < readings.rows.size(); ++i)
        if (readings.rows[i].encounter < taken) order.push_back(i);
    const auto key = [&](std::size_t i) {
        auto const& row = readings.rows[i];
        return std::tuple(row.arrival_ms + out.shift_ms[row.encounter], row.encounter, row.observed_ms, row.source,
                          row.order_id);
    };
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });

    Writer writer(readings, out);
    std::vector<std::int64_t> opened;
    for (std::size_t i = 0; i < first.size(); ++i)
        opened.push_back(first[i] == INT64_MAX ? 0 : first[i] + out.shift_ms[i]);
    writer.opened(std::move(opened));
    std::vector<RecordedReading const*> group;
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (!group.empty() && key(order[i]) != key(order[i - 1])) {
            writer.group(group);
            group.clear();
        }
        group.push_back(&readings.rows[order[i]]);
    }
    if (!group.empty()) writer.group(group);
    return out;
}

} // namespace vigil::cli
