#pragma once
// Recorded readings to be played as messages: the readings CSV of design 4.2, each cell kept exactly as it is written.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vigil::cli {

struct RecordedReading {
    std::int64_t observed_ms = 0;
    std::int64_t arrival_ms = 0; // arrival_ts, else obs_ts
    std::uint32_t encounter = 0; // index into RecordedReadings::encounters
    std::uint32_t source = 0;    // index into RecordedReadings::sources
    std::string system, code, value, unit, status, validity, sub_id, order_id;
};

struct RecordedReadings {
    std::vector<std::string>
        encounters; // in order of first appearance; a patient or a place where the file has no encounters
    std::vector<std::string> sources;
    std::vector<RecordedReading> rows;
    std::vector<std::string> problems; // "line 3: why"; such rows are left out, as `vigil score` leaves them out
};

// Plain or gzip. Empty after a complaint: the file cannot be read or has no header of readings.
std::optional<RecordedReadings> read_readings(std::string const& path);

} // namespace vigil::cli
