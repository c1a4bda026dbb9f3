// What is wrong with the tables of MELD, Child-Pugh, DIC and SIC is said, with its place.

#include "case.hpp"

#include "definitions/score_tables.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace vigil;

namespace {

// The table of a score, in which `from` stands as `to`.
definitions::File file_with(std::string const& id, std::string const& from = {}, std::string const& to = {}) {
    std::ifstream file{std::string{std::getenv("VIGIL_ROOT")} + "/config/scores/" + id + ".toml"};
    std::stringstream text;
    text << file.rdbuf();
    auto all = text.str();
    const auto at = all.find(from);
    REQUIRE(at != std::string::npos);
    all.replace(at, from.size(), to);
    return {"scores/" + id + ".toml", id + ".toml", all};
}

bool complains(std::string const& id, std::string const& from, std::string const& to, std::string const& part) {
    definitions::Problems problems;
    (void)definitions::load_score_tables({file_with(id, from, to)}, problems);
    return std::any_of(problems.begin(), problems.end(), [&](auto const& p) {
        return definitions::to_string(p).find(part) != std::string::npos && p.line > 0;
    });
}

scores::Tables tables_with(std::string const& id, std::string const& from, std::string const& to) {
    definitions::Problems problems;
    auto t = definitions::load_score_tables({file_with(id, from, to)}, problems);
    for (auto const& p : problems) FAIL(definitions::to_string(p));
    return t;
}

} // namespace

TEST_CASE("what is wrong with the tables of MELD is said") {
    CHECK(complains("meld", "bilirubin = { least = 1 }", "bilirubin = { least = 0 }", "must not be below 1"));
    CHECK(complains("meld", "bilirubin = { least = 1 }", "bilirubin = { }", "least"));
    CHECK(complains("meld", "least = 1, most = 4", "least = 1", "most"));
    CHECK(complains("meld", "least = 1, most = 4", "least = 1, most = 1", "above `least`"));
    CHECK(complains("meld", "ln_inr = \"1.12\"", "ln_inr = 1.12", "decimal in quotes"));
    CHECK(complains("meld", "ln_inr = \"1.12\"\n", "", "ln_inr"));
    CHECK(complains("meld", "ln_inr = \"1.12\"", "ln_inr = \"1.12000000001\"", "six decimals"));
    CHECK(complains("meld", "constant = \"0.643\"", "constant = 6430", "from -1000 to 1000"));
    CHECK(complains("meld", "most = 40", "most = 5", "above `least`"));
    CHECK(complains("meld", "within = \"168h\"", "within = \"200h\"", "longer than a week"));
    CHECK(complains("meld", "continuous_for = \"24h\"", "continuous_for = \"30h\"", "longer than a day"));
    CHECK(complains("meld", "continuous = \"24h\"", "continuous = \"169h\"", "longer than `within`"));
    CHECK(complains("meld", "sessions = 2", "sessions = 0", "sessions"));
    CHECK(complains("meld", "[inputs]", "[imputs]", "did you mean inputs"));
    CHECK(complains("meld", "id = \"meld\"", "id = \"meld_na\"", "must be 'meld'"));
    CHECK(complains("meld_na", "sodium = { least = 125, most = 137 }", "", "sodium"));
    CHECK(complains("meld_na", "sodium_meld = \"-0.033\"", "", "sodium_meld"));
    CHECK(complains("meld_na", "name = \"live\"", "name = \"lively\"", "'live' is missing"));
    CHECK(complains("meld3", "albumin = { least = \"1.5\", most = \"3.5\" }", "", "albumin"));
    CHECK(complains("meld3", "female = \"1.33\"", "female = \"1.33\"\nmale = 0", "male"));
}

TEST_CASE("what is wrong with the tables of Child-Pugh, DIC and SIC is said") {
    CHECK(complains("child_pugh", "signal = \"inr\"", "signal = \"pt\"", "the column of inr is missing"));
    CHECK(complains("child_pugh", "moderate = 3", "moderate = 1", "no fewer points"));
    CHECK(complains("child_pugh", "severe = 3\n", "", "severe"));
    CHECK(complains("child_pugh", "c_from = 10", "c_from = 7", "above `b_from`"));
    CHECK(
        complains("child_pugh", "{ above = \"2.3\", points = 3 }", "{ above = \"2.3\", points = 4 }", "every column"));
    CHECK(complains("child_pugh", "{ above = 51, points = 3 }, ", "", "same points"));
    CHECK(complains("isth_dic", "set = false\n", "", "set"));
    CHECK(complains("isth_dic", "pt_upper_limit = 14", "pt_upper_limit = 0", "above 0"));
    CHECK(complains("isth_dic", "pt_upper_limit = 14 ", "", "pt_upper_limit"));
    CHECK(complains("isth_dic", "signal = \"ddimer\"", "signal = \"crp\"", "the column of ddimer is missing"));
    CHECK(complains("isth_dic", "overt_from = 5", "overt_from = 0", "overt_from"));
    CHECK(complains("sic", "{ below = 100, points = 2 }", "{ below = 200, points = 2 }", "overlap"));
    CHECK(complains("sic", "organs_most = 2", "organs_most = 0", "organs_most"));
}

TEST_CASE("seconds of prothrombin time are counted from the laboratory's own upper limit") {
    const auto bounds = [](scores::Tables const& t) {
        std::vector<model::Decimal> out;
        for (auto const& c : t.isth_dic.columns)
            if (c.signal == model::Signal::pt)
                for (auto const& b : c.bands) out.push_back(b.bound);
        return out;
    };
    CHECK(bounds(tables_with("isth_dic", "", "")) == std::vector<model::Decimal>{{20, 0}, {17, 0}});
    CHECK(bounds(tables_with("isth_dic", "pt_upper_limit = 14 ", "pt_upper_limit = \"12.7\" ")) ==
          std::vector<model::Decimal>{{187, 1}, {157, 1}});
}

TEST_CASE("limits that nobody has set are flagged, those that the laboratory has set are not") {
    auto rules = test::rulebook();
    const auto timeline = test::timeline_of(test::parse_input("plt 90, ddimer 3, pt 18, fib 2"));
    for (const bool set : {false, true}) {
        rules.tables.isth_dic.local = set;
        const auto score = scores::evaluate(test::parse_key("isth_dic"),
                                            {&timeline, test::t0 - model::hours(9), {}, {}}, test::t0, rules);
        std::size_t flagged = 0;
        for (auto const& p : score.parts)
            if (p.flags.has(model::Flag::local_limits_unset)) ++flagged;
        CHECK(flagged == (set ? 0 : 2));
        CHECK(score.parts.front().points == 5);
    }
}
