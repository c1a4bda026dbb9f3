#pragma once
// What the loop hands to the commit thread: one transaction. Rows are encoded here, on the loop's thread, into one
// buffer that is reused; hashing and writing happen on the commit thread.

#include "core/effect.hpp"
#include "core/event.hpp"
#include "core/model/canonical.hpp"
#include "core/state.hpp"
#include "store/recall.hpp"
#include "store/row.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::store {

// The state and the recalls not yet answered, at a point between two rows.
// `about`: how many bytes it may take, such as the last one took.
std::string encode_snapshot(core::State const& state, std::vector<RecallPlan> const& pending, std::size_t about = 0);

// How a segment begins. The snapshot is of the state before the first row that follows.
struct Opening {
    std::string core_version; // core::core_version of the program that writes
    std::string rulebook;     // Rulebook::bytes
    model::Digest digest{};   // Rulebook::digest
    std::string snapshot;     // encode_snapshot
};

class Batch {
public:
    // Sequences are dense: each row's is the one before plus 1. Effects come right after their event, in order.
    void add(core::Event const& event);
    void add(std::uint64_t seq, model::LogTime at, std::uint64_t cause, core::Effect const& effect);
    // Seals the present segment and opens the next before the first row of this batch. The first batch of a new journal
    // needs one.
    void open_segment(Opening opening) { opening_ = std::move(opening); }
    // Kept after the last row of this batch; bounds the replay of the next start.
    void snapshot_after(std::string snapshot) { snapshot_ = std::move(snapshot); }

    std::uint64_t id = 0; // the caller's, returned with the completion

    // For the directory of blocks: what of a frame decides whether a recall may need it.
    struct FrameSketch {
        std::uint32_t source = 0, subject = 0;
        std::uint64_t channels = 0;           // bit (channel mod 64) of each reading with a time
        std::int64_t from_ms = 0, to_ms = -1; // event times of its readings; empty when from > to
    };
    struct Entry {
        std::uint64_t seq = 0;
        model::LogTime at;
        RowKind kind = 0;
        std::uint64_t cause = 0;
        std::size_t begin = 0, size = 0; // in the buffer
        std::uint32_t sketch = 0;        // of frames: index into sketches()
    };
    std::span<Entry const> rows() const { return rows_; }
    std::span<FrameSketch const> sketches() const { return sketches_; }
    std::string_view body(Entry const& e) const { return encoder_.bytes().substr(e.begin, e.size); }
    std::optional<Opening> const& opening() const { return opening_; }
    std::optional<std::string> const& snapshot() const { return snapshot_; }
    bool empty() const { return rows_.empty(); }
    std::size_t bytes() const { return encoder_.bytes().size(); }
    void clear(); // keeps the buffers

private:
    void push(std::uint64_t seq, model::LogTime at, RowKind kind, std::uint64_t cause, std::size_t begin);
    core::Encoder encoder_;
    std::vector<Entry> rows_;
    std::vector<FrameSketch> sketches_;
    std::optional<Opening> opening_;
    std::optional<std::string> snapshot_;
};

} // namespace vigil::store
