#include "adapters/csv/followed_file.hpp"

#include <algorithm>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace vigil::csv {

FollowedFile::FollowedFile(std::string path)
    : path_{std::move(path)} {}

FollowedFile::~FollowedFile() { close(); }

void FollowedFile::close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
    buffer_.clear();
    buffer_at_ = 0;
}

bool FollowedFile::open() {
    close();
    fd_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info {};
    if (fd_ < 0) return false;
    if (::fstat(fd_, &info) != 0 || !S_ISREG(info.st_mode)) {
        close();
        return false;
    }
    inode_ = info.st_ino;
    return true;
}

std::uint64_t FollowedFile::size() const {
    struct stat info {};
    return fd_ >= 0 && ::fstat(fd_, &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
}

bool FollowedFile::replaced() const {
    struct stat info {};
    return ::stat(path_.c_str(), &info) != 0 || info.st_ino != inode_;
}

std::string FollowedFile::marks(std::uint64_t offset) const {
    constexpr std::uint64_t enough = 256;
    std::string out;
    for (const auto from : {std::uint64_t{0}, offset - std::min(offset, enough)}) {
        char text[enough];
        const auto got = ::pread(fd_, text, std::min(offset, enough), static_cast<off_t>(from));
        out.append(text, got > 0 ? static_cast<std::size_t>(got) : 0);
    }
    return out;
}

std::string_view FollowedFile::bytes(std::uint64_t from, std::uint64_t to, std::size_t enough) {
    const auto wanted = static_cast<std::size_t>(to - from);
    const bool inside = from >= buffer_at_ && from <= buffer_at_ + buffer_.size();
    if (!inside) buffer_.clear();
    if (!inside) buffer_at_ = from;
    auto skip = static_cast<std::size_t>(from - buffer_at_);
    if (buffer_.size() - skip < std::min(wanted, enough)) {
        // Twice as much as is asked for, so that what is kept is not moved each time.
        buffer_.erase(0, skip);
        buffer_at_ = from;
        skip = 0;
        auto have = buffer_.size();
        buffer_.resize(std::min(wanted, 2 * enough));
        while (have < buffer_.size()) {
            const auto got =
                ::pread(fd_, buffer_.data() + have, buffer_.size() - have, static_cast<off_t>(buffer_at_ + have));
            if (got <= 0) break; // cut short meanwhile: what there is
            have += static_cast<std::size_t>(got);
        }
        buffer_.resize(have);
    }
    return std::string_view{buffer_}.substr(skip, wanted);
}

} // namespace vigil::csv
