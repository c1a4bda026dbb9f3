#include "clinic.hpp"

using namespace vigil::gateway;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const std::string ack = "/api/v1/alerts/a1/ack";
const std::string seen = R"({"revision":"3"})";

/// Somebody in bed b1, with a name.
void admit(Clinic& clinic) {
    vigil::v1::Publication publication;
    publication.set_topic("vigil.v1.score.demo.icu.b1.sofa");
    publication.mutable_envelope()->set_seq(1);
    auto& score = *publication.mutable_envelope()->mutable_score();
    score.set_definition("sofa@1+x");
    score.set_product("rolling");
    score.set_encounter("e1");
    clinic.wall->snapshot({publication}, 1, 1);
    clinic.wall->set_labels({{"e1", "Muster, Anna"}});
}

bool has_name(const std::string& text) { return text.find("Muster") != std::string::npos; }

} // namespace

TEST_CASE("signing in gives a cookie that scripts, other sites and other connections do not get") {
    Clinic clinic(true);
    const auto request = [&](const std::string& origin) {
        auto out = Clinic::posting("/api/v1/login", R"({"user":"clinician","password":"correct horse battery"})");
        out.origin = origin;
        return out;
    };
    CHECK(clinic.ask(request("http://127.0.0.1:8080")).status == 403); // a page that did not come by TLS
    const auto response = clinic.ask(request("https://127.0.0.1:8080"));
    REQUIRE(response.status == 200);
    const auto set = header(response, "Set-Cookie");
    CHECK(set.rfind("__Host-vigil=", 0) == 0);
    for (const char* part : {"; Path=/", "; HttpOnly", "; Secure", "; SameSite=Strict"})
        CHECK(set.find(part) != std::string::npos);
    CHECK(set.find("Domain") == std::string::npos);
    CHECK(set.find("Max-Age") == std::string::npos);
    vigil::page::v1::Session session;
    REQUIRE(from_json(response.body, session));
    CHECK(session.accounts());
    CHECK(session.user() == "clinician");
    CHECK(session.role() == "clinician");
    CHECK(session.csrf().size() == 64);
    CHECK(set.find(session.csrf()) == std::string::npos);
    Clinic plain;
    CHECK(plain.sign_in("clinician").cookie.rfind("vigil=", 0) == 0);
    CHECK(header(plain.try_login("observer", the_password), "Set-Cookie").find("Max-Age=2592000") != std::string::npos);
}

TEST_CASE("a wrong password, nobody's name and a name that cannot be are answered alike") {
    Clinic clinic;
    const auto wrong = clinic.try_login("clinician", "not the password");
    CHECK(wrong.status == 401);
    CHECK(header(wrong, "Set-Cookie").empty());
    for (const char* user : {"mallory", "no body at all", "CLINICIAN"}) {
        const auto response = clinic.try_login(user, the_password);
        CHECK(response.status == wrong.status);
        CHECK(response.body == wrong.body);
    }
    CHECK(clinic.try_login("clinician", the_password + std::string(200, 'x')).body == wrong.body);
    CHECK(clinic.try_login("clinician", "").status == 400);
    CHECK(clinic.audited().find("mallory") == std::string::npos); // it may have been a password
    CHECK(clinic.audited().find("\tclinician\t-\t10.0.0.7\tlogin\tfailed\t-\n") != std::string::npos);
}

TEST_CASE("an account that does not exist costs a look at a password like one that does") {
    Clinic clinic;
    std::vector<std::string> hashes;
    People people(clinic.config, clinic.accounts,
                  {[&clinic] { return clinic.now; },
                   [&hashes](const std::string& hash, const std::string&, auto done) {
                       hashes.push_back(hash);
                       done(false);
                       return true;
                   }});
    for (const char* user : {"mallory", "no body at all", "clinician"}) {
        vigil::page::v1::SignInRequest body;
        body.set_user(user);
        body.set_password("x");
        people.login(Clinic::posting("/api/v1/login", to_json(body)), {},
                     [](const HttpResponse& response) { CHECK(response.status == 401); });
    }
    REQUIRE(hashes.size() == 3);
    for (const auto& hash : hashes) CHECK(hash.rfind("$argon2id$v=19$m=65536,t=3,p=1$", 0) == 0);
    CHECK(hashes[2] == the_hash());
}

