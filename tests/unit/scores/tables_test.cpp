#include "definitions/score_tables.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace vigil;

namespace {

std::string text_of(std::string const& name) {
    std::ifstream file{std::string{std::getenv("VIGIL_ROOT")} + "/config/scores/" + name};
    std::stringstream out;
    out << file.rdbuf();
    return out.str();
}

definitions::Problems problems_with(std::string const& from, std::string const& to,
                                    std::string const& name = "sofa.toml") {
    auto text = text_of(name);
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
    definitions::Problems problems;
    (void)definitions::load_score_tables({{"scores/" + name, name, text}}, problems);
    return problems;
}

bool mentions(definitions::Problems const& problems, std::string const& part) {
    return std::any_of(problems.begin(), problems.end(), [&](auto const& p) {
        return definitions::to_string(p).find(part) != std::string::npos && p.line > 0;
    });
}

} // namespace

TEST_CASE("the shipped tables load without a complaint") {
    definitions::Problems problems;
    definitions::Files files;
    for (const std::string id :
         {"ards_berlin", "sofa",  "sofa2", "meld",         "meld_na",     "meld3",       "child_pugh",
          "isth_dic",    "sic",   "kdigo", "lung_indices", "ards_global", "ards_kigali", "rox",
          "murray",      "eolia", "sirs",  "qsofa",        "news2",       "sepsis3",     "septic_shock",
          "apache2",     "saps2", "crs",   "icans",        "vasoactive"})
        files.push_back({"scores/" + id + ".toml", id + ".toml", text_of(id + ".toml")});
    CHECK(files.size() == model::score_id_count);
    const auto t = definitions::load_score_tables(files, problems);
    for (auto const& p : problems) FAIL(definitions::to_string(p));
    CHECK(t.sofa.policies.front().name == "published");
    CHECK(t.berlin.policies.front().name == "published");
    CHECK(t.sofa.imputation.pao2.size() == 471);
    definitions::Problems alone;
    (void)definitions::load_score_tables({}, alone);
    CHECK(alone.size() == model::score_id_count);
}

TEST_CASE("what is wrong with the table of SOFA-2 is said, with its place") {
    const auto wrong = [](std::string const& from, std::string const& to) {
        return problems_with(from, to, "sofa2.toml");
    };
    CHECK(mentions(wrong("others = [\"dobutamine\"", "others = [\"dobutamin\""), "unknown signal 'dobutamin'"));
    CHECK(mentions(wrong("{ above = 0, up_to = 20, points = 2 }", "{ above = 0, up_to = 19, points = 2 }"), "a gap"));
    CHECK(mentions(wrong("signal = \"spo2\"", "signal = \"sao2\""), "the column of spo2 is missing"));
    CHECK(mentions(wrong("drug = \"dopamine\"", "drug = \"dobutamine\""), "the doses of dopamine are missing"));
    CHECK(mentions(wrong("{ hours = 24, below = \"0.3\", points = 3 }", "{ hours = 24, below = \"0.3\", points = 1 }"),
                   "most points"));
    CHECK(mentions(wrong("cap = 2 ", "cap = 7 "), "cap"));
}

TEST_CASE("what is wrong with the table of KDIGO is said, with its place") {
    const auto wrong = [](std::string const& from, std::string const& to) {
        return problems_with(from, to, "kdigo.toml");
    };
    CHECK(mentions(wrong("{ from = 3, points = 3 }", "{ above = 3, points = 3 }"), "counts `from` it"));
    CHECK(mentions(wrong("{ from = 3, points = 3 }, ", ""), "three bands"));
    CHECK(mentions(wrong("{ from = 2, points = 2 }", "{ from = 4, points = 2 }"), "overlap"));
    CHECK(mentions(wrong("unit = \"umol/L\"", "unit = \"mg/dL\""), "stands twice"));
    CHECK(mentions(wrong("unit = \"mg/dL\", rise = \"0.3\"", "unit = \"mg/dL\", rise = \"0\""), "above 0"));
    CHECK(mentions(wrong("severe = \"353.6\"", "severe = \"20\""), "above the rise"));
    CHECK(mentions(wrong("baseline_within = \"168h\"", "baseline_within = \"24h\""), "must not be shorter"));
    CHECK(mentions(wrong("{ hours = 24, below = \"0.3\", points = 3 }", "{ hours = 24, below = \"0.3\", points = 1 }"),
                   "most points"));
    CHECK(mentions(wrong("points = 2 },\n    { hours = 6", "points = 1 },\n    { hours = 6"), "every one"));
    CHECK(mentions(wrong("\"1.3213\", ", ""), "as long as"));
    CHECK(mentions(wrong("\"1.3213\"", "\"1.2213\""), "must not rise"));
    CHECK(mentions(wrong("\"1.3213\"", "\"-1.3\""), "is no creatinine"));
    CHECK(mentions(wrong("verify_fold = 40", "verify_fold = 1"), "verify_fold"));
}

