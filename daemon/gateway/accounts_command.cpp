#include "gateway/accounts_command.hpp"

#include "command_line/command_line.hpp"
#include "gateway/accounts.hpp"
#include "gateway/audit.hpp"
#include "gateway/request_words.hpp"

#include <pwd.h>
#include <termios.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <optional>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sysexits.h>

namespace vigil::gateway {
namespace {

/// The terminal does not show what is typed while this lives.
class Hidden {
public:
    Hidden() {
        if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
        auto quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        hidden_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
    }
    ~Hidden() {
        if (hidden_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
    Hidden(const Hidden&) = delete;
    Hidden& operator=(const Hidden&) = delete;
    [[nodiscard]] bool hidden() const { return hidden_; }

private:
    termios before_{};
    bool hidden_ = false;
};

std::optional<std::string> typed(const char* prompt) {
    fmt::print(stderr, "{}: ", prompt);
    std::string line;
    bool read = false;
    {
        const Hidden hidden;
        if (!hidden.hidden()) return std::nullopt; // rather not at all than for everybody to see
        read = static_cast<bool>(std::getline(std::cin, line));
    }
    fmt::print(stderr, "\n");
    return read ? std::optional(line) : std::nullopt;
}

/// Of a person twice, of a program once; nothing, and a word on stderr, when it is not one to take.
std::optional<std::string> new_password(const std::string& user) {
    std::optional<std::string> password;
    if (::isatty(STDIN_FILENO) == 1) {
        password = typed("Password");
        if (password && typed("Once more") != password) {
            fmt::print(stderr, "accounts: the two are not the same\n");
            return std::nullopt;
        }
    } else {
        std::string line;
        if (std::getline(std::cin, line)) password = line;
    }
    const auto fault = password ? password_fault(user, *password) : "cannot be read";
    if (fault.empty()) return password;
    fmt::print(stderr, "accounts: the password {}\n", fault);
    return std::nullopt;
}

std::string utc_text() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

std::string who_types() {
    const auto* entry = ::getpwuid(::getuid());
    return fmt::format("os:{}", entry == nullptr ? std::to_string(::getuid()) : entry->pw_name);
}

/// What the command does to the accounts; why not, if it cannot.
std::string apply(const AccountsCommand& command, const std::string& hash, Accounts& accounts) {
    const auto found = accounts.find(command.user);
    if (command.what == "add") {
        if (found != accounts.end()) return command.user + ": is there already";
        if (accounts.size() >= accounts_max) return "there are as many accounts as there can be";
        accounts[command.user] = {*role_named(command.role), hash, utc_text()};
        return {};
    }
    if (found == accounts.end()) return command.user + ": there is no such account";
    if (command.what == "remove") {
        accounts.erase(found);
        return {};
    }
    if (command.what == "role") found->second.role = *role_named(command.role);
    if (command.what == "password") found->second.password_hash = hash;
    found->second.changed = utc_text();
    return {};
}

int change(const GatewayConfig& config, const AccountsCommand& command) {
    if (!is_user(command.user)) {
        fmt::print(stderr, "accounts: a user is 1 to 32 of letters, digits, . _ -\n");
        return EX_USAGE;
    }
    std::string hash;
    if (command.what == "add" || command.what == "password") {
        auto password = new_password(command.user);
        if (!password) return EX_DATAERR;
        hash = hash_password(*password);
        sodium_memzero(password->data(), password->size());
    }
    const auto utc = std::chrono::system_clock::now().time_since_epoch();
    const auto utc_ms = std::chrono::duration_cast<std::chrono::milliseconds>(utc).count();
    // First the record, then the deed: an account that nobody has made must not be there.
    const auto refused = change_accounts(config.accounts, [&](Accounts& accounts) -> std::string {
        if (auto reason = apply(command, hash, accounts); !reason.empty()) return reason;
        return Audit(config.audit)
            .add({who_types(), "", "", "accounts", command.what,
                  command.role.empty() ? command.user : command.user + " " + command.role},
                 utc_ms, true);
    });
    if (refused.empty()) return EX_OK;
    fmt::print(stderr, "accounts: {}\n", refused);
    return EX_DATAERR;
}

int list(const GatewayConfig& config) {
    const auto read = read_accounts(config.accounts);
    if (!read.error.empty()) {
        fmt::print(stderr, "accounts: {}\n", read.error);
        return EX_DATAERR;
    }
    for (const auto& [user, account] : read.accounts)
        fmt::print("{:<32} {:<16} {}\n", user, name_of(account.role), account.changed);
    return EX_OK;
}

int audit(const GatewayConfig& config) {
    const auto read = check_audit(config.audit, [](const std::string& line) { fmt::print("{}\n", line); });
    if (read.error.empty()) {
        fmt::print(stderr, "audit: {} entries, each follows from the one before\n", read.entries);
        return EX_OK;
    }
    fmt::print(stderr, "audit: {}\n", read.error);
    return EX_DATAERR;
}

} // namespace

void add_accounts_commands(command_line::Command& app, AccountsCommand& command) {
    app.require_subcommand(0, 1);
    const auto role_fault = [](const std::string& text) {
        return role_named(text) ? std::string() : "'" + text + "' is no role";
    };
    auto& accounts = *app.add_subcommand("accounts", "who may sign in");
    accounts.require_subcommand(1)->fallthrough();
    const auto add = [&](const char* name, const char* what, bool user, bool role) {
        auto& one = *accounts.add_subcommand(name, what);
        one.fallthrough()->callback([&command, name] { command.what = name; });
        if (user) one.add_option("user", command.user)->required();
        if (role)
            one.add_option(
                   "--role", command.role,
                   "observer, clinician, coordinator, investigator, monitor, cell_laboratory, pharmacist, admin")
                ->required()
                ->check(role_fault, "ROLE");
    };
    add("add", "a new account; its password from the terminal or a line of standard input", true, true);
    add("password", "another password; ends the sessions of this user", true, false);
    add("role", "another role; ends the sessions of this user", true, true);
    add("remove", "ends the account and its sessions", true, false);
    add("list", "users, roles, and when they changed last", false, false);
    app.add_subcommand("audit", "prints what was recorded, and checks that every line follows from the one before")
        ->fallthrough()
        ->callback([&command] { command.what = "audit"; });
}

int run_accounts(const GatewayConfig& config, const AccountsCommand& command) {
    if (config.accounts.empty()) {
        fmt::print(stderr, "accounts: gateway.accounts and gateway.audit are not configured\n");
        return EX_CONFIG;
    }
    if (command.what == "list") return list(config);
    if (command.what == "audit") return audit(config);
    return change(config, command);
}

} // namespace vigil::gateway
