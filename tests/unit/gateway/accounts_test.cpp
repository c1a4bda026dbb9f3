#include "gateway/accounts.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace vigil::gateway;

namespace {

const std::string& a_hash() {
    static const std::string hash = hash_password("correct horse battery");
    return hash;
}

Accounts two() {
    return {{"anna", {Role::clinician, a_hash(), "2026-01-01T00:00:00Z"}},
            {"bert", {Role::admin, a_hash(), "2026-01-02T00:00:00Z"}}};
}

struct Folder {
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "vigil-accounts-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path = std::filesystem::path(name) / "accounts.tsv";
    }
    ~Folder() { std::filesystem::remove_all(path.parent_path()); }
    [[nodiscard]] std::string change(const std::function<std::string(Accounts&)>& change) const {
        return change_accounts(path.string(), change);
    }
    std::filesystem::path path;
};

} // namespace

TEST_CASE("passwords are kept as Argon2id with 64 MiB and three passes, each with a salt of its own") {
    CHECK(a_hash().rfind("$argon2id$v=19$m=65536,t=3,p=1$", 0) == 0);
    CHECK(password_fits(a_hash(), "correct horse battery"));
    CHECK_FALSE(password_fits(a_hash(), "correct horse batterz"));
    CHECK_FALSE(password_fits(a_hash(), ""));
    CHECK(hash_password("correct horse battery") != a_hash());
}

TEST_CASE("a password is long, and no more is asked of it") {
    CHECK(password_fault("anna", "correct horse battery").empty());
    CHECK(password_fault("anna", "twelve chars").empty());
    CHECK_FALSE(password_fault("anna", "eleven char").empty());
    CHECK_FALSE(password_fault("anna", "").empty());
    CHECK_FALSE(password_fault("anna", "I am anna of the ICU").empty());
    CHECK_FALSE(password_fault("anna", std::string(20, 'x')).empty());
    CHECK_FALSE(password_fault("anna", std::string(129, 'x') + "y").empty());
}

TEST_CASE("a file of accounts says the same again when it is read") {
    const auto read = parse_accounts(format_accounts(two()), "a.tsv");
    CHECK(read.error.empty());
    CHECK(read.accounts == two());
    CHECK(parse_accounts(format_accounts({}), "a.tsv").error.empty());
}

TEST_CASE("a damaged file is refused whole, with the place of the damage") {
    const auto good = format_accounts(two());
    const auto damaged = [](const std::string& text, const std::string& place) {
        const auto read = parse_accounts(text, "a.tsv");
        INFO(read.error);
        CHECK(read.error.rfind("a.tsv:" + place + ": ", 0) == 0);
        CHECK(read.accounts.empty());
    };
    const auto with = [&good](const std::string& what, const std::string& instead) {
        auto text = good;
        text.replace(text.find(what), what.size(), instead);
        return text;
    };
    damaged("", "1");
    damaged(good.substr(0, good.size() - 1), "1");
    damaged(good.substr(0, good.find("end")), "3");
    damaged(good.substr(0, good.find("bert")) + "end\t2\n", "3"); // a line was lost
    damaged(good + "carl\tadmin\tx\ty\n", "5");
    damaged(with("vigil-accounts 1", "vigil-accounts 2"), "1");
    damaged(with("clinician", "physician"), "2");
    damaged(with("clinician", "nobody"), "2");
    damaged(with("bert", "b ert"), "3");
    damaged(with("bert", "anna"), "3");
    damaged(with("\tadmin", " admin"), "3");
    damaged(with("$argon2id$", "$argon2i$"), "2");
    damaged(with("m=65536", "m=!"), "2");
    // One wrong character anywhere never lets a file through as another set of people, unless it is in what only one
    // of them knows, their hash, or in an instant.
    for (std::size_t i = 0; i < good.size(); ++i) {
        auto text = good;
        text[i] = '\x01';
        const auto read = parse_accounts(text, "a.tsv");
        INFO(i);
        if (read.error.empty()) {
            REQUIRE(read.accounts.size() == 2);
            CHECK(read.accounts.at("anna").role == Role::clinician);
            CHECK(read.accounts.at("bert").role == Role::admin);
        }
    }
}

TEST_CASE("a change is whole or is not at all, for the owner's eyes only") {
    Folder folder;
    REQUIRE(folder
                .change([](Accounts& accounts) {
                    accounts = two();
                    return std::string();
                })
                .empty());
    struct stat status {};
    REQUIRE(stat(folder.path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
    CHECK(folder.change([](Accounts& accounts) {
        accounts.clear();
        return std::string("not today");
    }) == "not today");
    CHECK(read_accounts(folder.path.string()).accounts == two());
    std::ofstream(folder.path.string() + ".new") << "cut off while it was written";
    REQUIRE(folder
                .change([](Accounts& accounts) {
                    accounts.erase("bert");
                    return std::string();
                })
                .empty());
    CHECK(read_accounts(folder.path.string()).accounts.size() == 1);
    CHECK_FALSE(std::filesystem::exists(folder.path.string() + ".new"));
    std::ofstream(folder.path) << "damaged";
    CHECK_FALSE(folder.change([](Accounts&) { return std::string(); }).empty()); // and is not written over
    CHECK_FALSE(change_accounts("/nonexistent/a.tsv", [](Accounts&) { return std::string(); }).empty());
}

TEST_CASE("a file that others may read, that is no file or that is not there is refused with its reason") {
    Folder folder;
    REQUIRE(folder
                .change([](Accounts& accounts) {
                    accounts = two();
                    return std::string();
                })
                .empty());
    for (const auto mode : {0640U, 0604U, 0620U}) {
        REQUIRE(chmod(folder.path.c_str(), mode) == 0);
        CHECK(read_accounts(folder.path.string()).error.find("chmod 600") != std::string::npos);
    }
    CHECK_FALSE(read_accounts(folder.path.parent_path().string()).error.empty());
    CHECK(read_accounts(folder.path.string() + "x").error.find("No such file") != std::string::npos);
}
