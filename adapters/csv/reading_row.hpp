#pragma once
// The readings CSV (docs/readings-csv.md): columns by name, one reading a row.

#include "core/model/reading.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::csv {

// Which field of a record each column is.
struct Columns {
    enum Name : std::size_t {
        obs_ts,
        encounter,
        patient,
        location,
        system,
        code,
        value,
        unit,
        arrival_ts,
        source,
        status,
        validity,
        sub_id,
        order_id,
        seq,
        kind,
        count
    };
    std::array<int, count> at{}; // -1: not there
    std::size_t fields = 0;
    bool all_required = false; // none of the columns that may be left out, but for `source` and who it is

    bool has(Name n) const { return at[n] >= 0; }
};
// Empty, with `why`, when the header lacks what is required. Columns nobody knows are passed over.
std::optional<Columns> read_header(std::vector<std::string_view> const& header, std::string& why);

// What vigild takes: the years 1800 to 2300. Anything else is a date that stands for none.
inline constexpr std::int64_t earliest_ms = -5'364'662'400'000, latest_ms = 10'413'792'000'000;
inline constexpr std::int64_t most_seq = 999; // it orders within an instant, and must not reach the next second

struct ReadingRow {
    std::string_view subject; // encounter, else patient, else location
    Columns::Name subject_kind = Columns::encounter;
    std::string_view encounter, patient, location, source, code, unit, sub_id, order_id;
    model::CodeSystem system = model::CodeSystem::unspecified;
    model::Reading reading; // its value, status and validity
    model::DeviceTime time;
    std::optional<model::DeviceTime> arrival;
    std::uint32_t seq = 0;
    bool other_kind = false; // no reading (adt, alarm, gap, …): passed over
};

// Reads rows of one file; remembers what repeats from row to row.
class RowParser {
public:
    explicit RowParser(Columns const& columns)
        : columns_{columns} {}
    // Empty when the row is a reading; otherwise why it is not one.
    std::string_view parse(std::vector<std::string_view> const& fields, ReadingRow& row);

private:
    std::string_view parse_optional(std::string_view const* fields, ReadingRow& row) const;
    std::string_view field(std::string_view const* fields, Columns::Name n) const {
        return columns_.at[n] < 0 ? std::string_view{} : fields[columns_.at[n]];
    }
    bool instant(std::string_view text, model::DeviceTime& out);
    std::optional<std::int64_t> instant_on_day(std::string_view text);

    Columns columns_;
    std::string last_date_, last_instant_;
    std::int64_t last_date_ms_ = 0, last_instant_ms_ = 0;
};

// ISO 8601 with an offset, "2026-11-21T09:50:03.250+01:00"; empty for anything else, a time without an offset among it.
std::optional<std::int64_t> parse_instant(std::string_view text);
// Value as written: empty, a number with an optional comparator, or a word. `code` tells free-text ventilator modes
// from words.
model::Value parse_value(model::CodeSystem system, std::string_view code, std::string_view text);
std::optional<model::Status> parse_status_letter(std::string_view letter);

} // namespace vigil::csv
