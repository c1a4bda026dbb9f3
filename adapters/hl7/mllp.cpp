#include "adapters/hl7/mllp.hpp"

#include <cassert>
#include <cstring>

namespace vigil::hl7 {

namespace {

constexpr char vt = '\x0b';
constexpr char fs = '\x1c';
constexpr char cr = '\x0d';

// Where the payload in `bytes` stops: the first VT or FS, or its length.
std::size_t payload_end(std::string_view bytes) {
    void const* end = std::memchr(bytes.data(), fs, bytes.size());
    const std::size_t stop =
        end ? static_cast<std::size_t>(static_cast<char const*>(end) - bytes.data()) : bytes.size();
    void const* start = std::memchr(bytes.data(), vt, stop);
    return start ? static_cast<std::size_t>(static_cast<char const*>(start) - bytes.data()) : stop;
}

} // namespace

std::string_view name(FrameFault fault) {
    switch (fault) {
    case FrameFault::none: return "none";
    case FrameFault::too_long: return "frame_too_long";
    case FrameFault::restarted: return "frame_restarted";
    case FrameFault::stray_end: return "frame_stray_end";
    case FrameFault::nul_byte: return "nul_byte";
    case FrameFault::unfinished: return "frame_unfinished";
    case FrameFault::too_slow: return "frame_too_slow";
    }
    return "unknown";
}

Framer::Framer(std::size_t limit, Sink sink)
    : limit_(limit),
      sink_(std::move(sink)) {
    assert(limit_ >= head_kept);
}

void Framer::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        std::size_t taken = 0;
        if (state_ == State::outside)
            taken = feed_outside(bytes);
        else if (state_ == State::inside)
            taken = feed_inside(bytes);
        else if (bytes.front() == cr) {
            finish(buffer_);
            taken = 1;
        } else if (bytes.front() == vt) {
            finish(buffer_);
        } else {
            refuse(FrameFault::stray_end);
        }
        bytes.remove_prefix(taken);
    }
}

std::size_t Framer::feed_outside(std::string_view bytes) {
    void const* start = std::memchr(bytes.data(), vt, bytes.size());
    if (!start) {
        skipped_ += bytes.size();
        return bytes.size();
    }
    const auto before = static_cast<std::size_t>(static_cast<char const*>(start) - bytes.data());
    skipped_ += before;
    state_ = State::inside;
    // A whole frame in one read is handed on without a copy.
    const std::string_view rest = bytes.substr(before + 1);
    const std::size_t end = payload_end(rest);
    if (end + 1 < rest.size() && rest[end] == fs && rest[end + 1] == cr && end <= limit_) {
        if (std::memchr(rest.data(), '\0', end)) pending_ = FrameFault::nul_byte;
        finish(rest.substr(0, end));
        return before + 1 + end + 2;
    }
    return before + 1;
}

std::size_t Framer::feed_inside(std::string_view bytes) {
    const std::size_t end = payload_end(bytes);
    append(bytes.substr(0, end));
    if (end == bytes.size()) return end;
    if (bytes[end] == fs) {
        state_ = State::after_fs;
        return end + 1;
    }
    refuse(FrameFault::restarted);
    state_ = State::inside;
    return end + 1;
}

void Framer::append(std::string_view bytes) {
    if (pending_ == FrameFault::too_long || bytes.empty()) return;
    if (std::memchr(bytes.data(), '\0', bytes.size())) pending_ = FrameFault::nul_byte;
    if (buffer_.size() + bytes.size() <= limit_) {
        buffer_.append(bytes);
        return;
    }
    pending_ = FrameFault::too_long;
    if (buffer_.size() < head_kept) buffer_.append(bytes.substr(0, head_kept - buffer_.size()));
    buffer_.resize(head_kept);
    buffer_.shrink_to_fit();
}

void Framer::finish(std::string_view payload) {
    const FrameFault fault = pending_;
    if (fault == FrameFault::none) ++frames_;
    state_ = State::outside;
    sink_(Frame{payload, fault});
    reset();
}

void Framer::refuse(FrameFault fault) {
    sink_(Frame{buffer_, pending_ == FrameFault::none ? fault : pending_});
    reset();
}

void Framer::reset() {
    state_ = State::outside;
    pending_ = FrameFault::none;
    // A large frame's memory is not held for the rest of a connection's life.
    if (buffer_.capacity() > 64 * 1024)
        std::string().swap(buffer_);
    else
        buffer_.clear();
}

void Framer::end_at_lone_fs() {
    if (state_ == State::after_fs) finish(buffer_);
}

void Framer::abandon(FrameFault why) {
    if (state_ != State::outside) refuse(why);
}

std::string framed(std::string_view payload) {
    std::string out;
    out.reserve(payload.size() + 3);
    out.push_back(vt);
    out.append(payload);
    out.push_back(fs);
    out.push_back(cr);
    return out;
}

} // namespace vigil::hl7
