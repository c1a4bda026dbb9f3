#include "cli/recorded_stays.hpp"

#include "adapters/csv/record_reader.hpp"
#include "cli/row_reading.hpp"
#include "cli/session.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace vigil::cli {

namespace {

constexpr std::uint64_t shown_rows = 1'000; // of those refused; all are counted

class Reader {
public:
    int file(std::string const& path) {
        csv::RecordReader reader{path};
        if (!reader.is_open()) {
            complain("cannot read " + path);
            return Exit::no_input;
        }
        std::vector<std::string_view> fields;
        std::string why{reader.next(fields) ? reader.fault() : std::string_view{"is empty"}};
        const auto columns = why.empty() ? csv::read_header(fields, why) : std::nullopt;
        if (!columns) {
            complain(path + ":" + std::to_string(std::max<std::uint64_t>(reader.line(), 1)) + ": " + why);
            return Exit::data;
        }
        csv::RowParser parser{*columns};
        csv::ReadingRow row;
        while (reader.next(fields)) {
            const std::string fault{reader.fault().empty() ? parser.parse(fields, row) : reader.fault()};
            if (!fault.empty()) {
                if (++out_.refused <= shown_rows) complain(path + ":" + std::to_string(reader.line()) + ": " + fault);
            } else if (!row.other_kind) {
                take(row);
            }
        }
        if (!reader.damaged()) return Exit::ok;
        complain(path + ": the file breaks off or is damaged");
        return Exit::data;
    }

    RecordedStays finish() {
        for (auto& stay : out_.stays)
            std::stable_sort(stay.readings.begin(), stay.readings.end(), [](auto const& a, auto const& b) {
                return std::tie(a.told_ms, a.seq) < std::tie(b.told_ms, b.seq);
            });
        return std::move(out_);
    }

private:
    void take(csv::ReadingRow& row) {
        const auto stay = stays_.try_emplace(std::string{row.subject}, out_.stays.size());
        if (stay.second) out_.stays.push_back({std::string{row.subject}, {}});
        const auto source = sources_.try_emplace(std::string{row.source}, out_.sources.size());
        if (source.second) out_.sources.emplace_back(row.source);
        auto channel = channel_of(row);
        const auto known = channels_.try_emplace(std::tuple{channel.system, channel.code, channel.unit, channel.sub_id},
                                                 out_.channels.size());
        if (known.second) out_.channels.push_back(std::move(channel));

        ToldReading told;
        told.told_ms = row.arrival ? row.arrival->ms : row.time.ms;
        told.seq = row.seq;
        told.channel = static_cast<std::uint32_t>(known.first->second);
        told.source = static_cast<std::uint32_t>(source.first->second);
        told.reading = reading_of(row, {});
        told.order = row.order_id;
        out_.stays[stay.first->second].readings.push_back(std::move(told));
    }

    RecordedStays out_;
    std::map<std::string, std::size_t> stays_, sources_;
    std::map<std::tuple<model::CodeSystem, std::string, std::string, std::string>, std::size_t> channels_;
};

} // namespace

std::optional<RecordedStays> read_stays_told(std::vector<std::string> const& paths, int& code) {
    Reader reader;
    for (auto const& path : paths)
        if (code = reader.file(path); code != Exit::ok) return std::nullopt;
    return reader.finish();
}

} // namespace vigil::cli
