// Units and points of the delivered tables, each one changed in turn: none may load, and each is found where it stands.

#include "definitions/conversions.hpp"
#include "definitions/rulebook_loader.hpp"
#include "definitions/score_shape_check.hpp"
#include "definitions/score_tables.hpp"

#include "fixtures.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <unistd.h>

using namespace vigil::definitions;
using namespace vigil;
using fixtures::changed;
using fixtures::delivered;
using fixtures::mentions;
using fixtures::shipped;
using fixtures::shown;
namespace fs = std::filesystem;

namespace {

core::Rulebook const& units() {
    static const core::Rulebook rules = [] {
        Problems problems;
        core::Rulebook out;
        const auto vocabulary = load_vocabulary(shipped("vocabulary.tsv"), problems);
        out.vocabulary = vocabulary.entries;
        for (auto const& c : load_conversions(shipped("conversions.tsv"), vocabulary, problems))
            out.vocabulary[static_cast<std::size_t>(c.signal)].conversions.push_back(c);
        return out;
    }();
    return rules;
}

Problems problems_of(File const& file) {
    Problems problems;
    load_score_tables({file}, problems);
    check_score_shapes({file}, units(), problems);
    return problems;
}

struct Spot {
    std::size_t at = 0, size = 0;
    int line = 1, column = 1;
};
Spot spot(std::string const& text, std::size_t at, std::size_t size) {
    Spot out{at, size};
    for (std::size_t i = 0; i < at; ++i) {
        if (text[i] == '\n') {
            ++out.line;
            out.column = 1;
        } else if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
            ++out.column;
        }
    }
    return out;
}

// The quoted texts behind `key = `.
std::vector<Spot> texts_of(std::string const& text, std::string const& key) {
    std::vector<Spot> out;
    const auto behind = key + " = ";
    for (auto at = text.find(behind); at != std::string::npos; at = text.find(behind, at + 1)) {
        if (at > 0 && std::string_view{"\n {,"}.find(text[at - 1]) == std::string_view::npos) continue;
        const auto begin = at + behind.size();
        if (text[begin] == '"') out.push_back(spot(text, begin, text.find('"', begin + 1) + 1 - begin));
    }
    return out;
}

File with(File file, Spot const& where, std::string const& instead) {
    file.content.replace(where.at, where.size, instead);
    return file;
}

bool at(Problems const& problems, File const& file, Spot const& where, std::string_view key) {
    return std::any_of(problems.begin(), problems.end(), [&](Problem const& p) {
        return p.file == file.shown && p.line == where.line && p.column == where.column && p.key.ends_with(key);
    });
}

std::string all_but(std::string const& name, std::string const& from, std::string const& to) {
    return shown(problems_of(changed(shipped("scores/" + name + ".toml"), from, to)));
}

} // namespace

TEST_CASE("the delivered tables have the shape that their scores need") {
    Problems problems;
    const auto files = delivered();
    check_score_shapes(files, units(), problems);
    INFO(shown(problems));
    CHECK(problems.empty());
    CHECK(files.size() == 26);
}

TEST_CASE("another unit in any place of any table does not load, and is found where it stands") {
    std::size_t places = 0, replaced = 0, refused = 0;
    for (auto const& file : delivered())
        for (auto const& where : texts_of(file.content, "unit")) {
            ++places;
            const auto own = model::parse_unit(file.content.substr(where.at + 1, where.size - 2));
            REQUIRE(own);
            std::vector<std::string> others{"parsec", "none"};
            for (std::size_t i = 1; i < model::unit_count; ++i)
                if (const auto unit = static_cast<model::Unit>(i); unit != *own) others.emplace_back(model::ucum(unit));
            for (auto const& other : others) {
                const auto problems = problems_of(with(file, where, '"' + other + '"'));
                ++replaced;
                const bool found = at(problems, file, where, "unit");
                refused += found ? 1 : 0;
                INFO(file.shown << ":" << where.line << ":" << where.column << " " << other << "\n" << shown(problems));
                REQUIRE(found);
            }
        }
    CHECK(places >= 79);
    CHECK(refused == replaced);
}

