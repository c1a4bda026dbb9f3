#include "gateway/sessions.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace vigil::gateway;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const Moment start{hours(1000)};

struct Desk {
    Sessions sessions{SessionLimits{}};
    std::string secret;
    Sessions::Key key;

    explicit Desk(Role role = Role::clinician) {
        secret = sessions.open("anna", role, start);
        key = *sessions.key_of(secret, start);
    }
    [[nodiscard]] bool open(Moment at) const { return sessions.find(key, at) != nullptr; }
};

} // namespace

TEST_CASE("a session is found by its secret and by nothing else") {
    Desk desk;
    CHECK(desk.secret.size() == 64);
    CHECK(desk.secret.find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(desk.key != desk.secret); // what is kept opens nothing
    REQUIRE(desk.sessions.find(desk.key, start));
    CHECK(desk.sessions.find(desk.key, start)->user == "anna");
    CHECK(desk.sessions.find(desk.key, start)->csrf != desk.secret);
    CHECK_FALSE(desk.sessions.key_of("", start));
    CHECK_FALSE(desk.sessions.key_of(std::string(64, '0'), start));
    CHECK_FALSE(desk.sessions.key_of(desk.secret + "0", start));
    CHECK_FALSE(desk.sessions.key_of(desk.secret.substr(1), start));
    std::set<std::string> secrets;
    for (int i = 0; i < 100; ++i) secrets.insert(desk.sessions.open("anna", Role::clinician, start));
    CHECK(secrets.size() == 100);
}

TEST_CASE("an unused session ends after the idle time, a used one after its lifetime") {
    Desk desk;
    CHECK(desk.open(start + minutes(30) - seconds(1)));
    CHECK_FALSE(desk.open(start + minutes(30)));
    CHECK_FALSE(desk.sessions.key_of(desk.secret, start + minutes(30)));
    auto at = start;
    for (; at < start + hours(12); at += minutes(20)) desk.sessions.use(desk.key, at);
    CHECK(desk.open(start + hours(12) - seconds(1)));
    desk.sessions.use(desk.key, start + hours(12) - seconds(1));
    CHECK_FALSE(desk.open(start + hours(12)));
    desk.sessions.forget_ended(start + hours(12));
    CHECK(desk.sessions.size() == 0);
}

TEST_CASE("a screen on the wall stays for weeks while it is looked at") {
    Desk desk(Role::observer);
    for (auto at = start; at < start + hours(24 * 29); at += minutes(20)) desk.sessions.use(desk.key, at);
    CHECK(desk.open(start + hours(24 * 29)));
    CHECK_FALSE(desk.open(start + hours(24 * 29) + minutes(31)));
    desk.sessions.use(desk.key, start + hours(24 * 30));
    CHECK_FALSE(desk.open(start + hours(24 * 30)));
}

TEST_CASE("a user has so many sessions; the one used longest ago makes room") {
    Sessions sessions{SessionLimits{}};
    std::vector<std::string> secrets;
    for (int i = 0; i < 5; ++i) secrets.push_back(sessions.open("anna", Role::clinician, start + seconds(i)));
    sessions.use(*sessions.key_of(secrets[0], start), start + seconds(60));
    const auto other = sessions.open("bert", Role::clinician, start);
    const auto sixth = sessions.open("anna", Role::clinician, start + seconds(61));
    CHECK(sessions.size() == 6);
    CHECK(sessions.key_of(secrets[0], start));
    CHECK_FALSE(sessions.key_of(secrets[1], start));
    CHECK(sessions.key_of(other, start));
    CHECK(sessions.key_of(sixth, start));
    CHECK(sessions.close_user("anna") == 5);
    CHECK(sessions.size() == 1);
}

TEST_CASE("glass is broken for a bounded time, by those who may") {
    Desk clinician;
    CHECK_FALSE(clinician.sessions.break_glass(clinician.key, "called to the bed", start));
    Desk desk(Role::observer);
    CHECK_FALSE(may(desk.sessions.find(desk.key, start)->rights(start), Operation::view_names));
    REQUIRE(desk.sessions.break_glass(desk.key, "called to the bed", start));
    desk.sessions.use(desk.key, start + minutes(20));
    const auto rights = [&desk](Moment at) { return desk.sessions.find(desk.key, at)->rights(at); };
    CHECK(may(rights(start + minutes(30) - seconds(1)), Operation::view_names));
    CHECK_FALSE(may(rights(start + minutes(30)), Operation::view_names)); // whether anybody has tidied up or not
    CHECK(desk.sessions.mend_due(start + minutes(30)) == std::vector<std::string>{"anna"});
    CHECK(desk.sessions.mend_due(start + minutes(30)).empty());
    REQUIRE(desk.sessions.break_glass(desk.key, "called again", start + minutes(31)));
    CHECK(desk.sessions.mend_glass(desk.key));
    CHECK_FALSE(desk.sessions.mend_glass(desk.key));
    CHECK_FALSE(may(rights(start + minutes(31)), Operation::view_names));
}

TEST_CASE("secrets are the same only when every character is") {
    CHECK(same_secret("abc", "abc"));
    CHECK_FALSE(same_secret("abd", "abc"));
    CHECK_FALSE(same_secret("ab", "abc"));
    CHECK_FALSE(same_secret("", "abc"));
}

TEST_CASE("sessions come back after a restart, with their times, without broken glass") {
    Desk desk(Role::observer);
    REQUIRE(desk.sessions.break_glass(desk.key, "called to the bed", start));
    const auto bert = desk.sessions.open("bert", Role::clinician, start, "state");
    const auto later = start + minutes(10);
    const auto text = desk.sessions.save(later, 1'790'000'000'000);
    CHECK(text.find(desk.secret) == std::string::npos); // what is kept opens nothing
    const auto all = [](const Session&) { return true; };
    const Moment next{hours(3)}; // of another clock that nobody sets
    Sessions sessions{SessionLimits{}};
    REQUIRE(sessions.restore(text, next, 1'790'000'000'000 + 5 * 60'000, all)); // five minutes down
    REQUIRE(sessions.size() == 2);
    const auto key = sessions.key_of(desk.secret, next);
    REQUIRE(key);
    CHECK(sessions.find(*key, next)->user == "anna");
    CHECK(sessions.find(*key, next)->csrf == desk.sessions.find(desk.key, start)->csrf);
    CHECK(sessions.find(*key, next)->opened == next - minutes(15));
    CHECK_FALSE(may(sessions.find(*key, next)->rights(next), Operation::view_names));
    CHECK(sessions.key_of(bert, next + minutes(15) - seconds(1)));
    CHECK_FALSE(sessions.key_of(bert, next + minutes(15)));      // half an hour unused, the time it was down included
    CHECK(sessions.restore(text, next, 1'780'000'000'000, all)); // the clock was set back: nothing lies ahead
    CHECK(sessions.find(*sessions.key_of(bert, next), next)->used == next);
    CHECK(sessions.restore(text, next, 1'790'000'000'000,
                           [](const Session& session) { return session.account_state == "state"; }));
    CHECK(sessions.size() == 1);
    CHECK(sessions.restore(text, next, 1'790'000'000'000 + 24LL * 3'600'000, all)); // a day later
    CHECK(sessions.size() == 0);
}

TEST_CASE("of a damaged text no session comes back, and those that are stay") {
    Desk desk;
    const auto good = desk.sessions.save(start, 1'790'000'000'000);
    const auto bad = [&](const std::string& text) {
        INFO(text);
        CHECK_FALSE(desk.sessions.restore(text, start, 1'790'000'000'000, [](const Session&) { return true; }));
        CHECK(desk.sessions.size() == 1);
    };
    bad("");
    for (std::size_t i = 0; i < good.size(); ++i) bad(good.substr(0, i));
    const auto with = [&good](const std::string& what, const std::string& instead) {
        auto text = good;
        return text.replace(text.find(what), what.size(), instead);
    };
    bad(with("end\t1", "end\t2"));
    bad(with("clinician", "nobody"));
    bad(with("1790000000000", "-1"));
    bad(with("anna", "an na"));
    bad(good + "x");
}
