#include "gateway/audit.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace vigil::gateway;

namespace {

struct Folder {
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "vigil-audit-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path = std::filesystem::path(name) / "audit.tsv";
    }
    ~Folder() { std::filesystem::remove_all(path.parent_path()); }

    [[nodiscard]] std::string text() const {
        std::ostringstream out;
        out << std::ifstream(path).rdbuf();
        return out.str();
    }
    void write(const std::string& text) const { std::ofstream(path) << text; }
    [[nodiscard]] AuditCheck check() const {
        return check_audit(path.string(), [](const std::string&) {});
    }
    std::filesystem::path path;
};

} // namespace

TEST_CASE("who, when, why and what, one line each, for its owner's eyes") {
    Folder folder;
    Audit audit(folder.path.string());
    CHECK(
        audit
            .add({"anna", "observer", "10.0.0.7", "break_glass", "begun", "called to the bed"}, 1'790'000'000'123, true)
            .empty());
    CHECK(audit.add({"", "", "10.0.0.8", "login", "failed", ""}, 1'790'000'001'000, false).empty());
    CHECK(folder.check().error.empty());
    CHECK(folder.check().entries == 2);
    const auto lines = *audit.newest(10);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] == "2026-09-21T14:13:20.123Z\tanna\tobserver\t10.0.0.7\tbreak_glass\tbegun\tcalled to the bed");
    CHECK(lines[1] == "2026-09-21T14:13:21.000Z\t-\t-\t10.0.0.8\tlogin\tfailed\t-");
    CHECK(audit.newest(1)->front() == lines[1]);
    struct stat status {};
    REQUIRE(stat(folder.path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
}

TEST_CASE("nothing that is told can make a second line or half a character") {
    Folder folder;
    Audit audit(folder.path.string());
    std::string long_reason(239, 'x');
    long_reason += "é and more";
    CHECK(audit.add({"a\tb", "r\n2026", "x", "y", "z", long_reason}, 0, false).empty());
    const auto line = audit.newest(1)->front();
    CHECK(line == "1970-01-01T00:00:00.000Z\ta b\tr 2026\tx\ty\tz\t" + std::string(239, 'x'));
    CHECK(folder.check().entries == 1);
}

TEST_CASE("a line that was edited, taken out or put in is noticed, with its place") {
    Folder folder;
    Audit audit(folder.path.string());
    for (const char* user : {"anna", "bert", "carl"}) audit.add({user, "observer", "x", "login", "done", ""}, 0, false);
    const auto good = folder.text();
    REQUIRE(folder.check().error.empty());
    const auto damaged = [&](const std::string& text, const std::string& line) {
        folder.write(text);
        INFO(text);
        CHECK(folder.check().error.find("audit.tsv:" + line + ":") != std::string::npos);
    };
    auto edited = good;
    edited.replace(edited.find("bert"), 4, "dora");
    damaged(edited, "3");
    auto shorter = good;
    const auto second = shorter.find('\n', shorter.find("anna")) + 1;
    shorter.erase(second, shorter.find('\n', second) + 1 - second);
    damaged(shorter, "3");
    damaged(good + "put in\t" + std::string(64, 'a') + "\n", "5");
    damaged(good.substr(0, good.size() - 1), "4"); // the end is cut off
    damaged("something else\n", "1");
    folder.write("");
    CHECK_FALSE(folder.check().error.empty());
}

TEST_CASE("a file that does not end with a whole line takes no more, and says so") {
    Folder folder;
    Audit audit(folder.path.string());
    audit.add({"anna", "observer", "x", "login", "done", ""}, 0, false);
    folder.write(folder.text() + "half a li");
    CHECK(audit.add({"bert", "observer", "x", "login", "done", ""}, 0, false).find("whole line") != std::string::npos);
    CHECK_FALSE(Audit("/nonexistent/audit.tsv").add({}, 0, false).empty());
}
