#pragma once
// A row of a readings CSV as intake takes readings.

#include "adapters/csv/reading_row.hpp"
#include "core/intake.hpp"

namespace vigil::cli {

inline model::Channel channel_of(csv::ReadingRow const& row) {
    model::Channel c;
    c.system = row.system;
    c.code = row.code;
    c.unit = row.unit;
    c.sub_id = row.sub_id;
    return c;
}

// In the row itself: the parser has just written it, and a copy would wait for that.
inline model::Reading const& reading_of(csv::ReadingRow& row, model::ChannelId channel) {
    row.reading.channel = channel;
    row.reading.time = row.time;
    return row.reading;
}

// A correction counts after what it corrects: the later delivery, then the later place in the file's own order.
inline core::Origin origin_of(csv::ReadingRow const& row, std::uint64_t rows) {
    core::Origin origin;
    origin.at = {row.arrival ? row.arrival->ms : row.time.ms};
    origin.message_time = model::DeviceTime{origin.at.ms + row.seq};
    origin.seq = rows;
    return origin;
}

} // namespace vigil::cli