TEST_CASE("what is wrong with the tables of the lung is said, with its place") {
    CHECK(mentions(problems_with("slope = \"0.84\"", "slope = 0", "lung_indices.toml"), "above 0"));
    CHECK(mentions(problems_with("male = 50 ", "mal = 50 ", "lung_indices.toml"), "male"));
    CHECK(mentions(problems_with("{ up_to = 148, points = 3 }, ", "", "ards_global.toml"), "exactly 3"));
    CHECK(mentions(problems_with("\"trach_collar\"]", "\"collar\"]", "ards_global.toml"), "unknown word 'collar'"));
    CHECK(
        mentions(problems_with("percent = 21, per_litre", "percent = 20, per_litre", "ards_global.toml"), "21 to 100"));
    CHECK(mentions(problems_with("resource_limited = true", "resourcelimited = true", "ards_global.toml"), "missing"));
    CHECK(mentions(problems_with("sf = [{ up_to = 315, points = 1 }]",
                                 "sf = [{ up_to = 235, points = 2 }, { up_to = 315, points = 1 }]", "ards_kigali.toml"),
                   "exactly 1"));
    CHECK(mentions(problems_with("below = \"3.47\"", "below = \"2.47\"", "rox.toml"), "ascend"));
    CHECK(mentions(problems_with("low_risk = \"4.88\"", "low_risk = \"3.84\"", "rox.toml"), "low_risk"));
    CHECK(mentions(problems_with("{ above = 11, points = 3 }, ", "", "murray.toml"), "every one of 1 to 4"));
    CHECK(mentions(problems_with("signal = \"crs\"", "signal = \"vt\"", "murray.toml"), "column of crs is missing"));
    CHECK(mentions(problems_with("pf50 = 50", "pf50 = 90", "eolia.toml"), "below pf80"));
    CHECK(mentions(problems_with("gases_apart = \"2h\"", "gases_apart = \"0\"", "eolia.toml"), "longer than nothing"));
}

