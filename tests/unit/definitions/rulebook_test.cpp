#include "definitions/rulebook_loader.hpp"

#include "core/model/hex.hpp"
#include "core/scores/registry.hpp"

#include "fixtures.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <unistd.h>

using namespace vigil::definitions;
using namespace vigil;
using fixtures::shown;
namespace fs = std::filesystem;

namespace {

// A copy of the shipped configuration that a test may spoil.
class Copy {
public:
    Copy()
        : folder_(fs::temp_directory_path() /
                  ("vigil-definitions-" + std::to_string(getpid()) + "-" + std::to_string(++count_))) {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
        fs::copy(fixtures::root() + "/config", folder_, fs::copy_options::recursive);
    }
    ~Copy() {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    Copy(Copy const&) = delete;
    Copy& operator=(Copy const&) = delete;

    std::string path(std::string const& name) const { return (folder_ / name).string(); }
    void change(std::string const& name, std::string const& from, std::string const& to) const {
        Problems problems;
        const File file{name, path(name), *read_file(path(name), problems)};
        std::ofstream(path(name), std::ios::binary) << fixtures::changed(file, from, to).content;
    }
    std::optional<core::Rulebook> load(Problems& problems) const {
        return load_rulebook(load_config(path("vigil.toml"), problems), problems);
    }

private:
    static inline int count_ = 0;
    fs::path folder_;
};

} // namespace

TEST_CASE("the shipped configuration makes a rulebook") {
    Problems problems;
    const auto config = load_config(fixtures::root() + "/config/vigil.toml", problems);
    const auto rules = load_rulebook(config, problems);
    INFO(shown(problems));
    REQUIRE(rules);
    CHECK(problems.empty());
    CHECK(rules->vocabulary.size() == model::signal_count);
    CHECK(rules->scores.size() == 8);
    CHECK(rules->sources.size() == 4);
    CHECK(rules->simulated);
    CHECK(rules->digest != model::Digest{});
    CHECK(model::hex(rules->digest).size() == 32);
    CHECK(check({fixtures::root() + "/config/vigil.toml"}).empty());
}

TEST_CASE("a rulebook comes back whole from its bytes") {
    const Copy copy;
    copy.change("maps/example.tsv", "source\tsystem\tcode\tunit\tsignal\tunit_as\n",
                "source\tsystem\tcode\tunit\tsignal\tunit_as\nlaboratory\tLOCAL\tPLTC\t\tplt\t10*9/L\n");
    Problems problems;
    const auto rules = copy.load(problems);
    INFO(shown(problems));
    REQUIRE(rules);
    const auto again = rulebook_from_bytes(rules->bytes, problems);
    INFO(shown(problems));
    REQUIRE(again);
    CHECK(again->bytes == rules->bytes);
    CHECK(again->digest == rules->digest);
    CHECK(again->site == rules->site);
    CHECK(again->simulated == rules->simulated);
    CHECK(again->driven == rules->driven);
    CHECK(again->scores.size() == rules->scores.size());
    CHECK(again->scores[0].key == rules->scores[0].key);
    CHECK(again->scores[0].alerts);
    CHECK(again->sources[0].silent_after == rules->sources[0].silent_after);
    REQUIRE(again->source_maps.size() == 1);
    CHECK(again->source_maps[0].signal == model::Signal::plt);
    std::size_t conversions = 0;
    for (std::size_t i = 0; i < rules->vocabulary.size(); ++i) {
        CHECK(again->vocabulary[i].conversions.size() == rules->vocabulary[i].conversions.size());
        conversions += rules->vocabulary[i].conversions.size();
    }
    CHECK(conversions > 20);
}

TEST_CASE("the digest depends on what decides and on nothing else") {
    const Copy one, two;
    Problems problems;
    const auto a = one.load(problems), b = two.load(problems);
    REQUIRE((a && b));
    CHECK(a->digest == b->digest); // another folder
    two.change("vigil.toml", "/var/lib/vigil/journal", "/srv/journal");
    two.change("vigil.toml", "feed.sock", "news.sock");
    CHECK(two.load(problems)->digest == a->digest); // paths and endpoints decide nothing
    two.change("vigil.toml", "silent_after = \"2min\"", "silent_after = \"3min\"");
    const auto settings = two.load(problems)->digest;
    CHECK(settings != a->digest);
    two.change("conversions.tsv", "17.104", "17.1");
    CHECK(two.load(problems)->digest != settings);
    CHECK(problems.empty());
}

TEST_CASE("a salt that the tables do not know is shown where it was named") {
    const Copy copy;
    Problems problems;
    copy.change("vigil.toml", "silent_after = \"2min\"", "silent_after = \"2min\"\nnorepinephrine_as = \"tartrate\"");
    const auto rules = copy.load(problems);
    REQUIRE(rules);
    CHECK(rules->sources[1].norepinephrine_as == "tartrate");
    CHECK(rulebook_from_bytes(rules->bytes, problems)->sources[1].norepinephrine_as == "tartrate");
    copy.change("vigil.toml", "norepinephrine_as = \"tartrate\"", "norepinephrine_as = \"sugar\"");
    CHECK_FALSE(copy.load(problems));
    INFO(shown(problems));
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].message.find("sugar") != std::string::npos);
    CHECK(problems[0].line > 0);
}

