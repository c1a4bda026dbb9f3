#include "tests/stories/story.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

TEST_CASE("every story comes true", "[stories]") {
    namespace fs = std::filesystem;
    char const* root = std::getenv("VIGIL_ROOT");
    const auto folder = fs::path{root == nullptr ? "." : root} / "tests/stories";
    const auto rules = vigil::testing::shipped_rulebook();
    const auto with_card = vigil::testing::shipped_rulebook_with_card(); // of stories that are called after it
    std::vector<fs::path> stories;
    for (auto const& entry : fs::directory_iterator{folder})
        if (entry.path().extension() == ".story") stories.push_back(entry.path());
    std::sort(stories.begin(), stories.end());
    REQUIRE_FALSE(stories.empty());
    for (auto const& path : stories) {
        DYNAMIC_SECTION(path.filename().string()) {
            std::ifstream in{path};
            std::ostringstream text;
            text << in.rdbuf();
            const auto problems =
                vigil::testing::run_story(path.filename().string(), text.str(),
                                          path.filename().string().starts_with("admission") ? with_card : rules);
            std::string all;
            for (auto const& p : problems) all += p + "\n";
            INFO(all);
            CHECK(problems.empty());
        }
    }
}

TEST_CASE("a story that does not come true fails", "[stories]") {
    const auto rules = vigil::testing::shipped_rulebook();
    const auto problems = vigil::testing::run_story(
        "wrong",
        "08:00 admit icu.b1\n08:05 plt 40 10*9/L\n08:06 expect organ_coag none\n08:06 expect sofa_rise present\n",
        rules);
    CHECK(problems.size() == 2);
    CHECK(vigil::testing::run_story("typo", "08:00 admit icu.b1\n08:05 platelets 40\n", rules).size() == 1);
}
