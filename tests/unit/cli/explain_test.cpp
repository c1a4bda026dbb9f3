#include "cli/score.hpp"
#include "tests/stories/bedside.hpp"
#include "tests/unit/cli/explaining.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <unistd.h>

using namespace vigil;
using testing::explained;

namespace {

constexpr char stay[] = "2026-03-01T08:00:00Z,s1,LN,777-3,48,10*3/uL\n"
                        "2026-03-01T09:00:00Z,s1,LN,1975-2,34,umol/L\n"
                        "2026-03-01T10:00:00Z,s1,LN,8478-0,62,mm[Hg]\n";

} // namespace

TEST_CASE("a score is explained part by part: what decided, when, as reported, what was missing", "[cli]") {
    const auto text = explained(stay, "sofa");
    INFO(text);
    CHECK_THAT(text, Catch::StartsWith("sofa@1996+published, rolling, native basis\ns1 at 2026-03-01T10:00:00"));
    // 3 for platelets, 2 for bilirubin, 1 for pressure; respiration, brain and kidneys not measured.
    CHECK_THAT(text, Catch::Contains("total          6, from 6 to 18, 3 not measured"));
    CHECK_THAT(text, Catch::Contains("coag           3\n  code LN 96824-8\n"));
    CHECK_THAT(text, Catch::Contains("48 10*3/uL  compared as 48.000 10*9/L"));
    CHECK_THAT(text, Catch::Contains("34 umol/L  compared as 34 umol/L"));
    CHECK_THAT(text, Catch::Contains("measured 2026-03-01T09:00:00"));
    CHECK_THAT(text, Catch::Contains("resp           not measured, from 0 to 4"));
    CHECK_THAT(text, Catch::Contains("missing"));
}

TEST_CASE("a part without a published code is explained with its local one", "[cli]") {
    const auto text = explained(stay, "sofa2");
    INFO(text);
    CHECK_THAT(text, Catch::Contains("\n  code VIGIL sofa2\n"));
    CHECK_THAT(text, Catch::Contains("\n  code VIGIL sofa2.hemo\n"));
    CHECK_THAT(text, !Catch::Contains("code LN"));
}

TEST_CASE("a score is explained as of an instant: what came later is not in it", "[cli]") {
    const auto half_past_nine = model::EventTime{1'772'355'600'000 + 1'800'000};
    const auto text = explained(stay, "sofa", half_past_nine);
    INFO(text);
    CHECK_THAT(text, Catch::Contains("s1 at 2026-03-01T09:30:00"));
    CHECK_THAT(text, Catch::Contains("total          5, from 5 to 21, 4 not measured"));
    CHECK_THAT(text, !Catch::Contains("62 mm[Hg]"));
}

TEST_CASE("what was refused is shown where it would have counted, and what it ended", "[cli]") {
    const auto text = explained("2026-03-01T08:00:00Z,s1,VIGIL,resp_device,imv,\n"
                                "2026-03-01T08:00:00Z,s1,VIGIL,fio2_set,60,%\n"
                                "2026-03-01T09:55:00Z,s1,VIGIL,fio2_set,6,%\n"
                                "2026-03-01T10:00:00Z,s1,VIGIL,pao2,60,mm[Hg]\n"
                                "2026-03-01T10:00:00Z,s1,VIGIL,plt,-4,10*9/L\n",
                                "sofa");
    INFO(text);
    CHECK_THAT(text, Catch::Contains("resp           not measured, from 0 to 4"));
    CHECK_THAT(text, Catch::Contains("flagged unreadable: "));
    CHECK_THAT(text, Catch::Contains("60 mm[Hg]  because unreadable: what was told last cannot be read"));
    CHECK_THAT(text, Catch::Contains("6 %  because out_of_range: impossible for this quantity\n"
                                     "      measured 2026-03-01T09:55:00Z"));
    CHECK_THAT(text, Catch::Contains("-4 10*9/L  because out_of_range"));
}

TEST_CASE("a coma score that contradicts itself shows both", "[cli]") {
    const auto text = explained("2026-03-01T08:00:00Z,s1,VIGIL,gcs_eye,4,{score}\n"
                                "2026-03-01T08:00:00Z,s1,VIGIL,gcs_verbal,5,{score}\n"
                                "2026-03-01T08:00:00Z,s1,VIGIL,gcs_motor,6,{score}\n"
                                "2026-03-01T08:00:00Z,s1,VIGIL,gcs_total,9,{score}\n",
                                "sofa");
    INFO(text);
    CHECK_THAT(text, Catch::Contains("cns            0"));
    CHECK_THAT(text, Catch::Contains("gcs_total                  refused      9 {score}  because conflict"));
    const auto half = explained("2026-03-01T08:00:00Z,s1,VIGIL,gcs_total,14.5,{score}\n", "sofa");
    INFO(half);
    CHECK_THAT(half, Catch::Contains("gcs_total                  refused      14.5 {score}"));
}

