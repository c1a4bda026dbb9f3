#pragma once

#include <cstddef>
#include <string>

namespace vigil::gateway {

/// A file for its owner's eyes, read and written whole. `error` is `file: reason`; empty when it went well.
struct PrivateText {
    std::string text;
    std::string error;
};

/// Refuses a file that others than its owner may read or write, a link, and one larger than `most`.
PrivateText read_private(const std::string& path, std::size_t most);
/// Whole or not at all, mode 0600, of the owner the file or its folder has; with `durable` on the disk before this
/// returns. Returns what went wrong.
std::string write_private(const std::string& path, const std::string& text, bool durable);

/// One at a time, over all programs: the folder of a file is locked while this lives.
class FolderLock {
public:
    explicit FolderLock(const std::string& path);
    ~FolderLock();
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;
    [[nodiscard]] const std::string& error() const { return error_; }

private:
    int descriptor_ = -1;
    std::string error_;
};

} // namespace vigil::gateway