TEST_CASE("after wrong tries one waits, whether there is such an account or not") {
    Clinic clinic;
    for (const char* user : {"clinician", "mallory"}) {
        for (int i = 0; i < 5; ++i) CHECK(clinic.try_login(user, "wrong").status == 401);
        const auto response = clinic.try_login(user, the_password);
        CHECK(response.status == 429);
        CHECK(header(response, "Retry-After") == "2");
    }
    CHECK(clinic.try_login("clinician", the_password, "10.0.0.8").status == 200); // from another desk
    clinic.pass(seconds(2));
    CHECK(clinic.try_login("clinician", the_password).status == 200);
    clinic.busy = true;
    CHECK(clinic.try_login("clinician", the_password).status == 503);
}

TEST_CASE("a session ends when it was not used, when its user signs out and when the account changes") {
    Clinic clinic;
    auto desk = clinic.sign_in("clinician");
    clinic.pass(minutes(29));
    CHECK(clinic.ask(clinic.at(desk, "/api/v1/beds")).status == 200); // used
    clinic.pass(minutes(29));
    CHECK(clinic.ask(clinic.at(desk, "/api/v1/status")).status == 200); // asked by the page itself: not used
    clinic.pass(minutes(1));
    CHECK(clinic.ask(clinic.at(desk, "/api/v1/beds")).status == 401);
    desk = clinic.sign_in("clinician");
    const auto out = clinic.ask(clinic.at(desk, "/api/v1/logout", "{}"));
    CHECK(out.status == 200);
    CHECK(header(out, "Set-Cookie").find("Max-Age=0") != std::string::npos);
    CHECK(clinic.ask(clinic.at(desk, "/api/v1/beds")).status == 401);

    const auto before = clinic.sign_in("clinician");
    auto again = Clinic::posting("/api/v1/login", R"({"user":"clinician","password":"correct horse battery"})");
    again.cookie = before.cookie;
    CHECK(clinic.ask(again).status == 200); // another session, and the one before is over
    CHECK(clinic.ask(clinic.at(before, "/api/v1/beds")).status == 401);

    desk = clinic.sign_in("clinician");
    const auto other = clinic.sign_in("pharmacist");
    clinic.accounts["clinician"].role = Role::observer;
    clinic.write();
    clinic.people->every_second();
    CHECK(clinic.ask(clinic.at(desk, "/api/v1/beds")).status == 401);
    CHECK(clinic.ask(clinic.at(other, "/api/v1/beds")).status == 200);
    CHECK(clinic.sign_in("clinician").session.role() == "observer");
    std::ofstream(clinic.config.accounts) << "damaged";
    clinic.people->every_second();
    CHECK(clinic.ask(clinic.at(other, "/api/v1/beds")).status == 200); // nobody at work is thrown out
    CHECK(clinic.try_login("clinician", the_password).status == 200);
}

TEST_CASE("a restart of the gateway signs nobody out who may still be in") {
    Clinic clinic;
    const auto wall = clinic.sign_in("observer");
    const auto gone = clinic.sign_in("clinician");
    const auto changed = clinic.sign_in("pharmacist");
    clinic.ask(clinic.at(wall, "/api/v1/break_glass", R"({"reason":"resuscitation at b1"})"));
    clinic.ask(clinic.at(gone, "/api/v1/logout", "{}"));
    clinic.accounts["pharmacist"].password_hash = hash_password("quite another password");
    clinic.start();
    CHECK(clinic.session(wall).user() == "observer");
    CHECK_FALSE(clinic.session(wall).has_glass_until_ms());
    CHECK(clinic.session(gone).user().empty());
    CHECK(clinic.session(changed).user().empty()); // changed while it was down
    CHECK(clinic.audited().find("\tgateway\tbegun\t1 sessions\n") != std::string::npos);
    std::ofstream(clinic.config.accounts + ".sessions") << "damaged";
    clinic.start();
    CHECK(clinic.session(wall).user().empty());
    CHECK(clinic.sign_in("observer").session.user() == "observer");
}

