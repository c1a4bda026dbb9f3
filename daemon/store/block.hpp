#pragma once
// The directory of a run of rows: which source spoke of which subject, on what channels and of what times, and in which
// frames. It only leaves frames out that a recall cannot need; the exact test is made on the frame itself.

#include "store/batch.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vigil::store {

struct SketchedFrame {
    std::uint64_t seq = 0;
    Batch::FrameSketch sketch;
};

struct BlockEntry {
    std::uint32_t source = 0, subject = 0;
    std::uint64_t channels = 0;
    std::int64_t from_ms = 0, to_ms = -1;
    std::vector<std::uint64_t> frames; // the first is a distance from Block::first, the others from the one before
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.source, s.subject, s.channels, s.from_ms, s.to_ms, s.frames);
    }
};

struct Block {
    std::uint64_t first = 0, last = 0; // rows covered, frames and others
    std::vector<BlockEntry> entries;   // by source, then subject
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.first, s.last, s.entries);
    }
};

// When a reading stands in the journal. One under an order may take back a result without saying of when that was: it
// stands at the time of its message, as in the core.
std::optional<model::EventTime> looked_for_at(model::Frame const& frame, model::Reading const& reading);
Batch::FrameSketch sketch_of(model::Frame const& frame);
Block make_block(std::uint64_t first, std::uint64_t last, std::vector<SketchedFrame> frames);
inline std::uint64_t channel_bit(std::uint32_t channel) { return std::uint64_t{1} << (channel % 64U); }

} // namespace vigil::store
