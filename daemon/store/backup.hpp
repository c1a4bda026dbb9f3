#pragma once
// A copy of the whole journal as of one commit, which `verify` accepts like the journal itself.

#include "store/refusal.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>

namespace vigil::store {

struct BackupReport {
    std::uint32_t segments = 0;
    std::uint32_t copied = 0; // the others were in the target already, sealed and equal in size
    std::uint64_t last_seq = 0;
    std::uint64_t bytes = 0;
};

// Sealed segments are copied; one that is still in WAL form is written out with VACUUM INTO through a read-only
// connection. May run beside the writer. The target directory is created; a journal backed up there before is extended.
Result<BackupReport> backup(std::filesystem::path const& journal, std::filesystem::path const& target,
                            std::function<void(std::uint32_t done, std::uint32_t of)> const& progress);

} // namespace vigil::store
