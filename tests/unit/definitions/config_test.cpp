#include "definitions/config.hpp"
#include "definitions/source_maps.hpp"

#include "fixtures.hpp"

#include <catch2/catch.hpp>

using namespace vigil::definitions;
using namespace vigil;
using fixtures::changed;
using fixtures::mentions;
using fixtures::shipped;
using fixtures::shown;

namespace {

Problems maps_problems(std::string const& rows, std::vector<core::SourceSettings> const& sources = {}) {
    Problems problems;
    const auto vocabulary = load_vocabulary(shipped("vocabulary.tsv"), problems);
    const File file{"maps/m.tsv", "maps/m.tsv", "source\tsystem\tcode\tunit\tsignal\tunit_as\n" + rows};
    load_source_maps({file}, vocabulary, sources, problems);
    return problems;
}

} // namespace

TEST_CASE("the shipped configuration is read as it is written") {
    Problems problems;
    const auto config = load_config(fixtures::root() + "/config/vigil.toml", problems);
    INFO(shown(problems));
    REQUIRE(problems.empty());
    CHECK(config.settings.simulated);
    CHECK(config.settings.driven);
    CHECK(config.settings.scores.size() == 8);
    CHECK(config.settings.scores[0].alerts);
    CHECK_FALSE(config.settings.scores[1].alerts);
    REQUIRE(config.settings.sources.size() == 4);
    CHECK(config.settings.sources[1].silent_after == model::minutes(2));
    REQUIRE(config.settings.alerting);
    CHECK(config.settings.alerting->pause_high_at_most == model::minutes(10));
    CHECK(config.settings.alerting->audiences == std::vector<std::string>{"bedside", "coordinator", "physician"});
    CHECK(config.endpoints.feed == "ipc:///run/vigil/feed.sock");
    CHECK(config.journal.segment_bytes == 64ULL << 20);
    CHECK(config.vocabulary == fixtures::root() + "/config/vocabulary.tsv");
    CHECK_FALSE(config.curve);
}

TEST_CASE("what people may do to alerts: wrong figures are said, and a file that says nothing is not changed") {
    const auto problems_of = [](char const* from, char const* to) {
        Problems problems;
        parse_config(changed(shipped("vigil.toml"), from, to), problems);
        return problems;
    };
    CHECK(mentions(problems_of("pause_high_at_most = \"10min\"", "pause_high_at_most = \"3h\""),
                   "alerting.pause_high_at_most", "must not be longer than pause_at_most"));
    CHECK(mentions(problems_of("shelve_high_at_most = \"1h\"", "shelve_high_at_most = \"13h\""),
                   "alerting.shelve_high_at_most", "must not be longer than shelve_at_most"));
    CHECK(mentions(problems_of("\"coordinator\"", "\"the coordinator\""), "alerting.audiences", "is no token"));
    CHECK(mentions(problems_of("escalate_low", "escalate_lower"), "alerting.escalate_lower", ""));
    Settings silent;
    CHECK(to_toml(silent).find("alerting") == std::string::npos);
}

TEST_CASE("settings written and read again are the same") {
    Problems problems;
    const auto config = parse_config(shipped("vigil.toml"), problems);
    const auto text = to_toml(config.settings);
    const auto again = parse_settings({"settings.toml", "settings.toml", text}, problems);
    INFO(text << shown(problems));
    REQUIRE(problems.empty());
    CHECK(to_toml(again) == text);
    CHECK(again.scores.size() == config.settings.scores.size());
    CHECK(again.sources[0].silent_after == config.settings.sources[0].silent_after);
    CHECK(again.sources[1].continuous);
    CHECK(again.alerting->audiences == config.settings.alerting->audiences);
    CHECK(again.alerting->escalate_medium == config.settings.alerting->escalate_medium);
}

TEST_CASE("a mode or clock that is no word of theirs says nothing of what goes with it") {
    for (auto const& [from, to] : {std::pair{"mode = \"simulated\"", "mode = \"trial\""},
                                   std::pair{"clock = \"driven\"", "clock = \"sundial\""}}) {
        Problems problems;
        parse_config(changed(shipped("vigil.toml"), from, to), problems);
        INFO(shown(problems));
        CHECK(problems.size() == 1);
    }
}

