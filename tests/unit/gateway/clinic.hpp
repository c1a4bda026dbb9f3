#pragma once

#include "place.hpp"

#include "gateway/json.hpp"
#include "gateway/page.pb.h"
#include "gateway/people.hpp"

namespace vigil::gateway {

inline const std::string the_password = "correct horse battery";
inline const std::string& the_hash() {
    static const std::string hash = hash_password(the_password);
    return hash;
}

/// A place with accounts: one of each role, named like it, all with the same password. Time stands until it is moved.
struct Clinic : Place {
    explicit Clinic(bool tls = false)
        : Place("accounts") {
        for (std::size_t i = 1; i < role_count; ++i)
            accounts[std::string(name_of(static_cast<Role>(i)))] = {static_cast<Role>(i), the_hash(),
                                                                    "2026-01-01T00:00:00Z"};
        write();
        config.accounts = (folder / "accounts.tsv").string();
        config.audit = (folder / "audit.tsv").string();
        config.tls = tls;
        start();
    }

    /// Again too: a restart of the gateway.
    void start() {
        people.emplace(config, accounts,
                       People::Ports{[this] { return now; },
                                     [this](const std::string& hash, const std::string& password, auto done) {
                                         if (busy) return false;
                                         // accounts_test looks at Argon2
                                         done(hash == the_hash() && password == the_password);
                                         return true;
                                     }});
        routes.emplace(*wall, *files, ports, Door{{"vigil.icu.example"}, config.tls, &*people});
    }

    void write() const {
        REQUIRE(change_accounts((folder / "accounts.tsv").string(), [this](Accounts& there) {
                    there = accounts;
                    return std::string();
                }).empty());
    }
    void pass(std::chrono::seconds time) {
        now.steady += time;
        now.utc_ms += std::chrono::milliseconds(time).count();
    }
    HttpResponse try_login(const std::string& user, const std::string& password,
                           const std::string& address = "10.0.0.7") {
        vigil::page::v1::SignInRequest body;
        body.set_user(user);
        body.set_password(password);
        auto request = posting("/api/v1/login", to_json(body));
        request.address = address;
        return ask(request);
    }

    /// What a browser keeps of having signed in.
    struct Desk {
        std::string cookie;
        vigil::page::v1::Session session;
    };
    Desk sign_in(const std::string& user) {
        const auto response = try_login(user, the_password);
        REQUIRE(response.status == 200);
        Desk desk;
        const auto set = header(response, "Set-Cookie");
        desk.cookie = set.substr(0, set.find(';'));
        REQUIRE(from_json(response.body, desk.session));
        return desk;
    }
    HttpRequest at(const Desk& desk, const std::string& target) const {
        HttpRequest request;
        request.method = "GET";
        request.target = target;
        request.host = "127.0.0.1:8080";
        request.address = "10.0.0.7";
        request.cookie = desk.cookie;
        return request;
    }
    HttpRequest at(const Desk& desk, const std::string& target, const std::string& body) const {
        auto request = posting(target, body);
        request.address = "10.0.0.7";
        request.cookie = desk.cookie;
        request.csrf = desk.session.csrf();
        return request;
    }
    vigil::page::v1::Session session(const Desk& desk) const {
        vigil::page::v1::Session out;
        REQUIRE(from_json(ask(at(desk, "/api/v1/session")).body, out));
        return out;
    }
    [[nodiscard]] std::string audited() const {
        std::string all;
        CHECK(check_audit(config.audit, [&all](const std::string& line) { all += line + '\n'; }).error.empty());
        return all;
    }

    Accounts accounts;
    PeopleConfig config;
    People::Now now{Moment(std::chrono::hours(100)), 1'790'000'000'000};
    bool busy = false;
    std::optional<People> people;
};

} // namespace vigil::gateway
