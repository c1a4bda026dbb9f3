#include "gateway/people.hpp"

#include "gateway/private_file.hpp"
#include "gateway/request_words.hpp"
#include "gateway/routes.hpp"

#include <sys/stat.h>

#include <filesystem>

#include <fmt/format.h>
#include <sodium.h>
#include <spdlog/spdlog.h>

namespace vigil::gateway {
namespace {

constexpr std::chrono::seconds once_in{60};
constexpr std::size_t recorded_lately_max = 10'000;
constexpr std::chrono::seconds save_every{10};
constexpr std::size_t saved_bytes_max = 16 * 1024 * 1024;
constexpr const char* saved_suffix = ".sessions";

/// The value of one cookie of a Cookie header.
std::string cookie_value(std::string_view header, std::string_view name) {
    while (!header.empty()) {
        const auto end = header.find(';');
        auto pair = header.substr(0, end);
        while (pair.starts_with(' ')) pair.remove_prefix(1);
        if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
            return std::string(pair.substr(name.size() + 1));
        if (end == std::string_view::npos) break;
        header.remove_prefix(end + 1);
    }
    return {};
}

std::string_view path_of(const HttpRequest& request) {
    return std::string_view(request.target).substr(0, request.target.find('?'));
}

AuditEntry entry_of(const HttpRequest& request, const Visitor& visitor, Operation operation) {
    return {visitor.user, std::string(name_of(visitor.role)), request.address, std::string(name_of(operation)), "", ""};
}

} // namespace

People::People(PeopleConfig config, Accounts accounts, Ports ports)
    : config_(std::move(config)),
      accounts_(std::move(accounts)),
      ports_(std::move(ports)),
      audit_(config_.audit),
      sessions_(config_.limits),
      nobodys_hash_(hash_password(new_command_id())),
      file_state_(file_state()) {
    restore_sessions();
    record({"", "", "", "gateway", "begun", fmt::format("{} sessions", sessions_.size())}, true);
}

void People::restore_sessions() {
    const auto path = config_.accounts + saved_suffix;
    if (!std::filesystem::exists(path)) return;
    const auto [now, utc_ms] = ports_.now();
    const auto read = read_private(path, saved_bytes_max);
    const auto still = [this](const Session& session) {
        const auto found = accounts_.find(session.user);
        return found != accounts_.end() && found->second.role == session.role &&
               state_of(found->second) == session.account_state;
    };
    if (!read.error.empty())
        spdlog::error("{}; everybody has to sign in again", read.error);
    else if (!sessions_.restore(read.text, now, utc_ms, still))
        spdlog::error("{}: is damaged; everybody has to sign in again", path);
}

void People::save_sessions() {
    const auto [now, utc_ms] = ports_.now();
    auto text = sessions_.save(now, utc_ms);
    saved_at_ = now;
    if (text == saved_) return;
    // Not waited for: what a power cut takes is signing in once more.
    if (const auto error = write_private(config_.accounts + saved_suffix, text, false); !error.empty())
        spdlog::error("sessions are not kept for a restart: {}", error);
    saved_ = std::move(text);
}

Visitor People::visitor(const HttpRequest& request) const {
    const auto now = ports_.now().steady;
    Visitor out;
    out.key = sessions_.key_of(cookie_value(request.cookie, cookie_name()), now);
    if (const auto* session = out.key ? sessions_.find(*out.key, now) : nullptr) {
        out.user = session->user;
        out.role = session->role;
        out.csrf = session->csrf;
        out.glass_broken = session->glass_broken(now);
        out.rights = session->rights(now);
    } else {
        out.rights = rights_of(Role::nobody);
    }
    return out;
}

std::optional<HttpResponse> People::refused(const HttpRequest& request, const Visitor& visitor, Operation operation) {
    const auto path = path_of(request);
    auto entry = entry_of(request, visitor, operation);
    entry.outcome = "denied";
    entry.detail = path;
    // Counts and times, nothing of a patient: for the Prometheus on this machine.
    const bool counters = path == "/metrics" && is_loopback(request.address);
    if (!may(visitor.rights, operation) && !counters) {
        if (!visitor.key) return problem(401, "sign in first");
        record_once_a_minute(entry);
        return problem(403, fmt::format("the role {} does not include {}", entry.role, entry.what));
    }
    if (!visitor.key) return std::nullopt;
    const bool posts = request.method == "POST";
    if (posts && path != "/api/v1/login" && !same_secret(request.csrf, visitor.csrf)) {
        entry.detail += ": X-Vigil-Csrf";
        record_once_a_minute(entry);
        return problem(403, "the header X-Vigil-Csrf does not belong to this session");
    }
    // A page that asks by itself who it is, how the daemon is or what came is nobody at work.
    if (operation != Operation::view_operations && operation != Operation::open_page &&
        operation != Operation::raw_streams)
        sessions_.use(*visitor.key, ports_.now().steady);
    if (operation == Operation::open_page || operation == Operation::break_glass)
        return std::nullopt; // say so themselves
    entry.outcome = visitor.glass_broken ? "asked, glass broken" : "asked";
    if (operation == Operation::export_data) return std::nullopt; // record_export, when it is known to be one
    if (posts || visitor.glass_broken) {
        record(entry, false);
    } else if (operation == Operation::view_ward && may(visitor.rights, Operation::view_names)) {
        entry.what = name_of(Operation::view_names);
        entry.detail = "-";
        record_once_a_minute(entry);
    } else if (operation != Operation::view_ward) {
        record_once_a_minute(entry);
    }
    return std::nullopt;
}

std::optional<HttpResponse> People::record_export(const HttpRequest& request, const Visitor& visitor) {
    auto entry = entry_of(request, visitor, Operation::export_data);
    entry.outcome = visitor.glass_broken ? "asked, glass broken" : "asked";
    entry.detail = request.target;
    if (!record(entry, true)) return problem(503, "it cannot be recorded, and so cannot be done");
    return std::nullopt;
}

StreamRights People::stream_rights(const Visitor& visitor) {
    return [this, key = visitor.key.value_or("")]() -> std::optional<bool> {
        const auto now = ports_.now().steady;
        const auto* session = sessions_.find(key, now);
        if (session == nullptr || !may(session->rights(now), Operation::view_ward)) return std::nullopt;
        const bool names = may(session->rights(now), Operation::view_names);
        if (session->role == Role::observer) sessions_.use(key, now); // a screen on the wall
        return names;
    };
}

bool People::record(const AuditEntry& entry, bool durable) {
    const auto error = audit_.add(entry, ports_.now().utc_ms, durable);
    if (error.empty()) return true;
    ++audit_failures_;
    spdlog::critical("not recorded in the audit: {}", error);
    return false;
}

void People::record_once_a_minute(const AuditEntry& entry) {
    const auto now = ports_.now().steady;
    const auto key = fmt::format("{}\n{}\n{}\n{}", entry.user, entry.address, entry.what, entry.outcome);
    const auto found = recorded_lately_.find(key);
    if (found != recorded_lately_.end() && now - found->second < once_in) return;
    if (recorded_lately_.size() >= recorded_lately_max) recorded_lately_.clear(); // rather twice than without bound
    recorded_lately_[key] = now;
    record(entry, false);
}

void People::every_second() {
    const auto now = ports_.now().steady;
    take_changed_accounts();
    for (const auto& user : sessions_.mend_due(now))
        record({user, "", "", "break_glass", "ended", "its time is over"}, false);
    sessions_.forget_ended(now);
    if (now - saved_at_ >= save_every) save_sessions();
    std::erase_if(recorded_lately_, [now](const auto& entry) { return now - entry.second >= once_in; });
}

void People::take_changed_accounts() {
    auto state = file_state();
    if (state == file_state_) return;
    file_state_ = std::move(state);
    auto read = read_accounts(config_.accounts);
    if (!read.error.empty()) {
        // Nobody who is at work is thrown out because a file was damaged; nobody new is in it either.
        spdlog::critical("{}; the accounts that were read before stay", read.error);
        return;
    }
    for (const auto& [user, account] : accounts_) {
        const auto found = read.accounts.find(user);
        if (found != read.accounts.end() && found->second == account) continue;
        const auto ended = sessions_.close_user(user);
        record({user, std::string(name_of(account.role)), "", "accounts",
                found == read.accounts.end() ? "removed" : "changed", fmt::format("{} sessions ended", ended)},
               false);
    }
    accounts_ = std::move(read.accounts);
    spdlog::info("{} accounts", accounts_.size());
}

std::string People::file_state() const {
    struct stat status {};
    if (::stat(config_.accounts.c_str(), &status) != 0) return "not there";
    return fmt::format("{}.{}.{}.{}", status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

// The prefix __Host- binds the cookie to this host, to TLS and to every path; a browser takes it in no other form.
std::string People::cookie_name() const { return config_.tls ? "__Host-vigil" : "vigil"; }

std::string People::cookie(const std::string& secret, std::chrono::seconds max_age) const {
    auto text = fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict", cookie_name(), secret);
    if (config_.tls) text += "; Secure";
    if (max_age >= std::chrono::seconds(0)) text += fmt::format("; Max-Age={}", max_age.count());
    return text;
}

} // namespace vigil::gateway
