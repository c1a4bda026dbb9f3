#pragma once
// Who may sign in, in one file of text that its owner alone may read:
//
//     vigil-accounts 1
//     user <TAB> role <TAB> Argon2id hash <TAB> instant of the last change
//     …
//     end <TAB> number of accounts
//
// It is replaced whole, never edited in place. A file with anything else in it is refused whole: an account that a
// damaged line hides would be somebody who cannot sign in and does not know why.

#include "gateway/permissions.hpp"

#include <functional>
#include <map>
#include <string>

namespace vigil::gateway {

struct Account {
    Role role = Role::nobody;
    std::string password_hash;
    std::string changed; ///< ISO 8601, UTC
    bool operator==(const Account&) const = default;
};

using Accounts = std::map<std::string, Account>; ///< by user

struct AccountsResult {
    Accounts accounts;
    std::string error; ///< `file:line: reason`; empty when the file is good
};

inline constexpr std::size_t accounts_max = 2000;
inline constexpr std::size_t password_bytes_min = 12;
inline constexpr std::size_t password_bytes_max = 128;

AccountsResult parse_accounts(const std::string& text, const std::string& name);
std::string format_accounts(const Accounts& accounts);
/// Also refuses a file that others than its owner may read or write. A file that is not there is an error.
AccountsResult read_accounts(const std::string& path);
/// Reads the accounts (none where there is no file yet), lets `change` have them, and writes them unless it says why
/// not: whole or not at all, mode 0600, of the owner the file or its folder has. One at a time. Returns what went
/// wrong.
std::string change_accounts(const std::string& path, const std::function<std::string(Accounts&)>& change);

/// Changes when the role or the password does; tells nothing of either.
std::string state_of(const Account& account);

/// Argon2id, 64 MiB, three passes: about 0.1 s, between libsodium's interactive and moderate limits.
std::string hash_password(const std::string& password);
bool password_fits(const std::string& hash, const std::string& password);
/// Why a password is not taken; empty when it is. No rule about kinds of characters: length is what counts.
std::string password_fault(const std::string& user, const std::string& password);

} // namespace vigil::gateway