TEST_CASE("configuration: each fault is found where it stands") {
    const auto good = shipped("vigil.toml");
    const auto fault = [&](std::string const& from, std::string const& to, std::string const& key,
                           std::string const& part) {
        Problems problems;
        parse_config(changed(good, from, to), problems);
        INFO(shown(problems));
        CHECK(mentions(problems, key, part));
    };
    SECTION("unknown key, with a suggestion") {
        fault("segment_mib", "segmet_mib", "journal.segmet_mib", "did you mean segment_mib?");
    }
    SECTION("unknown table") { fault("[journal]", "[jurnal]", "jurnal", "did you mean journal?"); }
    SECTION("a missing table") { fault("[journal]", "[jurnal]", "journal", "is missing"); }
    SECTION("not TOML") { fault("site = \"demo\"", "site = demo", "toml", ""); }
    SECTION("a site that is no token") { fault("site = \"demo\"", "site = \"St. Anne\"", "site", "no token"); }
    SECTION("simulation under another site's name") {
        fault("site = \"demo\"", "site = \"h1\"", "site", "belongs to the site");
    }
    SECTION("production under the name of simulations") {
        fault("mode = \"simulated\"", "mode = \"production\"", "site", "simulations");
    }
    SECTION("production with a driven clock") {
        fault("mode = \"simulated\"", "mode = \"production\"", "clock", "simulation");
    }
    SECTION("an unknown mode") { fault("mode = \"simulated\"", "mode = \"test\"", "mode", "must be"); }
    SECTION("an unknown score") { fault("score = \"sofa\"", "score = \"sofa3\"", "score.score", "unknown word"); }
    SECTION("two runs for the alerts") {
        fault("product = \"rolling\"", "alerts = true\nproduct = \"rolling\"", "score.alerts", "already the one");
    }
    SECTION("one run twice") { fault("product = \"rolling\"", "product = \"now\"", "score.score", "already stands"); }
    SECTION("no length of time") { fault("\"2min\"", "\"2 minutes\"", "source.silent_after", "no length"); }
    SECTION("a source twice") { fault("name = \"adt\"", "name = \"laboratory\"", "source.name", "stands twice"); }
    SECTION("an endpoint that is none") {
        fault("\"ipc:///run/vigil/feed.sock\"", "\"/run/vigil/feed.sock\"", "endpoints.feed", "ipc:// or tcp://");
    }
    SECTION("an open port without keys") {
        fault("\"ipc:///run/vigil/feed.sock\"", "\"tcp://0.0.0.0:5557\"", "endpoints.feed", "[curve]");
    }
    SECTION("a segment of no size") {
        fault("segment_mib = 64", "segment_mib = 0", "journal.segment_mib", "from 1 to 1024");
    }
}

TEST_CASE("configuration: every fault is shown at once, in file:line:col form") {
    auto file = changed(shipped("vigil.toml"), "segment_mib", "segmet_mib");
    file = changed(file, "\"2min\"", "\"2 minutes\"");
    file = changed(file, "basis = \"native\"", "basis = \"si\"");
    Problems problems;
    parse_config(file, problems);
    REQUIRE(problems.size() == 3);
    for (auto const& p : problems) {
        CHECK(p.line > 1);
        CHECK(p.column >= 1);
        CHECK(to_string(p).starts_with("vigil.toml:" + std::to_string(p.line) + ":" + std::to_string(p.column) + ": "));
    }
}

TEST_CASE("source maps: rows mean what they say") {
    CHECK(maps_problems("lab\tLOCAL\tPLTC\t\tplt\t10*9/L\nlab\tLOCAL\tKREA\tumol/L\tcrea\t\n").empty());
    CHECK(maps_problems("pump\tLOCAL\tNOR\tmL/h\tnorepinephrine\t\n").empty());
    CHECK(mentions(maps_problems("lab\tXX\tA\t\tplt\t\n"), "system", "unknown system"));
    CHECK(mentions(maps_problems("lab\tLOCAL\tA\t\tplatelets\t\n"), "signal", "unknown signal"));
    CHECK(mentions(maps_problems("lab\tLOCAL\tA\t\tplt\tGpt\n"), "unit_as", "unknown unit"));
    CHECK(mentions(maps_problems("lab\tLOCAL\tA\t\tplt\tmm[Hg]\n"), "unit_as", "no unit of plt"));
    CHECK(mentions(maps_problems("lab\tLOCAL\tA\tGpt\tplt\t\n"), "unit", "say in unit_as"));
    CHECK(mentions(maps_problems("lab\tLOCAL\tA\tmm[Hg]\tplt\t\n"), "unit", "no unit of plt"));
    CHECK(mentions(maps_problems("lab\tLOCAL\tA\t\tplt\t\nlab\tLOCAL\tA\t\twbc\t\n"), "code",
                   "already stand in maps/m.tsv:2"));
    CHECK(mentions(maps_problems("lab\tLOCAL\tA\t\tplt\t\n", {{"laboratory", false, {}, false}}), "source",
                   "no [[source]]"));
}
