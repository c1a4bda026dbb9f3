#pragma once
// Start: from the newest segment to the state as of its last row. Refuses what is damaged, cut, newer or of the other
// kind, saying what and where, and has then touched nothing.

#include "core/model/canonical.hpp"
#include "core/state.hpp"
#include "store/journal.hpp"
#include "store/recall.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vigil::store {

// Builds a rulebook from a segment's rulebook bytes; nullptr when they cannot be read. Given by daemon/definitions.
using RulebookFromBytes = std::function<std::shared_ptr<core::Rulebook const>(std::string_view bytes)>;

struct Recovered {
    Journal journal;   // for CommitThread
    bool fresh = true; // no rows yet: state is empty, the first batch opens a segment
    core::State state; // after the last row
    std::uint64_t next_seq = 1;
    model::LogTime last_at;          // log time of the last row
    std::string core_version;        // of the newest segment; another than ours: open a segment with the first batch
    model::Digest rulebook_digest{}; // of the newest segment; another than ours: open a segment, then RulesChanged
    std::shared_ptr<core::Rulebook const> rules; // of the newest segment; null when fresh
    std::vector<RecallPlan> pending;             // recalls asked for and not answered
    std::uint64_t replayed = 0;                  // events stepped
    std::chrono::nanoseconds replay_took{};
    std::uint64_t wal_bytes = 0;
    std::vector<std::string> notes; // for the log: unfinished rotation removed, no watermark, …
    // Of the newest segment, which goes on in it; another than ours: open a segment with the first batch.
    std::int64_t format = core::newest_format;
};

// Checks the newest segment's chain whole, its link to the one before, and the watermark file; then steps the rows
// after the last snapshot and compares the effects. A directory that does not exist or has no segments is a fresh
// journal; it is created.
Result<Recovered> recover(Options const& options, RulebookFromBytes const& rulebook_from_bytes);

} // namespace vigil::store
