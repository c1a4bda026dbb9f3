#pragma once
// A journal: a directory of segments `000001.vigil`, `000002.vigil`, … of which only the newest is written.
// docs/journal-format.md.

#include "store/block.hpp"
#include "store/refusal.hpp"
#include "store/row.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vigil::store {

// Fixed when the journal is created and refused on mismatch: a simulator can never reach a real patient's record.
enum class JournalKind : std::uint8_t { production = 1, simulated = 2 };
std::string_view name_of(JournalKind kind);

// full is the product. The other two lose acknowledged commits in a power cut and exist so that the fault tests can
// show that they would notice.
enum class Durability : std::uint8_t { full, normal, off };

struct Options {
    std::filesystem::path directory;
    JournalKind kind = JournalKind::simulated;
    std::uint64_t rotate_at_wal_bytes = 64ULL << 20;
    std::uint32_t frames_per_block = 4096; // of the block directory
    std::size_t compress_snapshots_up_to =
        8ULL << 20;  // larger ones are kept plain: zlib would hold up the commits behind it
    std::string vfs; // SQLite's own when empty; the fault tests bring theirs
    Durability durability = Durability::full;
};

// Holds the directory for one writer (flock on the directory itself: nothing is created).
class Lease {
public:
    static Result<Lease> take(std::filesystem::path const& directory);
    Lease(Lease&& other) noexcept;
    Lease& operator=(Lease&& other) noexcept;
    Lease(Lease const&) = delete;
    Lease& operator=(Lease const&) = delete;
    ~Lease();

private:
    explicit Lease(int fd)
        : fd_{fd} {}
    int fd_ = -1;
};

// The right to append, and where. Made by recover(), consumed by CommitThread.
struct Journal {
    Options options;
    Lease lease;
    std::uint32_t segment = 0; // number of the newest; 0 = none yet: the first batch must open one
    std::uint64_t last_seq = 0;
    Hash head{};                  // hash of the last row, or of what followed it
    std::uint64_t block_from = 1; // first sequence that no block covers yet, and the frames from there on
    std::vector<SketchedFrame> uncovered;
    std::vector<std::uint32_t> unsealed; // older segments whose write-ahead log is still there
};

// Segments present, ascending. Anything else in the directory is ignored.
std::vector<std::uint32_t> list_segments(std::filesystem::path const& directory);
std::filesystem::path segment_path(std::filesystem::path const& directory, std::uint32_t number);

// Whether the disk takes a write again: a small file is written, synced, read back and removed. Done when it does.
Result<Done> probe_write(std::filesystem::path const& directory);

} // namespace vigil::store
