#include "cli/readings_file.hpp"

#include "adapters/csv/reading_row.hpp"
#include "adapters/csv/record_reader.hpp"
#include "cli/session.hpp"

#include <map>

namespace vigil::cli {

namespace {

using csv::Columns;

class Numbers {
public:
    explicit Numbers(std::vector<std::string>& list)
        : list_(list) {}
    std::uint32_t of(std::string_view name) {
        const auto found = known_.find(name);
        if (found != known_.end()) return found->second;
        list_.emplace_back(name);
        return known_.emplace(name, static_cast<std::uint32_t>(list_.size() - 1)).first->second;
    }

private:
    std::vector<std::string>& list_;
    std::map<std::string, std::uint32_t, std::less<>> known_;
};

} // namespace

std::optional<RecordedReadings> read_readings(std::string const& path) {
    csv::RecordReader reader(path);
    std::vector<std::string_view> fields;
    if (!reader.is_open() || !reader.next(fields)) {
        complain(path + (reader.is_open() ? ": is empty" : ": cannot be opened"));
        return std::nullopt;
    }
    std::string why{reader.fault()};
    const auto columns = why.empty() ? csv::read_header(fields, why) : std::nullopt;
    if (!columns) {
        complain(path + ": " + why);
        return std::nullopt;
    }
    RecordedReadings out;
    Numbers encounters(out.encounters), sources(out.sources);
    csv::RowParser parser(*columns);
    csv::ReadingRow row;
    while (reader.next(fields)) {
        const std::string_view fault = fields.empty() ? reader.fault() : parser.parse(fields, row);
        if (!fault.empty()) out.problems.push_back("line " + std::to_string(reader.line()) + ": " + std::string(fault));
        if (!fault.empty() || row.other_kind) continue;
        const auto cell = [&](Columns::Name c) {
            return columns->has(c) ? std::string(fields[static_cast<std::size_t>(columns->at[c])]) : std::string();
        };
        RecordedReading one;
        one.observed_ms = row.time.ms;
        // The file's own order counts where `vigil score` lets it count: after the delivery.
        one.arrival_ms = (row.arrival ? row.arrival->ms : row.time.ms) + row.seq;
        one.encounter = encounters.of(row.subject);
        one.source = sources.of(row.source);
        one.system = cell(Columns::system);
        one.code = cell(Columns::code);
        one.value = cell(Columns::value);
        one.unit = cell(Columns::unit);
        one.status = cell(Columns::status);
        one.validity = cell(Columns::validity);
        one.sub_id = cell(Columns::sub_id);
        one.order_id = cell(Columns::order_id);
        out.rows.push_back(std::move(one));
    }
    if (reader.damaged()) out.problems.emplace_back("the file breaks off: it is damaged or cut");
    return out;
}

} // namespace vigil::cli
