#pragma once
// Recorded readings as HL7 v2 messages of one ward: every encounter is moved by whole hours so that its first reading
// falls into the first hour of the common start, and all of them then run side by side. Pure.

#include "cli/readings_file.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vigil::cli {

struct ReplayMessage {
    std::int64_t at_ms = 0; // its MSH-7
    std::uint32_t encounter = 0;
    std::uint32_t readings = 0; // 0: the admission
    std::string control_id;
    std::string text; // segments ended by CR, not framed
};

struct Replay {
    std::vector<std::int64_t> shift_ms;  // by encounter
    std::vector<ReplayMessage> messages; // in order of time; an admission stands before its first readings
};

inline constexpr std::uint32_t rows_per_message = 200;

// `start` must be a whole hour. Only the first `encounters` of the file when given.
Replay plan_replay(RecordedReadings const& readings, std::int64_t start_ms, std::optional<std::size_t> encounters);

// "replay/e31205490": the bed as vigild will name it.
std::string replay_bed(std::string const& encounter);

} // namespace vigil::cli
