// What people ask of this gateway for themselves: sign in, sign out, who am I, break the glass; and what an
// administrator reads.

#include "gateway/json.hpp"
#include "gateway/page.pb.h"
#include "gateway/people.hpp"
#include "gateway/request_words.hpp"
#include "gateway/routes.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <sodium.h>
#include <spdlog/spdlog.h>

namespace vigil::gateway {
namespace {

constexpr std::size_t reason_bytes_min = 10;
constexpr std::size_t reason_bytes_max = 200;
constexpr std::size_t audit_lines_max = 500;
constexpr std::chrono::seconds until_closed{-1}; ///< a cookie that goes with the browser

HttpResponse later(unsigned status, const std::string& error, std::chrono::seconds wait) {
    auto response = problem(status, error);
    response.headers.emplace_back("Retry-After", std::to_string(wait.count()));
    return response;
}

bool is_reason(const std::string& text) {
    const bool control =
        std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    const auto first = text.find_first_not_of(' ');
    return !control && first != std::string::npos && text.size() - first >= reason_bytes_min &&
           text.size() <= reason_bytes_max;
}

} // namespace

void People::login(const HttpRequest& request, const Visitor& visitor, Respond respond) {
    vigil::page::v1::SignInRequest body;
    if (!from_json(request.body, body) || body.user().empty() || body.password().empty())
        return respond(problem(400, R"(the body must be {"user": text, "password": text})"));
    const auto user = body.user();
    const auto now = ports_.now().steady;
    const auto found = is_user(user) ? accounts_.find(user) : accounts_.end();
    if (const auto wait = login_limit_.wait(user, request.address, now); wait > std::chrono::seconds(0)) {
        record_once_a_minute(
            {found == accounts_.end() ? "" : user, "", request.address, "login", "denied", "too many tries"});
        return respond(later(429, fmt::format("too many tries; wait {} s", wait.count()), wait));
    }
    login_limit_.tried(user, request.address, now);
    const auto hash = found == accounts_.end() ? nobodys_hash_ : found->second.password_hash;
    // A password longer than one can be is wrong, and takes as long to be so.
    auto password = body.password().substr(0, password_bytes_max + 1);
    const bool taken =
        ports_.check_password(hash, std::move(password),
                              [this, address = request.address, user, hash, before = visitor.key, respond](bool right) {
                                  password_known(right, address, user, hash, before, respond);
                              });
    if (!taken) respond(later(503, "too many are signing in at once", std::chrono::seconds(1)));
}

void People::password_known(bool right, const std::string& address, const std::string& user, const std::string& hash,
                            const std::optional<Sessions::Key>& before, const Respond& respond) {
    const auto now = ports_.now().steady;
    const auto account = accounts_.find(user); // it may have changed while the password was looked at
    if (!right || account == accounts_.end() || account->second.password_hash != hash) {
        // What was typed as the name of nobody is often a password: it is not kept.
        record({account == accounts_.end() ? "" : user, "", address, "login", "failed", ""}, false);
        return respond(problem(401, "the user or the password is wrong"));
    }
    login_limit_.succeeded(user, address);
    if (before) sessions_.close(*before);
    const auto role = account->second.role;
    const auto secret = sessions_.open(user, role, now, state_of(account->second));
    record({user, std::string(name_of(role)), address, "login", "done", ""}, true);
    save_sessions();
    HttpRequest with_cookie;
    with_cookie.cookie = fmt::format("{}={}", cookie_name(), secret);
    auto response = session(visitor(with_cookie));
    // A screen on the wall comes back after its browser was started again; a shared desk forgets.
    response.headers.emplace_back("Set-Cookie",
                                  cookie(secret, role == Role::observer ? sessions_.lifetime(role) : until_closed));
    respond(std::move(response));
}

HttpResponse People::logout(const HttpRequest& request, const Visitor& visitor) {
    if (visitor.key) {
        sessions_.close(*visitor.key);
        save_sessions(); // a restart must not bring it back
        record({visitor.user, std::string(name_of(visitor.role)), request.address, "logout", "done", ""}, false);
    }
    Visitor gone;
    gone.rights = rights_of(Role::nobody);
    auto response = session(gone);
    response.headers.emplace_back("Set-Cookie", cookie("", std::chrono::seconds(0)));
    return response;
}

HttpResponse People::session(const Visitor& visitor) const {
    const auto [now, utc_ms] = ports_.now();
    const auto utc_of = [now = now, utc_ms = utc_ms](Moment moment) {
        return utc_ms + std::chrono::duration_cast<std::chrono::milliseconds>(moment - now).count();
    };
    vigil::page::v1::Session out;
    out.set_accounts(true);
    out.set_user(visitor.user);
    if (visitor.key) out.set_role(std::string(name_of(visitor.role)));
    for (std::size_t i = 0; i < operation_count; ++i)
        if (visitor.rights.test(i)) out.add_may(std::string(name_of(static_cast<Operation>(i))));
    out.set_csrf(visitor.csrf);
    if (const auto* session = visitor.key ? sessions_.find(*visitor.key, now) : nullptr) {
        out.set_ends_ms(utc_of(sessions_.ends(*session)));
        if (session->glass_broken(now)) {
            out.set_glass_until_ms(utc_of(*session->glass_until));
            out.set_glass_reason(session->glass_reason);
        }
    }
    return {200, "application/json", to_json(out), {}};
}

HttpResponse People::break_glass(const HttpRequest& request, const Visitor& visitor) {
    vigil::page::v1::BreakGlassRequest body;
    if (!from_json(request.body, body) || (!body.over() && !is_reason(body.reason())))
        return problem(400, R"(the body must be {"reason": text of 10 to 200 characters}, or {"over": true})");
    AuditEntry entry{visitor.user, std::string(name_of(visitor.role)), request.address, "break_glass", "begun",
                     body.reason()};
    if (body.over()) {
        entry.outcome = "ended";
        entry.detail = "given back";
        if (sessions_.mend_glass(*visitor.key)) record(entry, false);
    } else {
        // Without its record it would be what it must not be: looking without anybody knowing.
        if (!record(entry, true)) return problem(503, "it cannot be recorded, and so cannot be done");
        if (!sessions_.break_glass(*visitor.key, body.reason(), ports_.now().steady))
            return problem(409, "not any more");
        spdlog::warn("glass broken by {}", visitor.user);
    }
    return session(this->visitor(request));
}

HttpResponse People::account_list() const {
    vigil::page::v1::AccountList out;
    for (const auto& [user, account] : accounts_) {
        auto& row = *out.add_accounts();
        row.set_user(user);
        row.set_role(std::string(name_of(account.role)));
        row.set_changed(account.changed);
    }
    return {200, "application/json", to_json(out), {}};
}

HttpResponse People::audit_tail() const {
    const auto lines = audit_.newest(audit_lines_max);
    if (!lines) return problem(503, "the audit cannot be read");
    vigil::page::v1::AuditTail out;
    for (const auto& line : *lines) out.add_lines(line);
    return {200, "application/json", to_json(out), {}};
}

} // namespace vigil::gateway
