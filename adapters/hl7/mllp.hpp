#pragma once
// The minimal lower layer protocol: VT payload FS CR (devices.md 3). Fed in arbitrary cuts; what comes out never
// depends on where the cuts were. Nothing grows beyond the limits, and a bad frame costs that frame alone.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace vigil::hl7 {

enum class FrameFault : std::uint8_t {
    none,
    too_long,   // more than the limit; `payload` holds its beginning so that the sender can be answered
    restarted,  // a VT inside a frame: the one before it was never finished
    stray_end,  // FS followed by neither CR nor VT
    nul_byte,   // a NUL inside the payload
    unfinished, // the connection ended inside a frame
    too_slow,   // its end did not come in time
};
std::string_view name(FrameFault fault);

struct Frame {
    std::string_view payload; // valid only during the call; the beginning of it when there is a fault
    FrameFault fault = FrameFault::none;
};

class Framer {
public:
    using Sink = std::function<void(Frame const&)>;
    static constexpr std::size_t head_kept = 4096; // of a frame that is too long

    Framer(std::size_t limit, Sink sink);

    void feed(std::string_view bytes);
    // The 100 ms after a lone FS have passed: the frame ends there.
    void end_at_lone_fs();
    // The caller gives up on the frame being read.
    void abandon(FrameFault why);

    bool inside() const { return state_ != State::outside; }
    bool at_lone_fs() const { return state_ == State::after_fs; }
    std::size_t buffered() const { return buffer_.size(); }
    std::uint64_t skipped() const { return skipped_; } // bytes between frames
    std::uint64_t frames() const { return frames_; }   // well-framed ones

private:
    enum class State : std::uint8_t { outside, inside, after_fs };

    std::size_t feed_outside(std::string_view bytes);
    std::size_t feed_inside(std::string_view bytes);
    void append(std::string_view bytes);
    void finish(std::string_view payload);
    void refuse(FrameFault fault);
    void reset();

    std::size_t limit_;
    Sink sink_;
    State state_ = State::outside;
    FrameFault pending_ = FrameFault::none; // decided, told when the frame ends
    std::string buffer_;
    std::uint64_t skipped_ = 0;
    std::uint64_t frames_ = 0;
};

std::string framed(std::string_view payload);

} // namespace vigil::hl7
