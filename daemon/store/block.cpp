#include "store/block.hpp"

#include "core/intake.hpp"

#include <algorithm>
#include <tuple>

namespace vigil::store {

std::optional<model::EventTime> looked_for_at(model::Frame const& frame, model::Reading const& reading) {
    if (reading.time) return core::event_time(*reading.time, frame.clock_offset);
    if (reading.order == 0 || !frame.message_time) return std::nullopt;
    return core::event_time(*frame.message_time, frame.clock_offset);
}

Batch::FrameSketch sketch_of(model::Frame const& frame) {
    Batch::FrameSketch out;
    out.source = frame.source.value;
    out.subject = frame.subject.value;
    for (auto const& reading : frame.readings) {
        const auto stands_at = looked_for_at(frame, reading);
        if (!stands_at) continue;
        const auto t = stands_at->ms;
        if (out.channels == 0) out.from_ms = out.to_ms = t;
        out.from_ms = std::min(out.from_ms, t);
        out.to_ms = std::max(out.to_ms, t);
        out.channels |= channel_bit(reading.channel.value);
    }
    return out;
}

Block make_block(std::uint64_t first, std::uint64_t last, std::vector<SketchedFrame> frames) {
    std::erase_if(frames, [](SketchedFrame const& f) { return f.sketch.channels == 0; });
    std::sort(frames.begin(), frames.end(), [](auto const& a, auto const& b) {
        return std::tie(a.sketch.source, a.sketch.subject, a.seq) < std::tie(b.sketch.source, b.sketch.subject, b.seq);
    });
    Block block{first, last, {}};
    std::uint64_t previous = first;
    for (auto const& f : frames) {
        auto const& s = f.sketch;
        if (block.entries.empty() || block.entries.back().source != s.source ||
            block.entries.back().subject != s.subject) {
            block.entries.push_back({s.source, s.subject, 0, s.from_ms, s.to_ms, {}});
            previous = first;
        }
        auto& e = block.entries.back();
        e.channels |= s.channels;
        e.from_ms = std::min(e.from_ms, s.from_ms);
        e.to_ms = std::max(e.to_ms, s.to_ms);
        e.frames.push_back(f.seq - previous);
        previous = f.seq;
    }
    return block;
}

} // namespace vigil::store