TEST_CASE("doses of an equivalence are per kilogram, of vasopressin per unit, and nothing else") {
    std::size_t places = 0;
    const auto file = shipped("scores/vasoactive.toml");
    for (auto const& where : texts_of(file.content, "per")) {
        ++places;
        const bool in_units = file.content.substr(where.at, where.size) == "\"U/min\"";
        for (auto const* other : {"mm[Hg]", "ug/min", "mg/kg/min", "ug/kg/h", "U/h", "parsec"})
            CHECK(at(problems_of(with(file, where, '"' + std::string{other} + '"')), file, where, "per"));
        CHECK(at(problems_of(with(file, where, in_units ? "\"ug/kg/min\"" : "\"U/min\"")), file, where, "per"));
    }
    CHECK(places == 14);
}

TEST_CASE("a column in which a limit was left in the other unit does not load, and is found at that band") {
    const auto sofa = shipped("scores/sofa.toml");
    const auto mixed = changed(sofa, "{ from = 110, points = 1 }", "{ from = \"1.2\", points = 1 }");
    const auto problems = problems_of(mixed);
    INFO(shown(problems));
    REQUIRE(problems.size() == 1);
    const auto where =
        spot(mixed.content,
             mixed.content.find("\"1.2\", points = 1 }]\n\n[[columns]]\npart = \"renal\"\nsignal = \"uo\""), 5);
    CHECK(problems[0].line == where.line);
    CHECK(problems[0].column == where.column);
    CHECK(mentions(problems, "columns.bands.from", "1.2 umol/L is 0.014 mg/dL, and the first column has 1.2"));

    using Catch::Contains;
    CHECK_THAT(
        all_but("sofa",
                "{ above = 440, points = 4 }, { from = 300, points = 3 }, { from = 171, points = 2 }, { from = 110",
                "{ above = 5, points = 4 }, { from = \"3.5\", points = 3 }, { from = 2, points = 2 }, { from = 1"),
        Contains("columns.unit: not one limit"));
    CHECK_THAT(all_but("sofa2", "{ up_to = 10, points = 4 }", "{ up_to = 8, points = 4 }"),
               Contains("columns.bands.up_to: 8 kPa is 60.005 mm[Hg], and the first column has 75"));
    CHECK_THAT(all_but("septic_shock", "{ above = 18, points", "{ above = 2, points"), Contains("2 mg/dL is"));
    CHECK_THAT(all_but("kdigo", "severe = \"353.6\"", "severe = 40"), Contains("creatinine.limits.severe: 40 umol/L"));
    CHECK_THAT(all_but("kdigo", "rise = \"26.5\"", "rise = \"0.3\""), Contains("creatinine.limits.rise: 0.3 umol/L"));
    CHECK_THAT(
        all_but("sirs", "{ below = \"4.3\", points = 1 }, { from = \"4.3\"", "{ below = 32, points = 1 }, { from = 32"),
        Contains("columns.unit: not one limit"));
    CHECK_THAT(all_but("saps2", "{ from = 10, below = 30, points = 6 }, { from = 30",
                       "{ from = 10, below = 84, points = 6 }, { from = 84"),
               Contains("columns.ranges.below: 84 mmol/L"));
    // As printed, rounded otherwise.
    CHECK(all_but("sofa", "{ from = 110, points = 1 }", "{ from = 106, points = 1 }").empty());
}

