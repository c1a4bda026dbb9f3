#pragma once
// A file of readings by stay, each stay in the order in which it was told.

#include "adapters/csv/reading_row.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vigil::cli {

struct ToldReading {
    std::int64_t told_ms = 0;  // arrival_ts, else obs_ts
    std::uint32_t seq = 0;     // among those told at once
    std::uint32_t channel = 0; // index into RecordedStays::channels
    std::uint32_t source = 0;  // index into RecordedStays::sources
    model::Reading reading;    // its channel is the index above
    std::string order;
};

struct RecordedStay {
    std::string name;
    std::vector<ToldReading> readings; // ascending by when, then in the order of the file
};

struct RecordedStays {
    std::vector<std::string> sources;
    std::vector<model::Channel> channels; // without their source
    std::vector<RecordedStay> stays;      // in order of first appearance
    std::uint64_t refused = 0;            // rows that are no readings, each complained of by its line
};

// Empty after a complaint, with an exit code.
std::optional<RecordedStays> read_stays_told(std::vector<std::string> const& paths, int& code);

} // namespace vigil::cli
