#include "tests/unit/cli/explaining.hpp"

#include "cli/score.hpp"
#include "cli/show.hpp"
#include "core/state.hpp"
#include "tests/stories/bedside.hpp"
#include "wire/publication.hpp"

#include "vigil/v1/score.pb.h"

#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace vigil::testing {

std::string explained(std::string const& rows, std::string const& name, std::optional<model::EventTime> at,
                      std::string const& product) {
    const auto path = std::filesystem::temp_directory_path() / fmt::format("vigil-explain-{}.csv", ::getpid());
    std::ofstream{path} << "obs_ts,encounter,system,code,value,unit\n" << rows;
    const auto rules = testing::shipped_rulebook();
    cli::ScoreJob job;
    job.readings = {path};
    job.at = cli::At::last;
    job.instant = at;
    cli::ScoreChoice choice;
    choice.scores = {name};
    choice.product = product;
    REQUIRE(cli::choose_scores(choice, rules, job));
    std::string out;
    job.show = [&](std::string_view whose, std::vector<model::Score> scores) {
        out.clear();
        const core::State nobody{};
        for (auto const& score : scores) {
            v1::Score wire;
            wire::write_score({}, {}, score, false, {nobody, rules}, wire);
            out += cli::explained(wire, whose);
        }
    };
    CHECK(cli::run_score(job, rules) == 0);
    std::filesystem::remove(path);
    return out;
}

std::string complaints_of(std::function<void()> const& run) {
    const auto path = std::filesystem::temp_directory_path() / fmt::format("vigil-complaints-{}", ::getpid());
    std::FILE* const file = std::fopen(path.c_str(), "w");
    REQUIRE(file != nullptr);
    std::fflush(stderr);
    const int was = ::dup(STDERR_FILENO);
    ::dup2(::fileno(file), STDERR_FILENO);
    run();
    std::fflush(stderr);
    ::dup2(was, STDERR_FILENO);
    ::close(was);
    std::fclose(file);
    std::ifstream in{path};
    std::string out{std::istreambuf_iterator<char>{in}, {}};
    std::filesystem::remove(path);
    return out;
}

} // namespace vigil::testing