TEST_CASE("a command is of who is signed in, and needs the word of their session") {
    Clinic clinic;
    const auto desk = clinic.sign_in("clinician");
    auto request = clinic.at(desk, ack, seen);
    CHECK(clinic.ask(request).status != 403);
    REQUIRE(clinic.commands.size() == 1);
    CHECK(clinic.commands[0].user() == "clinician");
    CHECK(clinic.ask(clinic.at(desk, ack, R"({"revision":"3","user":"clinician"})")).status != 403);
    CHECK(clinic.commands.size() == 2);
    clinic.commands.clear();
    for (const char* target : {"/api/v1/alerts/a1/ack", "/api/v1/alerts/a1/pause"})
        CHECK(clinic.ask(clinic.at(desk, target, R"({"revision":"3","user":"pharmacist"})")).status == 403);
    CHECK(clinic
              .ask(clinic.at(desk, "/api/v1/attest",
                             R"({"unit":"icu","bed":"b1","what":"ecls","value":"vv","user":"x"})"))
              .status == 403);
    CHECK(
        clinic.ask(clinic.at(desk, "/api/v1/assign", R"({"source":"l","subject_key":"k","encounter":"e","user":"x"})"))
            .status == 403);
    for (const auto& csrf : {std::string(), std::string(64, '0'), clinic.sign_in("clinician").session.csrf()}) {
        request.csrf = csrf;
        CHECK(clinic.ask(request).status == 403);
        auto out = clinic.at(desk, "/api/v1/logout", "{}");
        out.csrf = csrf;
        CHECK(clinic.ask(out).status == 403);
    }
    request.csrf = desk.session.csrf();
    request.origin = "http://evil.example";
    CHECK(clinic.ask(request).status == 403);
    CHECK(clinic.commands.empty());
    CHECK(clinic.ask(clinic.at(desk, "/api/v1/beds")).status == 200);
}

TEST_CASE("names of hosts: loopback's and those of the configuration") {
    Clinic clinic;
    const auto status = [&clinic](const std::string& host) {
        HttpRequest request;
        request.method = "GET";
        request.target = "/healthz";
        request.host = host;
        return clinic.ask(request).status;
    };
    for (const char* good : {"localhost", "vigil.icu.example", "Vigil.ICU.example:8443", "127.0.0.1:1"})
        CHECK(status(good) == 200);
    for (const char* bad : {"", "icu.example", "vigil.icu.example.evil", "vigil.icu.example:", "vigil.icu.example:80@x",
                            "xvigil.icu.example"})
        CHECK(status(bad) == 421);
}

TEST_CASE("names are for those who may see them, in every answer and in the stream") {
    Clinic clinic;
    std::vector<std::shared_ptr<const Frame>> frames;
    clinic.wall->on_frame([&frames](auto frame) { frames.push_back(frame); });
    admit(clinic);
    const auto clinician = clinic.sign_in("clinician");
    const auto observer = clinic.sign_in("observer");
    for (const char* target : {"/api/v1/beds", "/api/v1/beds/icu/b1"}) {
        CHECK(has_name(clinic.ask(clinic.at(clinician, target)).body));
        const auto without = clinic.ask(clinic.at(observer, target)).body;
        CHECK_FALSE(has_name(without));
        CHECK(without.find("\"e1\"") != std::string::npos);
    }
    clinic.wall->flush();
    const auto snapshot = std::find_if(frames.begin(), frames.end(), [](const auto& frame) {
        return frame->with_names.find("event: snapshot") != std::string::npos;
    });
    REQUIRE(snapshot != frames.end());
    CHECK(has_name((*snapshot)->text(true)));
    CHECK_FALSE(has_name((*snapshot)->text(false)));
    CHECK((*snapshot)->text(false).find("\"e1\"") != std::string::npos);
    CHECK(has_name(clinic.wall->snapshot_frame("snapshot", true).text(true)));
    CHECK_FALSE(has_name(clinic.wall->snapshot_frame("snapshot", false).text(true)));

    const auto named = clinic.routes->admit_stream(clinic.at(clinician, Routes::stream_path));
    const auto unnamed = clinic.routes->admit_stream(clinic.at(observer, Routes::stream_path));
    CHECK(named.rights() == true);
    CHECK(unnamed.rights() == false);
    clinic.ask(clinic.at(clinician, "/api/v1/logout", "{}"));
    CHECK(named.rights() == std::nullopt); // an open stream ends with its session
    clinic.pass(minutes(29));
    CHECK(unnamed.rights() == false); // a screen on the wall is used by being looked at
    clinic.pass(minutes(29));
    CHECK(unnamed.rights() == false);
}

