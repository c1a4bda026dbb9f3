#include "cli/score.hpp"
#include "tests/stories/bedside.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <random>
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

std::vector<std::string> scored(Folder const& folder, std::vector<std::vector<std::string>> const& files) {
    const auto rules = testing::shipped_rulebook();
    cli::ScoreJob job;
    job.scores.push_back({model::ScoreId::sofa, model::Product::rolling, model::Basis::native, 0});
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
