#include "store/watermark.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace vigil::store {

namespace {

constexpr std::uint64_t magic = 0x3144'4145'484C'4756ULL; // "VGLHEAD1"
using Bytes = std::array<std::uint8_t, 8 + 8 + 32 + 16>;

void put(std::uint8_t* out, std::uint64_t v) {
    for (unsigned i = 0; i < 8; ++i) out[i] = static_cast<std::uint8_t>(v >> (8 * i));
}
std::uint64_t get(std::uint8_t const* in) {
    std::uint64_t v = 0;
    for (unsigned i = 0; i < 8; ++i) v |= std::uint64_t{in[i]} << (8 * i);
    return v;
}

Bytes bytes_of(Watermark const& mark) {
    Bytes out{};
    put(out.data(), magic);
    put(out.data() + 8, mark.seq);
    std::copy(mark.hash.begin(), mark.hash.end(), out.begin() + 16);
    const auto check = chain(mark.hash, mark.seq, {}, magic, 0, {});
    std::copy_n(check.begin(), 16, out.begin() + 48);
    return out;
}

} // namespace

WatermarkFile::WatermarkFile(std::filesystem::path const& directory)
    : path_{directory / "head"} {}

WatermarkFile::~WatermarkFile() {
    if (fd_ >= 0) close(fd_);
}

void WatermarkFile::write(Watermark const& mark) {
    if (fd_ < 0) fd_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
    if (fd_ < 0) return;
    const auto bytes = bytes_of(mark);
    if (pwrite(fd_, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) return;
}

int WatermarkFile::sync() {
    if (fd_ < 0) fd_ = open(path_.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd_ < 0) return errno == ENOENT ? 0 : errno; // nothing was ever written
    if (fsync(fd_) != 0) return errno;
    const int directory = open(path_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return errno;
    const int failed = fsync(directory) == 0 ? 0 : errno;
    close(directory);
    return failed;
}

WatermarkRead read_watermark(std::filesystem::path const& directory) {
    const int fd = open((directory / "head").c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return {};
    Bytes bytes{};
    const auto n = pread(fd, bytes.data(), bytes.size(), 0);
    close(fd);
    WatermarkRead out{WatermarkState::torn, {}};
    if (n != static_cast<ssize_t>(bytes.size()) || get(bytes.data()) != magic) return out;
    out.mark.seq = get(bytes.data() + 8);
    std::copy_n(bytes.begin() + 16, 32, out.mark.hash.begin());
    if (bytes_of(out.mark) == bytes) out.state = WatermarkState::good;
    return out;
}

} // namespace vigil::store
