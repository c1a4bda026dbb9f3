// The identity store: cards by token, erasure that leaves nothing of the person, refusals.

#include "identity/config.hpp"
#include "identity/service.hpp"
#include "identity/store.hpp"

#include "vigil/v1/identity.pb.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sqlite3.h>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

using namespace vigil::identity;
namespace v1 = vigil::v1;

namespace {

struct Folder {
    std::filesystem::path path;
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "vigil-identity-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string database() const { return (path / "identity.db").string(); }
    // Every byte of every file in it.
    std::string contents() const {
        std::string out;
        for (auto const& entry : std::filesystem::directory_iterator(path)) {
            std::ifstream in(entry.path(), std::ios::binary);
            std::ostringstream text;
            text << in.rdbuf();
            out += text.str();
        }
        return out;
    }
};

Card card(std::vector<std::string> tokens, std::string family, std::string given, std::int64_t seen) {
    Card c;
    c.tokens = std::move(tokens);
    c.family = std::move(family);
    c.given = std::move(given);
    c.birth_date = "1970-01-31";
    c.identifiers = {{"MR", "HOSP", "4711-" + c.family}};
    c.seen_ms = seen;
    c.source = "adt";
    return c;
}

std::string family_of(Store& store, std::string const& token) {
    const auto found = store.lookup({token});
    return found.empty() ? "-" : found[0].family;
}

} // namespace

TEST_CASE("a card is found by each of its tokens", "[identity]") {
    const Folder folder;
    Store store(folder.database());
    CHECK(store.store(card({"p1", "v1"}, "DOE", "JANE", 10)) == Stored::done);
    CHECK(family_of(store, "p1") == "DOE");
    CHECK(family_of(store, "v1") == "DOE");
    CHECK(family_of(store, "p2") == "-");
    CHECK(store.lookup({"v1", "none", "p1"}).size() == 2);
    CHECK(store.store(card({}, "X", "Y", 1)) == Stored::no_token);
    CHECK(store.store(card({""}, "X", "Y", 1)) == Stored::no_token);
}

TEST_CASE("newer cards win, fields they leave open stay, older ones only fill gaps", "[identity]") {
    const Folder folder;
    Store store(folder.database());
    store.store(card({"p1"}, "DOE", "JANE", 10));
    store.store(card({"p1"}, "SMITH", "", 20));
    CHECK(family_of(store, "p1") == "SMITH");
    CHECK(store.lookup({"p1"})[0].given == "JANE");
    CHECK(store.lookup({"p1"})[0].identifiers.size() == 2);
    store.store(card({"p1"}, "OLD", "OLDER", 5));
    CHECK(family_of(store, "p1") == "SMITH");
    CHECK(store.lookup({"p1"})[0].seen_ms == 20);
}

TEST_CASE("a visit booked for the wrong patient does not rename that patient", "[identity]") {
    const Folder folder;
    Store store(folder.database());
    store.store(card({"p1", "v1"}, "DOE", "JANE", 10));
    store.store(card({"p2", "v1"}, "ROE", "RICHARD", 20));
    CHECK(family_of(store, "v1") == "ROE");
    CHECK(family_of(store, "p1") == "DOE");
    CHECK(family_of(store, "p2") == "ROE");
}

