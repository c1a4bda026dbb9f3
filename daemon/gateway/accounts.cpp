#include "gateway/accounts.hpp"

#include "gateway/request_words.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <new>
#include <vector>

#include <fmt/format.h>
#include <sodium.h>

namespace vigil::gateway {
namespace {

constexpr std::string_view head = "vigil-accounts 1";
constexpr std::size_t file_bytes_max = 1024 * 1024;
constexpr unsigned long long argon2_passes = 3;
constexpr std::size_t argon2_bytes = std::size_t{64} * 1024 * 1024;

std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> pieces;
    for (;;) {
        const auto end = text.find(at);
        pieces.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return pieces;
        text.remove_prefix(end + 1);
    }
}

/// Why this line is no account; empty when it is one and stands in `accounts`.
std::string take_line(const std::string& line, Accounts& accounts) {
    const auto fields = split(line, '\t');
    if (fields.size() != 4) return fmt::format("has {} fields, not 4", fields.size());
    const auto role = role_named(fields[1]);
    if (!is_user(fields[0])) return "a user is 1 to 32 of letters, digits, . _ -";
    if (!role) return fmt::format("'{}' is no role", fields[1]);
    if (!fields[2].starts_with("$argon2id$") || fields[2].size() >= crypto_pwhash_STRBYTES ||
        crypto_pwhash_str_needs_rehash(fields[2].c_str(), argon2_passes, argon2_bytes) < 0)
        return "the hash is damaged";
    if (!is_word(fields[3], 32, ":.+-")) return "the instant is damaged";
    if (!accounts.emplace(fields[0], Account{*role, fields[2], fields[3]}).second) return "stands there twice";
    return {};
}

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

bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

std::string write_whole(const std::string& path, const std::string& folder, const Accounts& accounts) {
    const auto fresh = path + ".new";
    struct stat owner {};
    if (::stat(path.c_str(), &owner) != 0 && ::stat(folder.c_str(), &owner) != 0) return why(folder);
    ::unlink(fresh.c_str()); // of a change that was cut off; if it cannot go, opening it says so
    const File file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file.good()) return why(fresh);
    if (::geteuid() == 0 && ::fchown(file.get(), owner.st_uid, owner.st_gid) != 0) return why(fresh);
    if (!write_all(file.get(), format_accounts(accounts)) || ::fsync(file.get()) != 0) return why(fresh);
    if (::rename(fresh.c_str(), path.c_str()) != 0) return why(path);
    return {};
}

} // namespace

AccountsResult parse_accounts(const std::string& text, const std::string& name) {
    AccountsResult result;
    const auto fail = [&](std::size_t line, const std::string& reason) {
        return AccountsResult{{}, fmt::format("{}:{}: {}", name, line, reason)};
    };
    if (text.empty() || text.back() != '\n') return fail(1, "the file is cut off");
    const auto lines = split(std::string_view(text).substr(0, text.size() - 1), '\n');
    if (lines.front() != head) return fail(1, fmt::format("does not begin with '{}'", head));
    for (std::size_t i = 1; i < lines.size(); ++i) {
        if (lines[i].starts_with("end\t")) {
            if (i + 1 != lines.size()) return fail(i + 2, "after the end");
            if (lines[i] != fmt::format("end\t{}", result.accounts.size())) return fail(i + 1, "a line is missing");
            return result;
        }
        if (const auto reason = take_line(lines[i], result.accounts); !reason.empty()) return fail(i + 1, reason);
        if (result.accounts.size() > accounts_max) return fail(i + 1, "more accounts than can be");
    }
    return fail(lines.size(), "the end is missing");
}

std::string format_accounts(const Accounts& accounts) {
    std::string text = fmt::format("{}\n", head);
    for (const auto& [user, account] : accounts)
        text += fmt::format("{}\t{}\t{}\t{}\n", user, name_of(account.role), account.password_hash, account.changed);
    return text + fmt::format("end\t{}\n", accounts.size());
}

AccountsResult read_accounts(const std::string& path) {
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
        if (got == 0) break;
        text.append(block.data(), static_cast<std::size_t>(got));
        if (text.size() > file_bytes_max) return {{}, path + ": is too large"};
    }
    return parse_accounts(text, path);
}

std::string change_accounts(const std::string& path, const std::function<std::string(Accounts&)>& change) {
    const auto folder = std::filesystem::absolute(path).parent_path().string();
    const File lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!lock.good() || ::flock(lock.get(), LOCK_EX) != 0) return why(folder);
    AccountsResult read;
    if (::access(path.c_str(), F_OK) == 0 || errno != ENOENT) read = read_accounts(path);
    if (!read.error.empty()) return read.error;
    if (auto reason = change(read.accounts); !reason.empty()) return reason;
    if (auto reason = write_whole(path, folder, read.accounts); !reason.empty()) return reason;
    if (::fsync(lock.get()) != 0) return why(folder);
    return {};
}

std::string hash_password(const std::string& password) {
    std::string hash(crypto_pwhash_STRBYTES, '\0');
    if (crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), argon2_passes, argon2_bytes,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        throw std::bad_alloc();
    hash.resize(std::strlen(hash.c_str()));
    return hash;
}

bool password_fits(const std::string& hash, const std::string& password) {
    return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

std::string password_fault(const std::string& user, const std::string& password) {
    if (password.size() < password_bytes_min) return fmt::format("is shorter than {} characters", password_bytes_min);
    if (password.size() > password_bytes_max) return fmt::format("is longer than {} bytes", password_bytes_max);
    if (password.find(user) != std::string::npos) return "contains the user name";
    if (password.find_first_not_of(password.front()) == std::string::npos) return "is one character again and again";
    return {};
}

} // namespace vigil::gateway
