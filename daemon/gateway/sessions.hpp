#pragma once

#include "gateway/permissions.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vigil::gateway {

/// Of a clock that nobody sets: a wrong wall clock neither ends a session nor keeps one.
using Moment = std::chrono::steady_clock::time_point;

struct SessionLimits {
    std::chrono::seconds lifetime = std::chrono::hours(12);
    std::chrono::seconds idle = std::chrono::minutes(30);
    /// A screen on the wall is an observer: it shows no names and can do nothing, and going dark at night would harm.
    /// Its open stream counts as use.
    std::chrono::seconds observer_lifetime = std::chrono::hours(24 * 30);
    std::chrono::seconds broken_glass = std::chrono::minutes(30);
    std::size_t per_user = 5;
};

struct Session {
    std::string user;
    Role role = Role::nobody;
    std::string csrf; ///< what a POST of this session has to say beside its cookie
    Moment opened;
    Moment used;
    std::optional<Moment> glass_until;
    std::string glass_reason;
    std::string account_state; ///< of the account at sign-in: a session does not outlive a change of it

    [[nodiscard]] bool glass_broken(Moment now) const { return glass_until && now < *glass_until; }
    [[nodiscard]] Rights rights(Moment now) const { return rights_of(role, glass_broken(now)); }
};

/// Who is signed in, by the digest of a secret that only the browser has: a stolen copy of this table opens nothing.
/// Bounded: `per_user` sessions a user; the one used longest ago goes. Pure but for random numbers; one thread.
class Sessions {
public:
    explicit Sessions(const SessionLimits& limits)
        : limits_(limits) {}

    using Key = std::string; ///< BLAKE2b-256 of the secret

    /// The secret for the cookie: 64 hexadecimal digits of 256 random bits, new at every sign-in.
    std::string open(const std::string& user, Role role, Moment now, const std::string& account_state = "-");
    /// Of a secret as it came; nothing when there is no such session, or not any more.
    [[nodiscard]] std::optional<Key> key_of(const std::string& secret, Moment now) const;
    [[nodiscard]] const Session* find(const Key& key, Moment now) const;
    void use(const Key& key, Moment now);
    bool break_glass(const Key& key, const std::string& reason, Moment now);
    bool mend_glass(const Key& key); ///< true when it was broken
    void close(const Key& key);
    std::size_t close_user(const std::string& user); ///< how many there were
    /// Those whose broken glass has had its time: their users.
    std::vector<std::string> mend_due(Moment now);
    void forget_ended(Moment now);
    [[nodiscard]] std::size_t size() const { return sessions_.size(); }

    /// For a restart: as text without what a browser has, glass mended. `utc_ms` is the instant of `now`.
    [[nodiscard]] std::string save(Moment now, std::int64_t utc_ms) const;
    /// Takes them back, those that `still` holds true; none of a damaged text, and false.
    bool restore(const std::string& text, Moment now, std::int64_t utc_ms,
                 const std::function<bool(const Session&)>& still);

    [[nodiscard]] Moment ends(const Session& session) const;
    [[nodiscard]] std::chrono::seconds lifetime(Role role) const;

private:
    SessionLimits limits_;
    std::map<Key, Session> sessions_;
};

bool same_secret(const std::string& given, const std::string& expected); ///< in the same time whatever is given

} // namespace vigil::gateway