TEST_CASE("a table of ranges covers the line once, or what is wrong with it is said, with its place") {
    const auto sirs = [](std::string const& from, std::string const& to) {
        return problems_with(from, to, "sirs.toml");
    };
    const std::string normal = "{ from = 36, up_to = 38, points = 0 }";
    CHECK(mentions(sirs(normal, "{ from = 37, up_to = 38, points = 0 }"), "a gap: the range before ends at 36"));
    CHECK(mentions(sirs(normal, "{ above = 36, up_to = 38, points = 0 }"), "a gap: the range before ends at 36"));
    CHECK(mentions(sirs(normal, "{ from = 35, up_to = 38, points = 0 }"), "an overlap: the range before ends at 36"));
    CHECK(mentions(sirs("{ below = 36, points = 1 }", "{ up_to = 36, points = 1 }"), "an overlap"));
    CHECK(mentions(sirs("{ above = 38, points = 1 }", "{ from = 38, points = 1 }"), "an overlap"));
    CHECK(mentions(sirs(normal, "{ from = 36, up_to = 30, points = 0 }"), "ends before it begins"));
    CHECK(mentions(sirs(normal, "{ points = 0, up_to = 38 }"), "does not say where it begins"));
    CHECK(mentions(sirs(normal, "{ from = 36, points = 0 }"), "does not say where it ends"));
    CHECK(mentions(sirs(normal, "{ from = 36, above = 36, up_to = 38, points = 0 }"), "one beginning and one end"));
    CHECK(mentions(sirs("{ below = 36, points = 1 }", "{ from = 20, below = 36, points = 1 }"), "a gap below it"));
    CHECK(mentions(sirs("{ above = 38, points = 1 }", "{ above = 38, up_to = 45, points = 1 }"), "a gap above it"));
    CHECK(mentions(sirs(normal, "{ from = 36, up_to = 38, points = 1 }"), "has the same points"));
    CHECK(mentions(sirs(normal, "{ from = 36, up_to = 38, points = 2 }"), "points"));
    CHECK(mentions(sirs(normal, "{ from = 36, up_to = 38 }"), "is missing"));
    CHECK(mentions(sirs(normal, "{ from = 36, upto = 38, points = 0 }"), "did you mean up_to"));
    CHECK(mentions(sirs(normal, "{ from = 36.0, up_to = 38, points = 0 }"), "decimal in quotes"));
    CHECK(mentions(sirs("ranges = [{ up_to = 90, points = 0 }, { above = 90, points = 1 }]",
                        "ranges = [{ up_to = 90, points = 0 }]"),
                   "at least two ranges"));
    CHECK(mentions(sirs("unit = \"kPa\"", "unit = \"Cel\""), "the wrong unit"));
    CHECK(mentions(sirs("unit = \"kPa\"", "unit = \"furlong\""), "unknown unit"));
    CHECK(mentions(sirs("unit = \"kPa\"", "unit = \"mm[Hg]\""), "stands twice"));
    CHECK(mentions(sirs("unit = \"kPa\"", "unit = \"mm[Hg]\""), "paco2 in kPa is missing"));
    CHECK(mentions(sirs("signal = \"bands\"", "signal = \"spo2\""), "no column of that signal"));
    CHECK(mentions(sirs("signal = \"bands\"", "signal = \"band\""), "unknown word 'band'"));
    CHECK(mentions(sirs("citation = \"Bone 1992: above 90\"\n", ""), "is missing"));
    CHECK(mentions(sirs("from = 2\n", "from = 5\n"), "from"));
}

TEST_CASE("what is wrong with the tables of CRS and ICANS is said") {
    const auto crs = [](std::string const& from, std::string const& to) { return problems_with(from, to, "crs.toml"); };
    CHECK(mentions(crs("{ below = 90, points = 2 }, { from = 90, points = 0 }",
                       "{ below = 90, points = 0 }, { from = 90, points = 2 }"),
                   "one range below"));
    CHECK(mentions(crs("\"vasopressin\", \"terlipressin\"", "\"vasopressin\", \"norepinephrine\""),
                   "is counted already"));
    CHECK(mentions(crs("several = 4 ", "several = 2 "), "must not be below"));
    CHECK(mentions(crs("high = 3", "high = 1"), "must not be below"));
    CHECK(mentions(crs("word = \"niv\"", "word = \"imv\""), "stands twice"));
    CHECK(mentions(crs("word = \"niv\"", "word = \"nivv\""), "word"));
    CHECK(mentions(crs("onset_within = \"336h\"", "onset_within = \"0h\""), "longer than nothing"));
    CHECK(mentions(crs("death = 5", "death = 4"), "death"));
    const auto icans = [](std::string const& from, std::string const& to) {
        return problems_with(from, to, "icans.toml");
    };
    CHECK(mentions(icans("{ up_to = 6, points = 2 }", "{ up_to = 1, points = 2 }"), "bands"));
    CHECK(mentions(icans("word = \"papilloedema\", points = 4", "word = \"papilloedema\", points = 5"), "points"));
    CHECK(mentions(icans("prolonged_points = 4\n", ""), "is missing"));
}