TEST_CASE("erased: no byte of the person is left, the audit row names nobody, the card does not come back",
          "[identity]") {
    const Folder folder;
    {
        Store store(folder.database());
        store.store(card({"p1", "v1"}, "QUENNEVILLE", "ADA", 10));
        store.store(card({"p1", "v2"}, "QUENNEVILLE", "ADA", 11));
        store.store(card({"p9"}, "ROE", "RICHARD", 12));
        CHECK(folder.contents().find("QUENNEVILLE") != std::string::npos);
        CHECK(store.erase("v2", "dpo", "request 7", 99));
        for (char const* token : {"p1", "v1", "v2"}) CHECK(family_of(store, token) == "-");
        CHECK(family_of(store, "p9") == "ROE");
        CHECK(store.store(card({"p1", "v3"}, "QUENNEVILLE", "ADA", 13)) == Stored::erased);
        CHECK(family_of(store, "v3") == "-");
        CHECK_FALSE(store.erase("unknown", "dpo", "request 8", 100));
        const auto audit = store.audit();
        REQUIRE(audit.size() == 2);
        CHECK(audit[0].user == "dpo");
        CHECK(audit[0].erased == 3);
        CHECK(audit[1].erased == 0);
    }
    CHECK(folder.contents().find("QUENNEVILLE") == std::string::npos);
    CHECK(folder.contents().find("ADA") == std::string::npos);
    CHECK(folder.contents().find("4711-") != std::string::npos); // of the other one
    Store again(folder.database());
    CHECK(again.store(card({"v1"}, "QUENNEVILLE", "ADA", 14)) == Stored::erased);
    CHECK(family_of(again, "p9") == "ROE");
}

TEST_CASE("the file is its owner's alone, and an unknown version or damage is refused untouched", "[identity]") {
    const Folder folder;
    { Store store(folder.database()); }
    struct stat info {};
    REQUIRE(::stat(folder.database().c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(folder.database().c_str(), &db) == SQLITE_OK);
    REQUIRE(sqlite3_exec(db, "PRAGMA user_version=99", nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(db);
    CHECK_THROWS_WITH(Store(folder.database()), Catch::Contains("newer version"));
    std::ofstream(folder.database(), std::ios::binary | std::ios::trunc) << std::string(8192, 'x');
    CHECK_THROWS_AS(Store(folder.database()), StoreError);
    CHECK_THROWS_AS(Store("/nonexistent/folder/x.db"), StoreError);
}

TEST_CASE("requests and replies", "[identity]") {
    const Folder folder;
    Store store(folder.database());
    const auto ask = [&](v1::IdentityRequest const& request) {
        v1::IdentityReply reply;
        REQUIRE(reply.ParseFromString(answer(store, request.SerializeAsString(), 50)));
        return reply;
    };
    v1::IdentityRequest request;
    request.set_id("7");
    CHECK(ask(request).reason() == "bad_request");
    auto& stored = *request.mutable_store();
    stored.add_tokens("p1");
    stored.set_family_name("DOE");
    stored.set_seen_ms(1);
    CHECK(ask(request).done());
    CHECK(ask(request).id() == "7");
    stored.set_given_name(std::string(600, 'x'));
    CHECK(ask(request).reason() == "bad_request");
    request.mutable_lookup()->add_tokens("p1");
    CHECK(ask(request).cards(0).family_name() == "DOE");
    request.mutable_erase()->set_token("p1");
    CHECK(ask(request).reason() == "no_user");
    request.mutable_erase()->set_user("dpo");
    CHECK(ask(request).reason() == "no_reason");
    request.mutable_erase()->set_reason("asked");
    CHECK(ask(request).done());
    CHECK(ask(request).reason() == "unknown");
    request.mutable_lookup()->add_tokens("p1");
    CHECK(ask(request).cards_size() == 0);
    CHECK(answer(store, "\xff\xff\xff", 1).empty());
    CHECK(answer(store, std::string(100'000, 'x'), 1).empty());
}

TEST_CASE("configuration of the identity store", "[identity]") {
    std::vector<std::string> errors;
    const Config c = read_config("i.toml", "[identity]\nendpoint = \"ipc:///x\"\ndatabase = \"/y\"\n", errors);
    CHECK(errors.empty());
    CHECK(c.endpoint == "ipc:///x");
    read_config("i.toml", "[identity]\nendpoint = 5\ncolour = 1\n", errors);
    CHECK(errors.size() == 3);
    CHECK(errors[0].starts_with("i.toml:2:12: identity.endpoint"));
    errors.clear();
    read_config("i.toml", "nothing\n", errors);
    CHECK(errors.size() == 1);
    errors.clear();
    read_config("i.toml", "x = 1\n", errors);
    CHECK(errors.size() == 1);
}