TEST_CASE("readings that contradict each other are looked for no further away than minutes are kept") {
    const Copy copy;
    copy.change("scores/sofa.toml", "device_pf_near = \"30min\"", "device_pf_near = \"1h\"");
    copy.change("scores/sofa.toml", "cuff_line_within = \"4h\"", "cuff_line_within = \"25h\"");
    const auto problems = check({copy.path("vigil.toml")});
    INFO(shown(problems));
    REQUIRE(problems.size() == 2);
    CHECK(problems[0].message.find("must not be longer than the window") != std::string::npos);
    CHECK(problems[1].message.find("must be below one hour") != std::string::npos);
}

TEST_CASE("faults in every file are shown in one run") {
    const Copy copy;
    copy.change("vocabulary.tsv", "\t8867-4\t", "\t8867-3\t");
    copy.change("conversions.tsv", "\t17.104\t", "\t0\t");
    copy.change("vigil.toml", "silent_after = \"2min\"", "silent_after = \"soon\"");
    copy.change("scores/sofa.toml", "name = \"published\"", "name = 7");
    copy.change("alerts/sofa_rise.toml", "message", "massage");
    const auto problems = check({copy.path("vigil.toml")});
    INFO(shown(problems));
    for (const char* file :
         {"vocabulary.tsv", "conversions.tsv", "vigil.toml", "scores/sofa.toml", "alerts/sofa_rise.toml"}) {
        CAPTURE(file);
        CHECK(std::any_of(problems.begin(), problems.end(), [&](auto const& p) { return p.file == copy.path(file); }));
    }
}

TEST_CASE("a policy that the definition does not have is shown where it was asked for") {
    const Copy copy;
    copy.change("vigil.toml", "policy = \"live\"", "policy = \"lively\"");
    Problems problems;
    CHECK_FALSE(copy.load(problems));
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].file == copy.path("vigil.toml"));
    CHECK(problems[0].line > 0);
    CHECK(problems[0].message == "sofa has no policy 'lively'");
}

TEST_CASE("a score that looks back at SOFA needs the SOFA it looks back at") {
    const auto add = [](Copy const& copy, std::string const& policy) {
        std::ofstream{copy.path("vigil.toml"), std::ios::app}
            << "\n[[score]]\nscore = \"sepsis3\"\nproduct = \"rolling\"\nbasis = \"native\"\npolicy = \"" << policy
            << "\"\n";
    };
    Problems problems;
    const Copy fits;
    add(fits, "live"); // as sofa, product rolling, is delivered
    const auto rules = fits.load(problems);
    INFO(shown(problems));
    REQUIRE(rules);
    CHECK(rules->retention.keep_minutes == model::hours(50));
    const Copy other;
    add(other, "published");
    CHECK_FALSE(other.load(problems));
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].line > 0);
    CHECK(problems[0].message.find("sepsis3 looks back at sofa") == 0);
}

TEST_CASE("what Vigil works out itself cannot be told by a feed") {
    const Copy copy;
    std::ofstream{copy.path("maps/example.tsv"), std::ios::app} << "laboratory\tLOCAL\tSOFA\t\tsofa_sum\t{score}\n";
    Problems problems;
    CHECK_FALSE(copy.load(problems));
    CHECK(fixtures::mentions(problems, "signal", "works out sofa_sum itself"));
}

TEST_CASE("a product that the score does not have is shown where it was asked for") {
    const Copy copy;
    copy.change("vigil.toml",
                "score = \"sofa\"\nproduct = \"now\"\nbasis = \"native\"\npolicy = \"live\"\nalerts = true",
                "score = \"apache2\"\nproduct = \"now\"\nbasis = \"native\"\npolicy = \"live\"");
    Problems problems;
    CHECK_FALSE(copy.load(problems));
    INFO(shown(problems));
    CHECK(std::any_of(problems.begin(), problems.end(), [&](auto const& p) {
        return p.file == copy.path("vigil.toml") && p.line > 0 && p.key == "score.product" &&
               p.message == "apache2 has no product 'now', only day";
    }));
}

