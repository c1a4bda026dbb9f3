#include "gateway/accounts.hpp"

#include "gateway/private_file.hpp"
#include "gateway/request_words.hpp"

#include <array>
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
    const auto read = read_private(path, file_bytes_max);
    return read.error.empty() ? parse_accounts(read.text, path) : AccountsResult{{}, read.error};
}

std::string change_accounts(const std::string& path, const std::function<std::string(Accounts&)>& change) {
    const FolderLock lock(path);
    if (!lock.error().empty()) return lock.error();
    AccountsResult read;
    if (std::filesystem::exists(path)) read = read_accounts(path);
    if (!read.error.empty()) return read.error;
    if (auto reason = change(read.accounts); !reason.empty()) return reason;
    return write_private(path, format_accounts(read.accounts), true);
}

std::string state_of(const Account& account) {
    const auto text = fmt::format("{}\n{}", name_of(account.role), account.password_hash);
    std::array<unsigned char, 16> digest{};
    crypto_generichash(digest.data(), digest.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                       nullptr, 0);
    std::string hex(2 * digest.size() + 1, '\0');
    sodium_bin2hex(hex.data(), hex.size(), digest.data(), digest.size());
    hex.pop_back();
    return hex;
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
