#include "outbound/settings.hpp"

#include <catch2/catch.hpp>

using namespace vigil;
using namespace vigil::outbound;

namespace {

std::vector<std::string> problems_of(std::string const& text, Settings* out = nullptr) {
    definitions::Problems problems;
    auto settings = read_settings({"outbound.toml", "o.toml", text}, problems);
    if (out != nullptr) *out = std::move(settings);
    std::vector<std::string> shown;
    for (auto const& problem : problems) shown.push_back(to_string(problem));
    return shown;
}

const std::string head = R"([outbound]
site = "demo"
feed = "ipc:///run/vigil/feed.sock"
query = "ipc:///run/vigil/query.sock"
outbox = "/var/lib/x"
[[destination]]
name = "m"
)";

} // namespace

TEST_CASE("the delivered configuration is right, and so is what it has in comments") {
    definitions::Problems problems;
    const auto text = definitions::read_file("config/outbound.toml", problems);
    REQUIRE(text);
    Settings settings;
    CHECK(problems_of(*text, &settings).empty());
    REQUIRE(settings.destinations.size() == 1);
    CHECK(settings.destinations[0].recipient.kind == Kind::pcd04);
    // A key line in a comment is "#key = value"; prose is "# Prose".
    std::string whole;
    std::istringstream in(*text);
    for (std::string line; std::getline(in, line); whole += line + '\n')
        if (line.size() > 1 && line[0] == '#' && line[1] != ' ') line.erase(0, 1);
    const auto cut = whole.find("secret_file");
    REQUIRE(cut != std::string::npos);
    whole.erase(cut, whole.find('\n', cut) - cut);
    CHECK(problems_of(whole, &settings).empty());
    CHECK(settings.destinations.size() == 2);
}

TEST_CASE("every mistake is shown at its place") {
    CHECK(problems_of("") == std::vector<std::string>{"o.toml:1:1: outbound: is missing",
                                                      "o.toml:1:1: destination: is missing: at least one "
                                                      "[[destination]] is needed"});
    const auto one = [](std::string const& rest) {
        const auto all = problems_of(head + rest);
        CAPTURE(rest, all);
        REQUIRE(all.size() == 1);
        return all[0];
    };
    CHECK(one("kind = \"pcd04\"\nto = \"mllp://m:1\"\nsecret_file = \"x\"\n") ==
          "o.toml:10:1: destination.secret_file: unknown key");
    CHECK_THAT(one("kind = \"pcd04\"\nto = \"http://m\"\n"),
               Catch::Contains("o.toml:9:6") && Catch::Contains("mllp://"));
    CHECK_THAT(one("kind = \"fax\"\nto = \"x\"\n"),
               Catch::Contains("o.toml:8:8: destination.kind: unknown word 'fax'"));
    CHECK_THAT(one("kind = \"webhook\"\nto = \"http://example.org/x\"\n"), Catch::Contains("https://"));
    CHECK_THAT(one("kind = \"webhook\"\nto = \"http://localhost.example.org/x\"\n"), Catch::Contains("https://"));
    CHECK_THAT(one("kind = \"webhook\"\nto = \"http://localhost:1@example.org/x\"\n"), Catch::Contains("https://"));
    CHECK_THAT(one("kind = \"webhook\"\nto = \"https://e\"\nsecret_file = \"/nowhere/x\"\n"),
               Catch::Contains("cannot be read"));
    CHECK_THAT(one("kind = \"webhook\"\nto = \"https://e\"\nkinds = [\"nurse\"]\n"), Catch::Contains("'nurse'"));
    CHECK_THAT(one("kind = \"webhook\"\nto = \"https://e\"\nkinds = []\n"), Catch::Contains("told nothing"));
    CHECK_THAT(one("kind = \"webhook\"\nto = \"https://e\"\nleast = \"red\"\n"), Catch::Contains("'red'"));
    CHECK_THAT(one("kind = \"webhook\"\nto = \"https://e\"\nfirst_pause = \"5min\"\n"),
               Catch::Contains("must not be shorter than first_pause"));
    CHECK_THAT(one("kind = \"webhook\"\nto = \"https://e\"\n[[destination]]\nname = \"m\"\nkind = \"webhook\"\nto = "
                   "\"https://e\"\n"),
               Catch::Contains("stands twice"));
    CHECK(problems_of(head + "kind = \"webhook\"\nto = \"http://[::1]:8080/x\"\n").empty());
}
