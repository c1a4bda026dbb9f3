#include "gateway/private_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace vigil::gateway {
namespace {

/// A descriptor that closes itself.
class File {
public:
    explicit File(int descriptor)
        : descriptor_(descriptor) {}
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] bool good() const { return descriptor_ >= 0; }
    [[nodiscard]] int get() const { return descriptor_; }

private:
    int descriptor_;
};

std::string why(const std::string& path) { return fmt::format("{}: {}", path, std::strerror(errno)); }
std::string folder_of(const std::string& path) { return std::filesystem::absolute(path).parent_path().string(); }

bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

} // namespace

PrivateText read_private(const std::string& path, std::size_t most) {
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    struct stat status {};
    if (!file.good() || ::fstat(file.get(), &status) != 0) return {{}, why(path)};
    if (!S_ISREG(status.st_mode)) return {{}, path + ": is not a file"};
    if ((status.st_mode & 077U) != 0)
        return {{}, fmt::format("{}: others may read or write it; chmod 600 {}", path, path)};
    std::string text;
    std::vector<char> block(65536);
    for (;;) {
        const auto got = ::read(file.get(), block.data(), block.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return {{}, why(path)};
        if (got == 0) return {std::move(text), {}};
        text.append(block.data(), static_cast<std::size_t>(got));
        if (text.size() > most) return {{}, path + ": is too large"};
    }
}

std::string write_private(const std::string& path, const std::string& text, bool durable) {
    const auto fresh = path + ".new";
    const auto folder = folder_of(path);
    struct stat owner {};
    if (::stat(path.c_str(), &owner) != 0 && ::stat(folder.c_str(), &owner) != 0) return why(folder);
    ::unlink(fresh.c_str()); // of a change that was cut off; if it cannot go, opening it says so
    const File file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file.good()) return why(fresh);
    if (::geteuid() == 0 && ::fchown(file.get(), owner.st_uid, owner.st_gid) != 0) return why(fresh);
    if (!write_all(file.get(), text)) return why(fresh);
    if (durable && ::fsync(file.get()) != 0) return why(fresh);
    if (::rename(fresh.c_str(), path.c_str()) != 0) return why(path);
    if (!durable) return {};
    const File directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return directory.good() && ::fsync(directory.get()) == 0 ? std::string() : why(folder);
}

FolderLock::FolderLock(const std::string& path)
    : descriptor_(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (descriptor_ < 0 || ::flock(descriptor_, LOCK_EX) != 0) error_ = why(folder_of(path));
}

FolderLock::~FolderLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

} // namespace vigil::gateway