TEST_CASE("ranges as they are printed, and what else NEWS2 and qSOFA need") {
    definitions::Problems problems;
    const auto t =
        definitions::load_score_tables({{"scores/news2.toml", "news2.toml", text_of("news2.toml")}}, problems);
    CHECK(problems.empty());
    // 9 to 11 is what is rounded to it: from 8.5.
    REQUIRE(t.news2.columns.front().ranges.size() == 5);
    CHECK(t.news2.columns.front().ranges[1].from == model::Decimal{85, 1});
    CHECK(t.news2.columns.back().ranges[1].from == model::Decimal{3505, 2});
    const auto news2 = [](std::string const& from, std::string const& to) {
        return problems_with(from, to, "news2.toml");
    };
    CHECK(mentions(news2("{ from = 9, up_to = 11, points = 1 }", "{ from = 10, up_to = 11, points = 1 }"),
                   "a gap: the range before ends at 8"));
    CHECK(mentions(news2("{ from = 9, up_to = 11, points = 1 }", "{ from = 8, up_to = 11, points = 1 }"),
                   "an overlap: the range before ends at 8"));
    CHECK(
        mentions(news2("{ from = 9, up_to = 11, points = 1 }", "{ above = 8, up_to = 11, points = 1 }"), "as printed"));
    CHECK(mentions(news2("{ from = 9, up_to = 11, points = 1 }", "{ from = \"8.5\", up_to = 11, points = 1 }"),
                   "more digits"));
    CHECK(mentions(news2("rounded_to = 1", "rounded_to = 0"), "more digits"));
    CHECK(mentions(news2("{ from = 97, points = 3 }", "{ from = 97, points = 4 }"), "points"));
    CHECK(mentions(news2("high_from = 7", "high_from = 5"), "must be above medium_from"));
    CHECK(mentions(news2("citation = \"RCP 2017, chart 1, SpO2 scale 2, on oxygen\"\n", ""), "is missing"));
    CHECK(mentions(problems_with("gcs_below = 14", "gcs_below = 16", "qsofa.toml"), "gcs_below"));
    CHECK(mentions(problems_with("name = \"live\"", "name = \"lively\"", "qsofa.toml"), "'live' is missing"));
}

TEST_CASE("what is wrong with the table of vasoactive drugs is said, with its place") {
    const auto wrong = [](std::string const& from, std::string const& to) {
        return problems_with(from, to, "vasoactive.toml");
    };
    CHECK(mentions(wrong("\"isoprenaline\", \"enoximone\"]", "\"isoprenaline\"]"), "enoximone has no factor"));
    CHECK(mentions(wrong("left_out = [\"terlipressin\"]", "left_out = []"), "terlipressin has no factor"));
    CHECK(mentions(wrong("[\"terlipressin\"]", "[\"terlipressin\", \"dopamine\"]"), "dopamine stands in several"));
    CHECK(mentions(wrong("drug = \"dopamine\"", "drug = \"epinephrine\""), "stands twice"));
    CHECK(mentions(wrong("drug = \"dopamine\"", "drug = \"propofol\""), "propofol is no vasoactive drug"));
    CHECK(
        mentions(wrong("per = \"U/min\", factor = \"2.5\"", "per = \"ug/kg/min\", factor = \"2.5\""), "must be U/min"));
    CHECK(mentions(wrong("per = \"ng/kg/min\"", "per = \"U/min\""), "must be U/min for vasopressin"));
    CHECK(mentions(wrong("factor = \"0.06\"", "factor = 0"), "above 0"));
    CHECK(mentions(wrong("factor = \"0.06\"", "factor = 0.06"), "decimal in quotes"));
    CHECK(mentions(wrong("equivalence = \"kotani_2023\"", "equivalence = \"kotani\""), "none called 'kotani'"));
    CHECK(mentions(wrong("name = \"goradia_2021\"\ncitation", "name = \"kotani_2023\"\ncitation"), "stands twice"));
    CHECK(mentions(wrong("name = \"live\"", "name = \"lively\""), "'live' is missing"));
}

