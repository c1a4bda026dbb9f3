#include "cli/score.hpp"
#include "tests/stories/bedside.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace vigil;

namespace {

constexpr char header[] = "obs_ts,encounter,system,code,value,unit\n";

// Twelve days of two stays: longer than anything waits for late rows.
std::vector<std::string> rows() {
    std::vector<std::string> out;
    for (int day = 1; day <= 12; ++day)
        for (int hour = 0; hour < 24; ++hour)
            for (auto const* stay : {"s1", "s2"}) {
                const auto at = fmt::format("2026-03-{:02}T{:02}:10:00Z,{}", day, hour, stay);
                out.push_back(at + fmt::format(",LN,8478-0,{},mm[Hg]\n", 60 + (day * 7 + hour) % 25));
                if (hour % 8 == 0)
                    out.push_back(at + fmt::format(",LN,777-3,{},10*3/uL\n", 20 + (day * 31 + hour) % 150));
                if (hour % 12 == 6) out.push_back(at + fmt::format(",LN,2160-0,{}.{},mg/dL\n", 1 + day % 4, hour % 10));
            }
    return out;
}

struct Folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() / fmt::format("vigil-score-{}", ::getpid());
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() { std::filesystem::remove_all(path); }
};

std::vector<std::string> lines_of(std::filesystem::path const& path) {
    std::ifstream in{path};
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) out.push_back(line);
    std::sort(out.begin(), out.end());
    return out;
}

std::vector<std::string> run(Folder const& folder, std::vector<std::vector<std::string>> const& files,
                             cli::ScoreJob job) {
    const auto rules = testing::shipped_rulebook();
    job.out = folder.path / "out.csv";
    for (auto const& file : files) {
        const auto path = folder.path / fmt::format("in{}.csv", job.readings.size());
        std::ofstream out{path};
        out << header;
        for (auto const& row : file) out << row;
        job.readings.push_back(path);
    }
    REQUIRE(cli::run_score(job, rules) == 0);
    return lines_of(job.out);
}

std::vector<std::string> scored(Folder const& folder, std::vector<std::vector<std::string>> const& files,
                                bool deciding = false, model::Product product = model::Product::rolling) {
    cli::ScoreJob job;
    job.scores.push_back({model::ScoreId::sofa, product, model::Basis::native, 0});
    job.deciding = deciding;
    return run(folder, files, job);
}

} // namespace

TEST_CASE("scores do not depend on the order of a file's rows, nor on how they are spread over files", "[cli]") {
    Folder folder;
    const auto sorted = rows();
    const auto expected = scored(folder, {sorted});
    REQUIRE(expected.size() > 2 * 11 * 24 * 7);

    auto reversed = sorted;
    std::reverse(reversed.begin(), reversed.end());
    CHECK(scored(folder, {reversed}) == expected);

    std::vector<std::string> vitals, laboratory;
    for (auto const& row : sorted) (row.find("8478-0") != std::string::npos ? vitals : laboratory).push_back(row);
    CHECK(scored(folder, {vitals, laboratory}) == expected);

    std::mt19937 random{20'261'126};
    auto shuffled = sorted;
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    CHECK(scored(folder, {shuffled}) == expected);
}

