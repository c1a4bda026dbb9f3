#pragma once
// The journal's only connection, on a thread of its own. The loop submits batches and steps on; completions come back
// in order.
//
// A commit that fails is never retried: the thread closes the connection, fails every batch after it, and stays so. A
// restart after a successful probe_write is the only way out (design 5 "Sick or full disk").
//
// Thread-safety: all members are for the loop's thread; `descriptor` may be polled anywhere.

#include "store/batch.hpp"
#include "store/journal.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace vigil::store {

struct Committed {
    std::uint64_t batch = 0; // Batch::id
    std::uint64_t last_seq = 0;
    std::chrono::nanoseconds took{}; // from the begin of the transaction to its end
    std::uint64_t wal_bytes = 0;     // of the segment that was written
    bool rotation_due = false;       // open_segment with one of the next batches
    Batch used;                      // to publish from and to use again
};

struct Failed {
    enum class Kind { full, error, closed }; // closed: an earlier batch had failed
    std::uint64_t batch = 0;
    Kind kind{};
    int sqlite_code = 0; // extended
    int system_errno = 0;
    std::string what;
    Batch used;
};

using Completion = std::variant<Committed, Failed>;

struct Inflight {
    std::uint64_t batch = 0;
    std::chrono::steady_clock::time_point submitted;
};

class CommitThread {
public:
    using Instant = std::chrono::steady_clock::time_point;

    // Opens nothing yet. Does not block on the disk.
    explicit CommitThread(Journal journal);
    // Waits for what was submitted, unless abandoned.
    ~CommitThread();
    CommitThread(CommitThread const&) = delete;
    CommitThread& operator=(CommitThread const&) = delete;

    // `now` is remembered for oldest_inflight. REQUIRES: the batch is not empty unless it opens a segment or brings a
    // snapshot.
    void submit(Batch&& batch, Instant now);
    // Readable while a completion waits.
    int descriptor() const;
    // Everything that came back since the last call, in submission order. Clears the descriptor.
    std::vector<Completion> take();
    // The batch that has waited longest; a commit not back within 2 s means degraded mode.
    std::optional<Inflight> oldest_inflight() const;
    std::size_t inflight() const;
    // Waits until all that was submitted has come back. For a planned stop.
    void drain();
    // Sealed segments not yet checkpointed and closed by the background thread.
    std::size_t unsealed() const;
    // Why a sealed segment could not be checkpointed, once. Its rows are safe in its write-ahead log and the next start
    // tries again.
    std::optional<std::string> take_sealing_trouble();
    // The disk hangs and the process must end: the destructor will not wait.
    void abandon();

private:
    struct Shared;
    std::shared_ptr<Shared> shared_;
};

} // namespace vigil::store