TEST_CASE("files that are not there are named") {
    const Copy copy;
    fs::remove(copy.path("conversions.tsv"));
    fs::remove_all(copy.path("alerts"));
    Problems problems;
    CHECK_FALSE(copy.load(problems));
    CHECK(fixtures::mentions(problems, "file", "cannot be read"));
    CHECK(fixtures::mentions(problems, "folder", "cannot be read"));
    Problems none;
    load_config(copy.path("nothing.toml"), none);
    CHECK(none.size() == 1);
}

TEST_CASE("a file that is not there is one mistake, not one for everything it would have said") {
    const Copy copy;
    fs::remove(copy.path("conversions.tsv"));
    copy.change("vigil.toml", "policy = \"live\"", "policy = \"livee\"");
    const auto problems = check({copy.path("vigil.toml")});
    INFO(shown(problems));
    CHECK(problems.size() == 2);
    CHECK(fixtures::mentions(problems, "file", "cannot be read"));
    CHECK(fixtures::mentions(problems, "score.policy", "has no policy 'livee'"));
}

TEST_CASE("bytes that are no rulebook are refused") {
    Problems problems;
    CHECK_FALSE(rulebook_from_bytes("", problems));
    CHECK_FALSE(rulebook_from_bytes("vigil-rulebook-v1\nvocabulary.tsv\n5\nid\n", problems));
    CHECK(problems.size() == 2);
    CHECK_FALSE(rulebook_from_bytes("vigil-rulebook-v1\n", problems));
}

TEST_CASE("single definition files are checked by their name") {
    const Copy copy;
    CHECK(check({copy.path("vocabulary.tsv"), copy.path("conversions.tsv"), copy.path("maps/example.tsv")}).empty());
    CHECK(check({copy.path("scores/sofa.toml"), copy.path("scores/ards_berlin.toml")}).empty());
    copy.change("vocabulary.tsv", "\t8867-4\t", "\t8867-3\t");
    CHECK(check({copy.path("vocabulary.tsv")}).size() == 1);
    std::ofstream(copy.path("x.json")) << "{}";
    CHECK(fixtures::mentions(check({copy.path("x.json")}), "file", "no definition"));
    // A folder is what it holds; of alert rules none may be missing.
    CHECK(check({copy.path("alerts"), copy.path("scores/"), copy.path("maps")}).empty());
    fs::remove(copy.path("alerts/sofa_rise.toml"));
    const auto missing = check({copy.path("alerts")});
    REQUIRE(missing.size() == 1);
    CHECK(missing.front().file == copy.path("alerts"));
    CHECK(missing.front().key == "sofa_rise");
    fs::create_directory(copy.path("nothing"));
    CHECK(fixtures::mentions(check({copy.path("nothing")}), "file", "no definitions"));
}

TEST_CASE("a table of a score is known by its id, whatever its file is called") {
    const Copy copy;
    fs::create_directory(copy.path("mine"));
    for (auto const* place : {"mine/my-news.toml", "scores/my-news.toml"}) {
        INFO(place);
        fs::copy_file(copy.path("scores/news2.toml"), copy.path(place));
        CHECK(check({copy.path(place)}).empty());
        copy.change(place, "{ from = 9, up_to = 11", "{ from = 10, up_to = 11");
        const auto problems = check({copy.path(place)});
        REQUIRE(problems.size() == 1);
        CHECK(problems.front().file == copy.path(place));
        CHECK(problems.front().line == 16);
        CHECK(fixtures::mentions(problems, "columns.ranges.from", "a gap"));
    }
    // What is no score is what it was before.
    std::ofstream(copy.path("mine/other.toml")) << "id = \"nothing\"\n";
    CHECK(fixtures::mentions(check({copy.path("mine/other.toml")}), "site", "is missing"));
}

TEST_CASE("a rule that reads what is none of its kind is shown where it says so, whatever its file is called") {
    const Copy copy;
    copy.change("alerts/lactate_not_clearing.toml", "reads = \"lact\"", "reads = \"map\"");
    copy.change("alerts/v_fib.toml", "\"unranked\"", "\"imv\"");
    fs::rename(copy.path("alerts/lactate_not_clearing.toml"), copy.path("alerts/ours.toml"));
    const auto ours = copy.path("alerts/ours.toml"), fibrillation = copy.path("alerts/v_fib.toml");
    for (auto const& problems : {check({copy.path("vigil.toml")}), check({ours, fibrillation})}) {
        INFO(shown(problems));
        REQUIRE(problems.size() == 2);
        for (auto const& p : problems) {
            CHECK(p.line > 1);
            CHECK(p.column >= 1);
            CHECK((p.file == ours ? p.key == "reads" : p.file == fibrillation && p.key == "state"));
        }
    }
}