TEST_CASE("a limit that no value can come to does not load, as of another unit") {
    using Catch::Contains;
    CHECK_THAT(all_but("apache2", "{ from = 2, below = \"3.5\", points = 3 }, { from = \"3.5\"",
                       "{ from = 2, below = 305, points = 3 }, { from = 305"),
               Contains("columns.ranges.below: no crea comes to 305 mg/dL: the vocabulary takes 0.05 to 35 mg/dL") &&
                   Contains("columns.ranges.from: no crea comes to 305"));
    CHECK_THAT(all_but("sic", "{ below = 150,", "{ below = 150000,"), Contains("columns.bands.below: no plt comes to"));
    CHECK_THAT(all_but("sofa2", "{ below = 6, points = 4 }", "{ below = 2, points = 4 }"),
               Contains("no gcs_total comes to 2 {score}"));
    // A ratio has no such limits.
    CHECK(all_but("sofa2", "{ up_to = 300, points = 1 }]\n\n[[columns]]\npart = \"cardio",
                  "{ up_to = 310, points = 1 }]\n\n[[columns]]\npart = \"cardio")
              .empty());
}

TEST_CASE("a second column loads in a unit of the vocabulary, where the score reads one") {
    using Catch::Contains;
    const auto add = [](std::string const& name, std::string const& column) {
        auto file = shipped("scores/" + name + ".toml");
        file.content += "\n[[columns]]\ncitation = \"x\"\n" + column;
        return shown(problems_of(file));
    };
    const std::string albumin =
        "part = \"albumin\"\nsignal = \"alb\"\nunit = \"g/L\"\nbands = [{ below = 28, points = 3 }, ";
    CHECK(add("child_pugh", albumin + "{ up_to = 35, points = 2 }]\n").empty());
    CHECK_THAT(add("child_pugh", albumin + "{ up_to = 350, points = 2 }]\n"),
               Contains("out of order") || Contains("350 g/L"));
    CHECK_THAT(
        add("sofa", "part = \"cardio\"\nsignal = \"map\"\nunit = \"kPa\"\nbands = [{ below = 9, points = 1 }]\n"),
        Contains("columns.unit: sofa reads one column of map"));
    CHECK_THAT(
        add("sofa", "part = \"renal\"\nsignal = \"urea\"\nunit = \"mg/dL\"\nbands = [{ from = 9, points = 1 }]\n"),
        Contains("columns.signal: sofa reads no column of urea"));
}

TEST_CASE("a vocabulary that tells a quantity in another unit than its score compares in does not load") {
    auto rules = units();
    rules.vocabulary[static_cast<std::size_t>(model::Signal::plt)].canonical = model::Unit::per_uL;
    Problems problems;
    check_score_shapes({shipped("scores/sofa.toml")}, rules, problems);
    CHECK(mentions(problems, "columns.unit", "the vocabulary has plt in /uL"));
}

TEST_CASE("no table loads without one of its bands, ranges, doses or words") {
    std::size_t left_out = 0;
    std::set<std::string> scores;
    for (auto const& file : delivered()) {
        auto const& text = file.content;
        for (auto at = text.find("points = "); at != std::string::npos; at = text.find("points = ", at + 1)) {
            const auto begin = text.rfind('{', at), line = text.rfind('\n', at);
            if (begin == std::string::npos || begin < line) continue;
            auto end = text.find('}', at) + 1;
            while (text[end] == ',' || text[end] == ' ') ++end;
            const auto problems = problems_of(with(file, {begin, end - begin}, ""));
            ++left_out;
            scores.insert(file.name);
            const auto where = spot(text, begin, 1);
            INFO(file.shown << ":" << where.line << ":" << where.column << "\n" << shown(problems));
            REQUIRE(std::any_of(problems.begin(), problems.end(), [&](Problem const& p) {
                return p.file == file.shown && p.line > 0 && p.line <= where.line && p.line + 6 >= where.line;
            }));
        }
    }
    CHECK(left_out > 250);
    CHECK(scores.size() == 18);
}