TEST_CASE("glass is broken with a reason, for a time, on the record") {
    Clinic clinic;
    admit(clinic);
    const auto desk = clinic.sign_in("observer");
    const auto stream = clinic.routes->admit_stream(clinic.at(desk, Routes::stream_path));
    const std::string path = "/api/v1/break_glass";
    for (const char* bad :
         {"{}", R"({"reason":"short"})", R"({"reason":"            "})", R"({"reason":"two\nlines of it"})"})
        CHECK(clinic.ask(clinic.at(desk, path, bad)).status == 400);
    CHECK_FALSE(has_name(clinic.ask(clinic.at(desk, "/api/v1/beds")).body));
    CHECK(clinic.ask(clinic.at(desk, path, R"({"reason":"resuscitation at b1"})")).status == 200);
    CHECK(has_name(clinic.ask(clinic.at(desk, "/api/v1/beds")).body));
    CHECK(stream.rights() == true);
    CHECK(clinic.session(desk).glass_until_ms() == clinic.now.utc_ms + 30 * 60'000);
    CHECK(clinic.session(desk).glass_reason() == "resuscitation at b1");
    CHECK(clinic.ask(clinic.at(desk, ack, seen)).status == 403); // it shows, it does not act
    clinic.pass(minutes(29));
    clinic.ask(clinic.at(desk, "/api/v1/beds/icu/b1"));
    clinic.pass(minutes(1));
    CHECK(stream.rights() == false);
    CHECK_FALSE(has_name(clinic.ask(clinic.at(desk, "/api/v1/beds")).body));
    CHECK_FALSE(clinic.session(desk).has_glass_until_ms());
    clinic.people->every_second();
    const auto audit = clinic.audited();
    for (const char* line :
         {"\tobserver\tobserver\t10.0.0.7\tbreak_glass\tbegun\tresuscitation at b1\n",
          "\tview_ward\tasked, glass broken\t/api/v1/beds\n", "\tview_ward\tasked, glass broken\t/api/v1/beds/icu/b1\n",
          "\tacknowledge\tdenied\t/api/v1/alerts/a1/ack\n", "\tbreak_glass\tended\tits time is over\n"})
        CHECK(audit.find(line) != std::string::npos);
}

TEST_CASE("glass that cannot be recorded is not broken") {
    Clinic clinic;
    admit(clinic);
    const auto desk = clinic.sign_in("observer");
    std::ofstream(clinic.config.audit, std::ios::app) << "half a line";
    CHECK(clinic.ask(clinic.at(desk, "/api/v1/break_glass", R"({"reason":"resuscitation at b1"})")).status == 503);
    CHECK_FALSE(has_name(clinic.ask(clinic.at(desk, "/api/v1/beds")).body));
    CHECK(clinic.people->audit_failures() == 1);
    const auto clinician = clinic.sign_in("clinician"); // but patients are looked after all the same
    CHECK(clinic.ask(clinic.at(clinician, ack, seen)).status != 403);
    CHECK(clinic.commands.size() == 1);
}

TEST_CASE("what an administrator reads has no hash and no patient in it") {
    Clinic clinic;
    admit(clinic);
    const auto desk = clinic.sign_in("admin");
    const auto list = clinic.ask(clinic.at(desk, "/api/v1/accounts"));
    CHECK(list.body.find("cell_laboratory") != std::string::npos);
    CHECK(list.body.find("argon2") == std::string::npos);
    CHECK(clinic.ask(clinic.at(desk, "/api/v1/audit")).body.find("login") != std::string::npos);
    CHECK(clinic.ask(clinic.at(desk, "/api/v1/beds")).status == 403);
}

TEST_CASE("counters are for the Prometheus of this machine; from elsewhere one signs in") {
    Clinic clinic;
    auto request = clinic.at({}, "/metrics");
    CHECK(clinic.ask(request).status == 401);
    request.address = "127.0.0.1";
    CHECK(clinic.ask(request).status == 200);
    request.target = "/api/v1/status";
    CHECK(clinic.ask(request).status == 401);
}

TEST_CASE("without accounts everything is as it was, and the page is told so") {
    Place place;
    vigil::page::v1::Session session;
    REQUIRE(from_json(place.get("/api/v1/session").body, session));
    CHECK_FALSE(session.accounts());
    CHECK(std::find(session.may().begin(), session.may().end(), "acknowledge") != session.may().end());
    CHECK(place.ask(Place::posting("/api/v1/login", "{}")).status == 404);
    CHECK(place.get("/api/v1/audit").status == 404);
}
