#pragma once

#include "gateway/accounts.hpp"
#include "gateway/audit.hpp"
#include "gateway/http_message.hpp"
#include "gateway/login_limit.hpp"
#include "gateway/permissions.hpp"
#include "gateway/sessions.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace vigil::gateway {

struct PeopleConfig {
    std::string accounts; ///< file of accounts.hpp; beside it, with `.sessions`, who is signed in, for a restart
    std::string audit;    ///< file of audit.hpp
    bool tls = false;
    SessionLimits limits;
};

/// Who asks, as far as their cookie says.
struct Visitor {
    std::optional<Sessions::Key> key; ///< nothing: nobody has signed in
    std::string user;
    Role role = Role::nobody;
    Rights rights;
    std::string csrf;
    bool glass_broken = false;
};

/// What an event stream may show: nothing when whoever opened it may see it no longer, else whether with names.
using StreamRights = std::function<std::optional<bool>()>;

/// The accounts, who is signed in, and what was recorded of it. Lives on the HTTP thread.
class People {
public:
    struct Now {
        Moment steady;
        std::int64_t utc_ms = 0;
    };
    struct Ports {
        std::function<Now()> now;
        /// Looks at a password elsewhere and tells back on this thread; false when too many wait already.
        std::function<bool(std::string hash, std::string password, std::function<void(bool)> done)> check_password;
    };

    People(PeopleConfig config, Accounts accounts, Ports ports);

    [[nodiscard]] Visitor visitor(const HttpRequest& request) const;
    /// Why this may not be done by them, recorded; nothing when it may, and then that is recorded where it must be.
    std::optional<HttpResponse> refused(const HttpRequest& request, const Visitor& visitor, Operation operation);
    /// Each, with what was asked for: it leaves the house. Before it does the line is on the disk; else why it may not.
    std::optional<HttpResponse> record_export(const HttpRequest& request, const Visitor& visitor);
    [[nodiscard]] StreamRights stream_rights(const Visitor& visitor);

    // people_answers.cpp
    void login(const HttpRequest& request, const Visitor& visitor, Respond respond);
    HttpResponse logout(const HttpRequest& request, const Visitor& visitor);
    [[nodiscard]] HttpResponse session(const Visitor& visitor) const;
    HttpResponse break_glass(const HttpRequest& request, const Visitor& visitor);
    [[nodiscard]] HttpResponse account_list() const;
    [[nodiscard]] HttpResponse audit_tail() const;

    /// Takes over a changed file of accounts, and ends what has had its time.
    void every_second();
    [[nodiscard]] std::uint64_t audit_failures() const { return audit_failures_; }
    [[nodiscard]] std::size_t signed_in() const { return sessions_.size(); }

private:
    bool record(const AuditEntry& entry, bool durable); ///< false, and said in the log, when it could not be
    void record_once_a_minute(const AuditEntry& entry);
    void take_changed_accounts();
    void restore_sessions();
    void save_sessions(); ///< those that a screen on the wall has must outlive a restart in the night
    [[nodiscard]] std::string file_state() const;
    [[nodiscard]] std::string cookie_name() const;
    [[nodiscard]] std::string cookie(const std::string& secret, std::chrono::seconds max_age) const;
    void password_known(bool right, const std::string& address, const std::string& user, const std::string& hash,
                        const std::optional<Sessions::Key>& before, const Respond& respond);

    PeopleConfig config_;
    Accounts accounts_;
    Ports ports_;
    Audit audit_;
    Sessions sessions_;
    LoginLimit login_limit_;
    std::string nobodys_hash_; ///< looked at for an account that does not exist, so that the answer takes as long
    std::string file_state_;
    std::string saved_;
    Moment saved_at_;
    std::map<std::string, Moment> recorded_lately_;
    std::uint64_t audit_failures_ = 0;
};

} // namespace vigil::gateway
