#include "gateway/audit.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <deque>
#include <filesystem>
#include <fstream>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sodium.h>

namespace vigil::gateway {
namespace {

constexpr std::string_view head = "vigil-audit 1";
constexpr std::size_t chain_digits = 64;
constexpr std::size_t field_bytes_max = 240;
constexpr std::streamoff tail_bytes_max = 256 * 1024;
constexpr std::size_t line_bytes_max = 8 * field_bytes_max; // what the tail of the file is searched for

/// One field: no tab, no line end, no control character can begin another.
std::string field(std::string text) {
    if (text.size() > field_bytes_max) {
        auto end = field_bytes_max;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end; // no half a character
        text.resize(end);
    }
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    return text.empty() ? "-" : text;
}

std::string instant(std::int64_t utc_ms) {
    const auto seconds = static_cast<std::time_t>(utc_ms / 1000);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds), utc_ms % 1000);
}

std::string chained(const std::string& before, const std::string& line) {
    const auto text = before + '\n' + line;
    std::array<unsigned char, chain_digits / 2> out{};
    crypto_generichash(out.data(), out.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                       nullptr, 0);
    std::string hex(chain_digits + 1, '\0');
    sodium_bin2hex(hex.data(), hex.size(), out.data(), out.size());
    hex.pop_back();
    return hex;
}

/// The line without its chain, and the chain; nothing when there is none.
std::optional<std::pair<std::string, std::string>> parted(const std::string& line) {
    const auto tab = line.rfind('\t');
    if (tab == std::string::npos || line.size() - tab - 1 != chain_digits) return std::nullopt;
    return std::pair{line.substr(0, tab), line.substr(tab + 1)};
}

/// Locked for as long as it lives; whoever adds reads the end and writes the next line in one go.
class Locked {
public:
    explicit Locked(const std::string& path)
        : descriptor_(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600)) {
        if (descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX) != 0) {
            ::close(descriptor_);
            descriptor_ = -1;
        }
    }
    ~Locked() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;
    [[nodiscard]] int get() const { return descriptor_; }

private:
    int descriptor_;
};

/// The chain of the last line; of an empty file the one its head gives. Nothing when the end is no whole line.
std::optional<std::string> last_chain(int descriptor, off_t size) {
    const auto take = std::min<off_t>(size, line_bytes_max);
    std::string tail(static_cast<std::size_t>(take), '\0');
    if (::pread(descriptor, tail.data(), tail.size(), size - take) != take) return std::nullopt;
    if (tail.empty() || tail.back() != '\n') return std::nullopt;
    tail.pop_back();
    const auto begin = tail.rfind('\n');
    const auto line = begin == std::string::npos ? tail : tail.substr(begin + 1);
    if (line == head) return std::string(head);
    const auto parts = parted(line);
    return parts ? std::optional(parts->second) : std::nullopt;
}

} // namespace

std::string Audit::add(const AuditEntry& entry, std::int64_t utc_ms, bool durable) {
    const auto wrong = [this] { return fmt::format("{}: {}", path_, std::strerror(errno)); };
    const Locked file(path_);
    struct stat status {};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0) return wrong();
    std::string text;
    std::string before(head);
    if (status.st_size == 0) {
        text = fmt::format("{}\n", head);
        struct stat folder {};
        const auto parent = std::filesystem::absolute(path_).parent_path().string();
        if (::geteuid() == 0 &&
            (::stat(parent.c_str(), &folder) != 0 ||
             ::fchown(file.get(), folder.st_uid, folder.st_gid) != 0)) // made for the gateway's user
            return wrong();
    } else if (const auto chain = last_chain(file.get(), status.st_size)) {
        before = *chain;
    } else {
        return path_ + ": does not end with a whole line; move it away and keep it";
    }
    const auto line = fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}", instant(utc_ms), field(entry.user), field(entry.role),
                                  field(entry.address), field(entry.what), field(entry.outcome), field(entry.detail));
    text += fmt::format("{}\t{}\n", line, chained(before, line));
    const auto written = ::write(file.get(), text.data(), text.size());
    if (written != static_cast<ssize_t>(text.size())) {
        const auto reason = wrong();
        // Half a line would make every later one impossible.
        if (written > 0 && ::ftruncate(file.get(), status.st_size) != 0) return reason + "; and half a line stays";
        return reason;
    }
    if (durable && ::fdatasync(file.get()) != 0) return wrong();
    return {};
}

std::optional<std::vector<std::string>> Audit::newest(std::size_t most) const {
    std::ifstream file(path_, std::ios::binary | std::ios::ate);
    if (!file) return std::nullopt;
    const auto size = static_cast<std::streamoff>(file.tellg());
    const auto from = std::max<std::streamoff>(0, size - tail_bytes_max);
    file.seekg(from);
    std::string line;
    std::deque<std::string> lines;
    if (from > 0) std::getline(file, line); // most likely half a one
    while (std::getline(file, line)) {
        if (const auto parts = parted(line)) lines.push_back(parts->first);
        if (lines.size() > most) lines.pop_front();
    }
    return std::vector<std::string>(lines.begin(), lines.end());
}

AuditCheck check_audit(const std::string& path, const std::function<void(const std::string&)>& give) {
    AuditCheck result;
    std::ifstream file(path, std::ios::binary);
    std::string line;
    if (!file || !std::getline(file, line)) {
        result.error = path + ":1: cannot be read";
        return result;
    }
    if (line != head) {
        result.error = fmt::format("{}:1: does not begin with '{}'", path, head);
        return result;
    }
    std::string before(head);
    while (std::getline(file, line)) {
        const auto parts = parted(line);
        if (!parts || file.eof() || chained(before, parts->first) != parts->second) {
            result.error = fmt::format("{}:{}: does not follow from the line before", path, result.entries + 2);
            return result;
        }
        ++result.entries;
        before = parts->second;
        give(parts->first);
    }
    return result;
}

} // namespace vigil::gateway