TEST_CASE("a definition that is not the delivered one says so, in every row") {
    Problems problems;
    const Copy copy;
    model::ScoreKey sofa, berlin;
    berlin.id = model::ScoreId::ards_berlin;
    const auto delivered = copy.load(problems);
    REQUIRE(delivered);
    CHECK_FALSE(scores::locally_modified(*delivered, sofa.id));
    CHECK(scores::definition_name(*delivered, sofa) == "sofa@1996+published");
    CHECK(model::hex(delivered->definitions[0].sha256).size() == 64);

    SECTION("changed where it stands") { copy.change("scores/sofa.toml", "below = 150,", "below = 151,"); }
    SECTION("a file of one's own in its place") {
        fs::copy(copy.path("scores/sofa.toml"), copy.path("my-platelets.toml"));
        copy.change("my-platelets.toml", "below = 150,", "below = 151,");
    }
    auto config = load_config(copy.path("vigil.toml"), problems);
    if (fs::exists(copy.path("my-platelets.toml"))) config.own_definitions = {copy.path("my-platelets.toml")};
    const auto own = load_rulebook(config, problems);
    INFO(shown(problems));
    REQUIRE(own);
    CHECK(scores::locally_modified(*own, sofa.id));
    CHECK(scores::definition_name(*own, sofa) == "sofa@1996+published (locally modified)");
    CHECK(scores::definition_name(*own, berlin) == scores::definition_name(*delivered, berlin));
    CHECK(own->digest != delivered->digest);
}

TEST_CASE("a score says so, too, whose points depend on a table that is not the delivered one") {
    using enum model::ScoreId;
    const auto modified = [](std::string const& table, std::string const& from, std::string const& to) {
        Problems problems;
        const Copy copy;
        copy.change("scores/" + table + ".toml", from, to);
        const auto own = load_rulebook(load_config(copy.path("vigil.toml"), problems), problems);
        INFO(shown(problems));
        REQUIRE(own);
        std::set<model::ScoreId> out;
        for (std::size_t i = 0; i < model::score_id_count; ++i)
            if (scores::locally_modified(*own, static_cast<model::ScoreId>(i)))
                out.insert(static_cast<model::ScoreId>(i));
        return out;
    };
    CHECK(modified("sofa", "window = \"24h\"", "window = \"12h\"").size() == model::score_id_count);
    CHECK(modified("sofa", "pair_within = \"4h\"", "pair_within = \"3h\"").size() == model::score_id_count);
    CHECK(modified("sofa", "{ above = 0, up_to = 5, points = 2 }, { above = 5,",
                   "{ above = 0, up_to = 6, points = 2 }, { above = 6,")
              .size() == model::score_id_count); // doses are looked at by others
    CHECK(modified("sofa", "below = 150,", "below = 151,") == std::set{sofa, sic, sepsis3, septic_shock});
    CHECK(modified("kdigo", "verify_fold = 40", "verify_fold = 41") == std::set{kdigo, apache2});
    CHECK(modified("sepsis3", "[rise]", "[rise] # ours") == std::set{sepsis3, septic_shock});
    CHECK(modified("qsofa", "[positive]", "[positive] # ours") == std::set{qsofa});
}

TEST_CASE("a definition of one's own must be one of a score that there is, and whole") {
    const Copy copy;
    const auto problems_of = [&](std::string const& text) {
        std::ofstream(copy.path("own.toml"), std::ios::binary) << text;
        Problems problems;
        auto config = load_config(copy.path("vigil.toml"), problems);
        config.own_definitions = {copy.path("own.toml")};
        CHECK_FALSE(load_rulebook(config, problems));
        return shown(problems);
    };
    CHECK_THAT(problems_of("id = \"sofa9\"\n"), Catch::Contains("own.toml:1:") && Catch::Contains("unknown word"));
    CHECK_THAT(problems_of("version = \"1\"\n"), Catch::Contains("own.toml") && Catch::Contains("id"));
    CHECK_THAT(problems_of("id = \"sofa\"\n"), Catch::Contains("own.toml") && Catch::Contains("citation"));
    CHECK_THAT(problems_of("id = sofa\n"), Catch::Contains("own.toml:1:"));
}