namespace {

cli::ScoreJob job_of(std::filesystem::path const& in, std::filesystem::path const& out) {
    cli::ScoreJob job;
    job.scores.push_back({model::ScoreId::sofa, model::Product::rolling, model::Basis::native, 0});
    job.readings.push_back(in);
    job.out = out;
    return job;
}

std::string whole(std::filesystem::path const& path) {
    std::ifstream in{path};
    return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace

TEST_CASE("scores stand at their path when they are whole, or not at all", "[cli]") {
    Folder folder;
    const auto rules = testing::shipped_rulebook();
    const auto in = folder.path / "in.csv", out = folder.path / "out.csv";
    std::ofstream{in} << header << rows().front();
    std::ofstream{out} << "of before";

    SECTION("what is read is not written over") {
        const auto before = whole(in);
        CHECK(cli::run_score(job_of(in, in), rules) == 64);
        CHECK(whole(in) == before);
    }
    SECTION("an input that is not there leaves what stood there") {
        auto job = job_of(in, out);
        job.readings.push_back(folder.path / "nothing.csv");
        CHECK(cli::run_score(job, rules) == 66);
        CHECK(whole(out) == "of before");
    }
    SECTION("a link stays one, and what it points to is written") {
        const auto link = folder.path / "link.csv";
        std::filesystem::create_symlink(out, link);
        CHECK(cli::run_score(job_of(in, link), rules) == 0);
        CHECK(std::filesystem::is_symlink(link));
        CHECK(whole(out).starts_with("encounter,at"));
    }
    SECTION("a pipe hears each row once, also of rows that come out of order") {
        auto shuffled = rows();
        std::rotate(shuffled.begin(), shuffled.begin() + 1, shuffled.end());
        std::ofstream to{in};
        to << header;
        for (auto const& row : shuffled) to << row;
        to.close();
        REQUIRE(cli::run_score(job_of(in, out), rules) == 0);
        const auto pipe = folder.path / "pipe";
        REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
        std::string heard;
        std::thread reader{[&] { heard = whole(pipe); }};
        CHECK(cli::run_score(job_of(in, pipe), rules) == 0);
        reader.join();
        CHECK(heard == whole(out));
    }
    CHECK(std::distance(std::filesystem::directory_iterator{folder.path}, {}) <= 3); // nothing is left beside them
}

TEST_CASE("sepsis looks back at a SOFA that rose between two whole hours, whatever the order of the rows", "[cli]") {
    Folder folder;
    // The window ends at 00:00 of the 4th: of two platelets the first falls within it, eleven minutes before.
    const std::vector<std::string> sorted = {
        "2026-03-03T00:00:00Z,s1,VIGIL,culture,taken,\n", "2026-03-03T00:00:00Z,s1,VIGIL,plt,200,10*9/L\n",
        "2026-03-03T02:00:00Z,s1,ATC,J01DH02,1,g\n",      "2026-03-03T23:49:00Z,s1,VIGIL,plt,90,10*9/L\n",
        "2026-03-04T05:00:00Z,s1,VIGIL,plt,40,10*9/L\n",
    };
    cli::ScoreJob job;
    job.scores.push_back({model::ScoreId::sepsis3, model::Product::rolling, model::Basis::native, 0});
    job.deciding = true;
    for (const auto at : {cli::At::hourly, cli::At::events}) {
        job.at = at;
        const auto expected = run(folder, {sorted}, job);
        const auto count = [&](std::string const& text) {
            return std::count_if(expected.begin(), expected.end(),
                                 [&](auto const& line) { return line.find(text) != std::string::npos; });
        };
        // What else SOFA could be, nobody measured.
        CHECK(count(",sepsis,possible,") == (at == cli::At::hourly ? 22 : 1));
        CHECK(count(",sepsis,sepsis,valued,,,,sofa_sum,2026-03-03T23:49:00Z,2,") == (at == cli::At::hourly ? 7 : 2));
        CHECK(count(",rise,2,valued,2,22,0,") == (at == cli::At::hourly ? 7 : 2));
        if (at == cli::At::events) break; // each row is evaluated as it comes
        auto reversed = sorted;
        std::reverse(reversed.begin(), reversed.end());
        CHECK(run(folder, {reversed}, job) == expected);
    }
}

TEST_CASE("pumps of one source are added, of two sources the last that spoke is believed", "[cli]") {
    Folder folder;
    const auto in = folder.path / "pumps.csv", out = folder.path / "pumps-out.csv";
    const auto cardio_at_noon = [&](char const* second_source) {
        std::ofstream file{in};
        file << "obs_ts,encounter,source,system,code,value,unit,sub_id\n";
        for (int hour = 8; hour <= 12; ++hour) {
            const auto at = fmt::format("2026-03-01T{:02}:00:", hour);
            file << at << "00Z,s1,one,VIGIL,map,80,mm[Hg],\n";
            file << at << "10Z,s1,one,VIGIL,norepinephrine,0.06,ug/kg/min,left\n";
            file << at << "20Z,s1," << second_source << ",VIGIL,norepinephrine,0.06,ug/kg/min,right\n";
        }
        file.close();
        std::filesystem::remove(out);
        REQUIRE(cli::run_score(job_of(in, out), testing::shipped_rulebook()) == 0);
        for (auto const& line : lines_of(out))
            if (line.find("T12:00:00") != std::string::npos && line.find(",cardio,") != std::string::npos) return line;
        return std::string{};
    };
    CHECK(cardio_at_noon("one").find(",cardio,4,") != std::string::npos);
    CHECK(cardio_at_noon("two").find(",cardio,3,") != std::string::npos);
}

TEST_CASE("with codes each row ends with that of its part, behind all other columns", "[cli]") {
    Folder folder;
    const std::vector<std::string> rows = {"2026-03-01T00:00:00Z,s1,LN,777-3,48,10*3/uL\n"};
    cli::ScoreJob job;
    job.codes = true;
    job.at = cli::At::events;
    job.scores.push_back({model::ScoreId::sofa, model::Product::rolling, model::Basis::native, 0});
    const auto has = [](std::vector<std::string> const& lines, std::string const& line) {
        return std::find(lines.begin(), lines.end(), line) != lines.end();
    };
    const auto plain = run(folder, {rows}, job);
    CHECK(has(plain, "encounter,at,definition,part,value,state,lower,upper,missing,code_system,code"));
    CHECK(has(plain, "s1,2026-03-01T00:00:00Z,sofa@1996+published,coag,3,valued,3,3,0,LN,96824-8"));
    job.scores.push_back({model::ScoreId::sofa2, model::Product::rolling, model::Basis::native, 0});
    job.scores.push_back({model::ScoreId::sic, model::Product::rolling, model::Basis::native, 0});
    job.deciding = true;
    const auto all = run(folder, {rows}, job);
    CHECK(has(all, "encounter,at,definition,part,value,state,lower,upper,missing,deciding_signal,deciding_at,deciding_"
                   "value,deciding_unit,class,quantity,quantity_unit,code_system,code"));
    CHECK(has(all, "s1,2026-03-01T00:00:00Z,sofa2@2025+published,hemo,4,valued,4,4,0,plt,2026-03-01T00:00:00Z,48,"
                   "10*3/uL,,,,VIGIL,sofa2.hemo"));
    CHECK(std::count_if(all.begin(), all.end(), [](auto const& l) { return l.ends_with(",VIGIL,sofa2"); }) == 1);
    CHECK(std::count_if(all.begin(), all.end(), [](auto const& l) { return l.ends_with(",LN,96790-1"); }) == 1);
}

TEST_CASE("a gas keeps the oxygen that was breathed before it as long as it counts", "[cli]") {
    Folder folder;
    std::vector<std::string> sorted = {
        // The older gas has its oxygen from a setting, the newer one from the analyser.
        "2026-03-01T00:00:00Z,s1,VIGIL,resp_device,niv,\n", "2026-03-01T00:10:00Z,s1,LN,19994-3,40,%\n",
        "2026-03-01T01:00:00Z,s1,LN,2703-7,141,mm[Hg]\n",   "2026-03-01T02:00:00Z,s1,VIGIL,resp_device,imv,\n",
        "2026-03-01T03:00:00Z,s1,LN,3150-6,40,%\n",         "2026-03-01T05:50:00Z,s1,LN,2703-7,44,mm[Hg]\n",
    };
    for (int hour = 6; hour < 24 * 12; ++hour)
        sorted.push_back(
            fmt::format("2026-03-{:02}T{:02}:10:00Z,s1,LN,8867-4,{},/min\n", 1 + hour / 24, hour % 24, 60 + hour % 25));
    auto reversed = sorted;
    std::reverse(reversed.begin(), reversed.end());
    for (auto product : {model::Product::rolling, model::Product::day, model::Product::now}) {
        CAPTURE(model::name_of(product));
        const auto expected = scored(folder, {sorted}, true, product);
        CHECK(scored(folder, {reversed}, true, product) == expected);
        const auto of_the_newer = std::count_if(expected.begin(), expected.end(), [](auto const& line) {
            return line.find(",resp,3,") != std::string::npos && line.ends_with(",44,mm[Hg]");
        });
        CHECK(of_the_newer == (product == model::Product::now ? 72 : product == model::Product::day ? 18 : 24));
    }
}

TEST_CASE("asked for, each row ends with the reading that decided, and is the same row otherwise", "[cli]") {
    Folder folder;
    const std::vector<std::string> file = {
        "2026-03-01T06:00:00Z,s1,LN,777-3,<10,10*3/uL\n",
        "2026-03-01T06:10:00Z,s1,LN,2160-0,3.60,mg/dL\n",
        "2026-03-01T06:10:00Z,s1,VIGIL,rrt,crrt,\n",
        "2026-03-01T06:20:00Z,s1,LN,2160-0,5.2,mg/dL\n",
    };
    const auto plain = scored(folder, {file});
    const auto told = scored(folder, {file}, true);
    REQUIRE(plain.size() == told.size());
    const auto row = [&told](std::string const& start) {
        const auto at =
            std::find_if(told.begin(), told.end(), [&](auto const& line) { return line.starts_with(start); });
        return at == told.end() ? std::string{} : at->substr(start.size());
    };
    for (std::size_t i = 0; i < plain.size(); ++i) CHECK(told[i].starts_with(plain[i] + ","));
    const std::string hour = "s1,2026-03-01T07:00:00Z,sofa@1996+published,";
    CHECK(row(hour + "coag,") == "4,valued,4,4,0,plt,2026-03-01T06:00:00Z,<10,10*3/uL");
    CHECK(row(hour + "renal,") == "4,valued,4,4,0,crea,2026-03-01T06:20:00Z,5.2,mg/dL");
    CHECK(row(hour + "liver,") == ",not_measured,0,4,1,,,,");
    CHECK(row(hour + "total,").ends_with(",,,,"));
}
