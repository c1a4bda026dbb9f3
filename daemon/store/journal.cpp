#include "store/journal.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

namespace vigil::store {

std::string_view name_of(JournalKind kind) { return kind == JournalKind::production ? "production" : "simulated"; }

Result<Lease> Lease::take(std::filesystem::path const& directory) {
    const int fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return Refusal{Refusal::Why::io, directory.string(), std::strerror(errno)};
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        const int code = errno;
        close(fd);
        if (code == EWOULDBLOCK)
            return Refusal{Refusal::Why::in_use, directory.string(), "another process writes this journal"};
        return Refusal{Refusal::Why::io, directory.string(), std::strerror(code)};
    }
    return Lease{fd};
}

Lease::Lease(Lease&& other) noexcept
    : fd_{std::exchange(other.fd_, -1)} {}
Lease& Lease::operator=(Lease&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}
Lease::~Lease() {
    if (fd_ >= 0) close(fd_);
}

std::filesystem::path segment_path(std::filesystem::path const& directory, std::uint32_t number) {
    auto digits = std::to_string(number);
    if (digits.size() < 6) digits.insert(0, 6 - digits.size(), '0');
    return directory / (digits + ".vigil");
}

std::vector<std::uint32_t> list_segments(std::filesystem::path const& directory) {
    std::vector<std::uint32_t> out;
    std::error_code none;
    for (auto const& entry : std::filesystem::directory_iterator{directory, none}) {
        const auto name = entry.path().filename().string();
        constexpr std::string_view suffix = ".vigil";
        if (name.size() < 6 + suffix.size() || !name.ends_with(suffix)) continue;
        std::uint32_t number = 0;
        char const* end = name.data() + name.size() - suffix.size();
        const auto [stop, error] = std::from_chars(name.data(), end, number);
        if (error == std::errc{} && stop == end && segment_path(directory, number).filename() == name)
            out.push_back(number);
    }
    std::sort(out.begin(), out.end());
    return out;
}

namespace {

Result<Done> write_probe(int fd, std::string const& where) {
    // A start writes a snapshot and a log that grows until it is sealed: less room would end where it began.
    constexpr off_t room = 16 << 20;
    if (const int code = posix_fallocate(fd, 0, room); code != 0)
        return Refusal{Refusal::Why::io, where, std::strerror(code)};
    const std::string bytes(64 * 1024, 'v');
    std::string back(bytes.size(), '\0');
    const auto size = static_cast<ssize_t>(bytes.size());
    errno = 0;
    const bool good = pwrite(fd, bytes.data(), bytes.size(), 0) == size && fsync(fd) == 0 &&
                      pread(fd, back.data(), back.size(), 0) == size;
    if (good && back == bytes) return Done{};
    return Refusal{Refusal::Why::io, where, errno == 0 ? "the disk takes less than is written" : std::strerror(errno)};
}

} // namespace

Result<Done> probe_write(std::filesystem::path const& directory) {
    const auto path = directory / "probe";
    const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (fd < 0) return Refusal{Refusal::Why::io, path.string(), std::strerror(errno)};
    auto result = write_probe(fd, path.string());
    close(fd);
    unlink(path.c_str());
    return result;
}

} // namespace vigil::store
