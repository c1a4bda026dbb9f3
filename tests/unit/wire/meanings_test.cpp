// Every flag and every reason is a sentence, and docs/explanations.md says the same.

#include "wire/meanings.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

using namespace vigil;

namespace {

std::string page() {
    char const* root = std::getenv("VIGIL_ROOT");
    REQUIRE(root != nullptr);
    std::ifstream file{std::string{root} + "/docs/explanations.md"};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::string row(std::string_view name, std::string_view meaning) {
    return "| `" + std::string{name} + "` | " + std::string{meaning} + " |\n";
}

// A sentence beside the name, not the name again, and one that a table and a line of a terminal can hold.
void check_sentence(std::string_view name, std::string_view meaning) {
    CAPTURE(name, meaning);
    CHECK(meaning.find(' ') != std::string_view::npos);
    CHECK(meaning.find_first_of("_|\n") == std::string_view::npos);
    CHECK(meaning.size() <= 130);
}

} // namespace

TEST_CASE("meanings: every flag is a sentence, the same one in the page") {
    const auto text = page();
    std::set<std::string_view> told;
    for (std::size_t i = 0; i < model::flag_count; ++i) {
        const auto flag = static_cast<model::Flag>(i);
        const auto name = name_of(flag);
        check_sentence(name, wire::meaning(flag));
        CHECK(told.insert(wire::meaning(flag)).second);
        CHECK(text.find(row(name, wire::meaning(flag))) != std::string::npos);
        CHECK(wire::meaning_of_flag(name) == wire::meaning(flag));
    }
}

TEST_CASE("meanings: every reason is a sentence, the same one in the page") {
    const auto text = page();
    for (std::size_t i = 1; i < model::reason_count; ++i) {
        const auto reason = static_cast<model::Reason>(i);
        const auto name = name_of(reason);
        check_sentence(name, wire::meaning(reason));
        CHECK(text.find(row(name, wire::meaning(reason))) != std::string::npos);
        CHECK(wire::meaning_of_reason(name) == wire::meaning(reason));
    }
    CHECK(wire::meaning(model::Reason::none).empty());
}

TEST_CASE("meanings: a name of a later version has none") {
    CHECK(wire::meaning_of_flag("never_heard_of").empty());
    CHECK(wire::meaning_of_reason("never_heard_of").empty());
}