TEST_CASE("the only band of four points, doses of a drug and words cannot be left out") {
    using Catch::Contains;
    CHECK_THAT(all_but("sofa2", "{ up_to = 50, points = 4 }, ", ""),
               Contains("columns.bands: gives 3 2 1 points, from first to last; the definition 4 3 2 1"));
    CHECK_THAT(all_but("sofa", "drug = \"dobutamine\"", "drug = \"dopamine\""),
               Contains("the doses of dobutamine are missing") && Contains("doses.drug: stands twice"));
    CHECK_THAT(all_but("icans", "{ word = \"tactile\", points = 3 }, ", ""),
               Contains("consciousness.words: 'tactile' is missing"));
    CHECK_THAT(all_but("icans", "hemiparesis\", points = 4 }, { word = \"paraparesis\", points = 4",
                       "hemiparesis\", points = 3 }, { word = \"paraparesis\", points = 3"),
               Contains("motor.words: gives 3 points at most; the definition 4"));
    CHECK_THAT(all_but("sofa2", "{ hours = 12, none = true, points = 3 },", ""), Contains("kidney.urine: gives 3 2 1"));
}

namespace {

struct Folder {
    fs::path path = fs::temp_directory_path() / ("vigil-shapes-" + std::to_string(getpid()));
    Folder() {
        fs::remove_all(path);
        fs::create_directories(path);
        fs::copy(fixtures::root() + "/config", path / "config", fs::copy_options::recursive);
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    std::string write(std::string const& name, std::string const& text) const {
        std::ofstream(path / name, std::ios::binary) << text;
        return (path / name).string();
    }
};

} // namespace

TEST_CASE("a journal written under a table that does not load any more still opens") {
    const Folder folder;
    const auto older = changed(changed(shipped("scores/sofa2.toml"), "unit = \"%\"", "unit = \"mg/L\""),
                               "{ up_to = 50, points = 4 }, ", "");
    Problems problems;
    const auto config = load_config((folder.path / "config/vigil.toml").string(), problems);
    const auto rules = load_rulebook(config, problems);
    REQUIRE(rules);
    auto kept = *unpack(rules->bytes, problems);
    for (auto& file : kept)
        if (file.name == "scores/sofa2.toml") file.content = older.content;
    const auto recovered = rulebook_from_bytes(pack(kept), problems);
    INFO(shown(problems));
    REQUIRE(recovered);
    CHECK(problems.empty());
    CHECK(recovered->bytes == pack(kept));

    const auto place = folder.write("config/scores/sofa2.toml", older.content);
    CHECK_FALSE(load_rulebook(config, problems));
    INFO(shown(problems));
    REQUIRE(problems.size() == 2);
    for (auto const& p : problems) CHECK((p.file == place && p.line > 0 && p.column > 0));
    CHECK(mentions(problems, "columns.unit", "must be %"));
    CHECK(mentions(problems, "columns.bands", "the definition 4 3 2 1"));
    // A definition of one's own, in place of the delivered one.
    fs::copy_file(fixtures::root() + "/config/scores/sofa2.toml", place, fs::copy_options::overwrite_existing);
    auto own = config;
    own.own_definitions = {folder.write("mine.toml", older.content)};
    problems.clear();
    CHECK_FALSE(load_rulebook(own, problems));
    REQUIRE(problems.size() == 2);
    CHECK(problems[0].file == own.own_definitions[0]);
}

TEST_CASE("a lone table is checked against the vocabulary near it, else that of the configuration") {
    const Folder folder;
    const auto text = shipped("scores/sofa.toml");
    const auto mixed = changed(text, "{ from = 110, points = 1 }", "{ from = \"1.2\", points = 1 }").content;
    const auto configuration = (folder.path / "config/vigil.toml").string();
    fs::create_directories(folder.path / "far/away");
    const auto good = folder.write("far/away/good.toml", text.content), bad = folder.write("far/away/bad.toml", mixed);
    CHECK(check({good}, configuration).empty());
    CHECK(mentions(check({bad}, configuration), "columns.bands.from", "umol/L"));
    CHECK(mentions(check({good}), "file", "to check its units against"));
    CHECK(mentions(check({folder.write("config/bad.toml", mixed)}), "columns.bands.from", "umol/L"));
    CHECK(mentions(check({folder.write("config/scores/sofa.toml", mixed)}), "columns.bands.from", "umol/L"));
}
