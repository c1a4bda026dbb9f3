// Which configuration the commands read when --config does not say: VIGIL_CONFIG, as their help has it.

#include "cli/commands.hpp"
#include "cli/score.hpp"
#include "cli/table_file.hpp"
#include "command_line/command_line.hpp"
#include "tests/unit/cli/explaining.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <unistd.h>

using namespace vigil;
namespace fs = std::filesystem;

namespace {

// The delivered configuration with another limit of platelets, named by VIGIL_CONFIG, and a stay.
struct Site {
    fs::path path = fs::temp_directory_path() / fmt::format("vigil-configuration-{}", ::getpid());
    Site() {
        fs::remove_all(path);
        char const* root = std::getenv("VIGIL_ROOT");
        fs::copy(fs::path{root == nullptr ? "." : root} / "config", path, fs::copy_options::recursive);
        change("scores/sofa.toml", "below = 150,", "below = 151,");
        std::ofstream{path / "r.csv"} << "obs_ts,encounter,system,code,value,unit\n"
                                         "2026-03-01T01:00:00Z,a,VIGIL,plt,150,10*9/L\n";
        name((path / "vigil.toml").string());
    }
    ~Site() {
        ::unsetenv("VIGIL_CONFIG");
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    static void name(std::string const& file) { REQUIRE(::setenv("VIGIL_CONFIG", file.c_str(), 1) == 0); }
    void change(std::string const& file, std::string const& from, std::string const& to) const {
        std::ifstream in{path / file};
        std::string text{std::istreambuf_iterator<char>{in}, {}};
        REQUIRE(text.find(from) != std::string::npos);
        text.replace(text.find(from), from.size(), to);
        std::ofstream{path / file} << text;
    }
};

// `vigil NAME ...` without --config: its exit code.
int run(void (*add)(command_line::Command&, cli::Session&), std::vector<std::string> const& arguments) {
    command_line::Program app;
    cli::Session session;
    add(app, session);
    std::vector<char const*> words{"vigil"};
    for (auto const& a : arguments) words.push_back(a.c_str());
    REQUIRE_FALSE(app.parse(static_cast<int>(words.size()), words.data()));
    return session.run();
}

} // namespace

TEST_CASE("score, explain and outcomes read the configuration that VIGIL_CONFIG names", "[cli]") {
    const Site site;
    const auto readings = (site.path / "r.csv").string(), out = (site.path / "out.csv").string();
    const std::vector<std::string> score{"score", readings, "-o", out}, explain{"explain", readings, "sofa"},
        outcomes{"outcomes", readings, "-o", out};

    REQUIRE(run(cli::add_score, score) == cli::Exit::ok);
    const auto scored = cli::read_table(out);
    REQUIRE(scored);
    for (auto const& row : scored->rows) CHECK(row["definition"] == "sofa@1996+published (locally modified)");

    site.change("outcomes.toml", "days = 28", "days = 27");
    REQUIRE(run(cli::add_outcomes, outcomes) == cli::Exit::ok);
    std::ifstream followed{out};
    std::string header;
    std::getline(followed, header);
    CHECK_THAT(header, Catch::Contains("vfd27"));

    Site::name((site.path / "nothing.toml").string());
    struct Command {
        void (*add)(command_line::Command&, cli::Session&);
        std::vector<std::string> arguments;
    };
    for (auto const& c :
         {Command{cli::add_score, score}, Command{cli::add_explain, explain}, Command{cli::add_outcomes, outcomes}}) {
        int code = 0;
        const auto said = testing::complaints_of([&] { code = run(c.add, c.arguments); });
        CHECK(code == cli::Exit::config);
        CHECK_THAT(said, Catch::Contains("nothing.toml"));
    }
}