TEST_CASE("an antibiotic that no culture belongs to says so", "[cli]") {
    const auto text = explained("2026-02-22T08:00:00Z,s1,VIGIL,culture,taken,\n"
                                "2026-03-01T08:00:00Z,s1,VIGIL,antibiotic,treatment,\n",
                                "sepsis3");
    INFO(text);
    CHECK_THAT(text, Catch::Contains("because no_culture: no culture was taken near enough to it"));
}

TEST_CASE("of a stay asked for only its own refusals are told, of the others how many they were", "[cli]") {
    const auto path = std::filesystem::temp_directory_path() / fmt::format("vigil-others-{}.csv", ::getpid());
    std::ofstream{path} << "obs_ts,encounter,system,code,value,unit\n"
                        << stay
                        << "2026-03-01T10:01:00Z,s1,LN,777-3,-4,10*3/uL\n"
                           "2026-03-01T10:02:00Z,s1,LN,99999-9,4,mg\n"
                           "2026-03-01T10:03:00Z,s2,LN,777-3,-5,10*3/uL\n"
                           "2026-03-01T10:04:00Z,s2,LN,88888-8,4,mg\n"
                           "2026-03-01T10:05:00Z,s2,LN,99999-9,4,mg\n"
                           "2026-03-01T10:06:00Z,s2,,777-3,4,mg\n"
                           "soon,,LN,777-3,4,mg\n";
    const auto rules = testing::shipped_rulebook();
    const auto complaints = [&](std::string const& asked) {
        cli::ScoreJob job;
        job.readings = {path};
        job.at = cli::At::last;
        job.asked_stay = asked;
        job.show = [](std::string_view, std::vector<model::Score> const&) {};
        cli::ScoreChoice choice;
        choice.scores = {"sofa"};
        REQUIRE(cli::choose_scores(choice, rules, job));
        return testing::complaints_of([&] { CHECK(cli::run_score(job, rules) == 0); });
    };
    const auto all = complaints(""), of_one = complaints("s1");
    std::filesystem::remove(path);
    INFO(all << of_one);
    for (auto const* line : {":5: 777-3: out_of_range", ":7: 777-3: out_of_range", ":10: no system",
                             "LN 88888-8 [mg], 1", "LN 99999-9 [mg], 2", ":11: no encounter"})
        CHECK_THAT(all, Catch::Contains(line));
    CHECK_THAT(all, !Catch::Contains("other stays"));
    for (auto const* line : {":5: 777-3: out_of_range", "LN 99999-9 [mg], 1", ":11: no encounter",
                             "4 readings of other stays were refused"})
        CHECK_THAT(of_one, Catch::Contains(line));
    for (auto const* line : {":7:", ":10:", "88888-8"}) CHECK_THAT(of_one, !Catch::Contains(line));
}

TEST_CASE("what readings do not say of a stay comes from a table, or is complained of", "[cli]") {
    const auto path = std::filesystem::temp_directory_path() / fmt::format("vigil-stays-{}.csv", ::getpid());
    const auto rules = testing::shipped_rulebook();
    const auto read = [&](std::string const& rows) {
        std::ofstream{path} << "encounter,age,sex,admitted\n" << rows;
        cli::ScoreChoice choice;
        choice.scores = {"meld3"};
        choice.stays = path;
        cli::ScoreJob job;
        return std::pair{cli::choose_scores(choice, rules, job), job.stays};
    };
    const auto [good, stays] = read("s1,61,F,2026-03-01T08:30:00Z\ns2,,,\n");
    CHECK(good);
    CHECK(stays.at("s1").age_years == 61U);
    CHECK(stays.at("s1").sex == model::Sex::female);
    CHECK(stays.at("s1").admitted == model::EventTime{1'772'353'800'000});
    CHECK_FALSE(stays.at("s2").age_years);
    CHECK(stays.at("s2").sex == model::Sex::unspecified);
    for (auto const* wrong : {"s1,sixty,f,\n", "s1,-1,f,\n", "s1,131,f,\n", "s1,60,x,\n", "s1,60,f,2026-03-01\n",
                              ",60,f,\n", "s1,60,f,\ns1,61,f,\n"})
        CHECK_FALSE(read(wrong).first);
    std::filesystem::remove(path);
}