TEST_CASE("what is wrong with a table is said, with its place") {
    CHECK(mentions(problems_with("{ below = 50, points = 3 }", "{ below = 120, points = 3 }"), "overlap"));
    CHECK(mentions(problems_with("{ below = 50, points = 3 }, ", ""), "does not give every one"));
    CHECK(mentions(problems_with("{ from = 6, points = 3 }", "{ below = 6, points = 3 }"), "same way"));
    CHECK(mentions(problems_with("unit = \"10*9/L\"", "unit = \"furlong\""), "unknown unit"));
    CHECK(mentions(problems_with("{ from = \"1.2\", points = 1 }", "{ from = 1.2, points = 1 }"), "decimal in quotes"));
    CHECK(mentions(problems_with("{ above = 5, up_to = 15, points = 3 }", "{ above = 6, up_to = 15, points = 3 }"),
                   "gap or an overlap"));
    CHECK(mentions(problems_with("citation = \"Vincent 1996, table 3: any dose\"\n", ""), "is missing"));
    CHECK(mentions(problems_with("carried_for = \"72h\"", "carried_for = \"24h\""), "must not be shorter"));
    CHECK(mentions(problems_with("monitor_gap = \"2min\"", "monitor_gap = \"59s\""), "below one minute"));
    CHECK(mentions(problems_with("infusion_gap", "infusion_gab"), "did you mean infusion_gap"));
    CHECK(mentions(problems_with("support = [\"imv\"", "support = [\"imw\""), "unknown word 'imw'"));
    CHECK(mentions(problems_with("name = \"live\"", "name = \"lively\""), "'live' is missing"));
    CHECK(mentions(problems_with("{ up_to = 200, points = 2 }", "{ up_to = 90, points = 2 }", "ards_berlin.toml"),
                   "overlap"));
    // Every problem at once.
    auto text = text_of("sofa.toml");
    text.replace(text.find("below = 50"), 10, "below = 12");
    text.replace(text.find("infusion_min"), 12, "infusion_mim");
    definitions::Problems problems;
    (void)definitions::load_score_tables({{"scores/sofa.toml", "sofa.toml", text}}, problems);
    CHECK(problems.size() >= 3);
}

TEST_CASE("what is wrong with the tables of APACHE II and SAPS II is said, with its place") {
    const auto apache2 = [](std::string const& from, std::string const& to) {
        return problems_with(from, to, "apache2.toml");
    };
    const auto saps2 = [](std::string const& from, std::string const& to) {
        return problems_with(from, to, "saps2.toml");
    };
    CHECK(mentions(apache2("{ from = 34, below = 36, points = 1 }", "{ from = 34, below = 35, points = 1 }"), "a gap"));
    CHECK(mentions(apache2("{ from = 41, points = 4 }", "{ from = 41, points = 5 }"), "points"));
    CHECK(mentions(apache2("signal = \"hct\"", "signal = \"hgb\""), "no column of that signal"));
    CHECK(mentions(apache2("{ above = 60, up_to = 70, points = 1 }", "{ from = 60, up_to = 70, points = 1 }"),
                   "overlap"));
    CHECK(mentions(apache2("exchange = \"0.8\"", "exchange = 0"), "above 0"));
    CHECK(mentions(apache2("stage = 2", "stage = 4"), "stage"));
    CHECK(mentions(apache2("elective = 2", "elective = 6"), "elective"));
    CHECK(mentions(apache2("constant = \"-3.517\"", "konstant = \"-3.517\""), "constant"));
    CHECK(mentions(apache2("stands = \"1h\"", "stands = \"3h\""), "at most 1h"));
    CHECK(mentions(saps2("medical = 6", "medica = 6"), "medical"));
    CHECK(mentions(saps2("aids = 17\n", ""), "aids"));
    CHECK(mentions(saps2("\"cpap\"", "\"cpaap\""), "unknown word 'cpaap'"));
    CHECK(mentions(saps2("unit = \"mmol/L\"", "unit = \"mg/dL\""), "mmol/L is missing"));
    CHECK(mentions(saps2("least = \"6h\"", "least = \"0\""), "longer than nothing"));
    CHECK(mentions(saps2("{ from = 9, below = 11, points = 7 }", "{ from = 10, below = 11, points = 7 }"), "a gap"));
}
