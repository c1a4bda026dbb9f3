// Every number of the delivered tables, in turn as it would be in another unit: none may load, and each is found where
// it stands.

#include "definitions/delivered_check.hpp"
#include "definitions/score_tables.hpp"

#include "core/model/decimal.hpp"
#include "fixtures.hpp"

#include <catch2/catch.hpp>
#include <regex>

using namespace vigil::definitions;
using namespace vigil;
using fixtures::changed;
using fixtures::delivered;
using fixtures::mentions;
using fixtures::shipped;
using fixtures::shown;

namespace {

Problems problems_of(File const& file) {
    Problems problems;
    check_against_delivered({file}, problems);
    return problems;
}

Problems all_but(std::string const& score, std::string const& from, std::string const& to) {
    return problems_of(changed(shipped("scores/" + score + ".toml"), from, to));
}

std::string times(std::string const& number, model::Decimal num, model::Decimal den) {
    const auto d = model::parse_decimal(number);
    REQUIRE(d);
    const auto product = model::scaled(model::ratio(*d), num, den);
    REQUIRE(product);
    const auto rounded = model::round_half_up(*product, 6);
    REQUIRE(rounded);
    return to_string(*rounded);
}

} // namespace

TEST_CASE("what is as delivered has no problems") {
    for (auto const& file : delivered()) CHECK(problems_of(file).empty());
}

TEST_CASE("a number of any table that is several times off does not load, and is found where it stands") {
    const std::regex value{R"re((^|[{,\[] *)([a-z_0-9]+) = ("?)([0-9]+(\.[0-9]+)?)\3(?=[ ,}\]\n]))re"};
    // What laboratories set, and bilirubin, which is printed otherwise for some.
    const auto is_wider = [](File const& file, std::size_t at) {
        const auto column = file.content.rfind("[[columns]]", at);
        if (column == std::string::npos) return false;
        const auto text = file.content.substr(column, at - column);
        return (file.name == "scores/isth_dic.toml" && text.find("\"marker\"") != std::string::npos) ||
               (file.name == "scores/child_pugh.toml" && text.find("\"bili\"") != std::string::npos);
    };
    std::size_t places = 0, refused = 0;
    for (auto const& file : delivered()) {
        std::size_t begin = 0;
        int line = 0;
        while (begin < file.content.size()) {
            const auto end = std::min(file.content.find('\n', begin), file.content.size());
            const std::string text = file.content.substr(begin, end - begin) + "\n";
            ++line;
            for (std::sregex_iterator i{text.begin(), text.end(), value}, none; i != none; ++i) {
                auto const key = (*i)[2].str(), number = (*i)[4].str();
                if (is_wider(file, begin + static_cast<std::size_t>(i->position(3)))) continue;
                if (key == "id" || key == "version" || key == "citation" || key == "points" || number == "0") continue;
                const auto at = static_cast<std::size_t>(i->position(3));
                const auto size = number.size() + 2 * (*i)[3].str().size();
                for (auto const& [num, den] : {std::pair{model::Decimal{750062, 5}, model::Decimal{1, 0}},
                                               {model::Decimal{1, 0}, model::Decimal{750062, 5}},
                                               {model::Decimal{26, 1}, model::Decimal{1, 0}}}) {
                    auto other = file;
                    other.content.replace(begin + at, size, '"' + times(number, num, den) + '"');
                    const auto problems = problems_of(other);
                    ++places;
                    INFO(file.name << ":" << line << " " << key << " " << number << "\n" << shown(problems));
                    CHECK(problems.size() == 1);
                    if (problems.size() == 1 && problems[0].line == line &&
                        problems[0].column == static_cast<int>(at) + 1)
                        ++refused;
                }
            }
            begin = end + 1;
        }
    }
    CHECK(places == refused);
    CHECK(places > 1000);
}

TEST_CASE("limits may be moved, and what is nobody's limit may be anything") {
    CHECK(all_but("sofa", "{ below = 70, points = 1 }", "{ below = 65, points = 1 }").empty());
    CHECK(all_but("sofa2", "potassium = 6 ", "potassium = \"6.5\" ").empty());
    CHECK(all_but("sofa", "window = \"24h\"", "window = \"2h\"").empty()); // a length is read with its unit
    CHECK(all_but("sofa", "version = \"1996\"", "version = \"7\"").empty());
    // A column in a further unit is compared with the first one, not with what was delivered.
    auto child = shipped("scores/child_pugh.toml");
    child.content += "\n[[columns]]\npart = \"albumin\"\nsignal = \"alb\"\nunit = \"g/L\"\ncitation = \"x\"\n"
                     "bands = [{ below = 28, points = 3 }, { up_to = 35, points = 2 }]\n";
    CHECK(problems_of(child).empty());
}

TEST_CASE("what a laboratory sets and what is printed otherwise loads, in another unit it does not") {
    CHECK(all_but("isth_dic", "{ above = 2, points = 3 }, { above = 1,", "{ above = 7, points = 3 }, { above = 3,")
              .empty());
    CHECK_FALSE(
        all_but("isth_dic", "{ above = 2, points = 3 }, { above = 1,", "{ above = 2000, points = 3 }, { above = 1000,")
            .empty());
    CHECK(all_but("child_pugh", "{ above = 3, points = 3 }", "{ above = 10, points = 3 }").empty());
    CHECK_FALSE(all_but("child_pugh", "{ above = 3, points = 3 }", "{ above = 51, points = 3 }").empty());
}

TEST_CASE("what is in another unit is told with what was delivered") {
    CHECK(mentions(all_but("ards_berlin", "{ up_to = 100, points = 3 }", "{ up_to = \"13.3\", points = 3 }"),
                   "oxygenation.bands.up_to",
                   "13.3 is more than 2.5 times off the 100 that was delivered: in another unit?"));
    CHECK(mentions(all_but("sofa2", "acidosis_ph = \"7.2\"", "acidosis_ph = 63"), "kidney.acidosis_ph", "63 is more"));
    CHECK(mentions(all_but("lung_indices", "height = \"152.4\"", "height = \"1.524\""), "predicted_weight.height",
                   "1.524 is more"));
    CHECK(mentions(all_but("sofa", "{ below = 20, points = 4 }", "{ below = 2, points = 4 }"), "columns.bands.below",
                   "2 is more"));
    CHECK(mentions(all_but("kdigo", "severe_points = 3", "severe_points = 2"), "creatinine.severe_points",
                   "is 3 by the definition"));
    CHECK(mentions(all_but("sofa2", "cap = 2 ", "cap = 0 "), "resp.cap", "0 is more"));
    CHECK(mentions(all_but("meld", "constant = \"0.643\"", "constant = \"-0.643\""), "factors.constant", "-0.643"));
}
