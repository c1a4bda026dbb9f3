#pragma once
// A disk that can be told to fail, to hang, and to lose its power. It wraps SQLite's own file system: every write,
// truncation, sync and removal is noted in order, may be refused, and from the notes any state that a power cut could
// have left is rebuilt.

#include <sqlite3.h>

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <random>
#include <string>
#include <vector>

namespace vigil::testing {

struct DiskOp {
    enum class Kind { write, truncate, sync, remove } kind;
    std::string file;        // name without directory
    std::int64_t offset = 0; // write: where; truncate: new size; remove: 1 when it is durable at once
    std::string data;
};

enum class Fault { none, io_error, no_room, short_write };

class FaultVfs {
public:
    FaultVfs();
    ~FaultVfs();
    FaultVfs(FaultVfs const&) = delete;
    FaultVfs& operator=(FaultVfs const&) = delete;
    std::string const& name() const { return name_; }

    // The n-th write, truncation or sync from now on, counted from 1, goes wrong; 0: none does.
    void fail_at(std::uint64_t n, Fault fault);
    std::uint64_t operations() const; // since fail_at
    bool failed() const;              // the fault was given

    // Syncs wait until released.
    void hold_syncs();
    void wait_for_held_sync();
    void release_syncs();

    // What has happened so far; the position of the present in it.
    std::vector<DiskOp> ops() const;
    std::size_t position() const;

    // Called by the files.
    Fault next(DiskOp::Kind kind);
    void note(DiskOp op);
    void maybe_hold();

private:
    sqlite3_vfs vfs_{};
    std::string name_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<DiskOp> ops_;
    std::uint64_t fail_at_ = 0, count_ = 0;
    Fault fault_ = Fault::none;
    bool failed_ = false, hold_ = false, held_ = false;
};

// Writes to `directory` the files as a power cut after ops[0, crash) could have left them: what was synced is there; of
// the rest each 512-byte sector is kept, lost or noise.
void make_crash_state(std::vector<DiskOp> const& ops, std::size_t crash, std::mt19937& random,
                      std::filesystem::path const& directory);

} // namespace vigil::testing
