#include "cli/commands.hpp"
#include "cli/table_file.hpp"
#include "command_line/command_line.hpp"
#include "tests/stories/bedside.hpp"
#include "wire/days_csv.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <unistd.h>

using namespace vigil;

namespace {

struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / fmt::format("vigil-outcomes-{}-{}", ::getpid(), ++serial);
    static inline int serial = 0;
    Folder() { std::filesystem::create_directory(path); }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string write(char const* name, std::string const& text) const {
        std::ofstream{path / name} << text;
        return path / name;
    }
};

std::string config() {
    char const* root = std::getenv("VIGIL_ROOT");
    return std::string{root == nullptr ? "." : root} + "/config/vigil.toml";
}

// `vigil outcomes`: the exit code, and the rows by encounter.
int run(Folder const& folder, std::vector<std::string> arguments, cli::TableFile& out) {
    command_line::Program app;
    cli::Session session;
    session.config_file = config();
    cli::add_outcomes(app, session);
    const auto to = folder.path / "out.csv";
    arguments.insert(arguments.end(), {"-o", to});
    std::vector<char const*> words{"vigil", "outcomes"};
    for (auto const& a : arguments) words.push_back(a.c_str());
    REQUIRE_FALSE(app.parse(static_cast<int>(words.size()), words.data()));
    const int code = session.run();
    if (std::filesystem::exists(to)) out = *cli::read_table(to);
    return code;
}

std::string at_hour(int hour) { return fmt::format("2026-03-{:02}T{:02}:00:00Z", 1 + hour / 24, hour % 24); }

// A stay of ten days: ventilated until day 5, SOFA's platelets fall from day to day.
std::string stay(std::string const& name) {
    std::string out;
    for (int h = 0; h <= 240; h += 6)
        out += fmt::format("{},{},VIGIL,resp_device,{},\n", at_hour(h), name, h < 120 ? "imv" : "room_air");
    for (int d = 0; d < 10; ++d)
        out += fmt::format("{},{},VIGIL,plt,{},10*9/L\n", at_hour(d * 24 + 3), name, 160 - 15 * d);
    return out;
}

constexpr char header[] = "obs_ts,encounter,system,code,value,unit\n";

} // namespace

TEST_CASE("outcomes of recorded stays: one row a stay, what is missing is missing", "[cli]") {
    const Folder folder;
    const auto readings =
        folder.write("r.csv", header + stay("a") + stay("b") + at_hour(2) + ",a,VIGIL,enrolled,yes,\n" + at_hour(700) +
                                  ",a,VIGIL,alive_known,yes,\n");
    cli::TableFile table;
    REQUIRE(run(folder, {readings, "--t0", "admission", "--sofa-day", "3"}, table) == 0);
    REQUIRE(table.rows.size() == 2);
    auto const& a = table.rows[0];
    CHECK(a["encounter"] == "a");
    CHECK(a["t0"] == "2026-03-01T00:00:00Z");
    // Seen until day 10 and not known to have left: what came after is not known.
    CHECK(a["vfd28"] == "");
    CHECK(a["vfd28_why"] == "support_unknown");
    CHECK(a["vfd28_lower"] == "0");
    CHECK(a["vfd28_upper"] == "23");
    CHECK(a["mortality28"] == "no");
    CHECK(a["mortality60"] == "");
    CHECK(a["mortality60_why"] == "status_unknown");
    CHECK(a["sofa_baseline"] == "0");
    CHECK(a["sofa_delta"] == "1"); // 130
    CHECK(a["sofa_max"] == "3");   // 25 on day 10
    CHECK(std::stoi(a["sofa_days"]) == 10);
    CHECK(a["sofa_incomplete"] == "10");
    CHECK(table.rows[1]["mortality28"] == "");

    const auto stays = folder.write("s.csv", "encounter,left_unit,alive_known,died\na,2026-03-11T00:00:00Z,,\n"
                                             "b,,,2026-03-20T00:00:00Z\n");
    REQUIRE(run(folder, {readings, "--t0", "admission", "--stays", stays}, table) == 0);
    CHECK(table.rows[0]["vfd28"] == "23");
    CHECK(table.rows[0]["vfd28_days"] == "23.0");
    CHECK(table.rows[0]["vfd28_at"] == "2026-03-06T00:00:00Z");
    CHECK(table.rows[0]["osfd21"] == "16");
    CHECK(table.rows[1]["vfd28"] == "0");
    CHECK(table.rows[1]["vfd28_why"] == "died");
    CHECK(table.rows[1]["osfd21"] == "-1");
    CHECK(table.rows[1]["died_on_day"] == "20");

    REQUIRE(run(folder, {readings, "--t0", "enrolment", "--stays", stays}, table) == 0);
    CHECK(table.rows[0]["t0"] == "2026-03-01T02:00:00Z");
    CHECK(table.rows[0]["vfd28_days"] == "23.1"); // 5 days less two hours
    CHECK(table.rows[1]["t0_note"] == "not_enrolled");
    CHECK(table.rows[1]["died_on_day"] == "");

    REQUIRE(run(folder, {readings, "--t0", "intubation"}, table) == 0);
    CHECK(table.rows[0]["t0"] == "2026-03-01T00:00:00Z");
    CHECK(table.rows[0]["t0_note"] == "");
}

TEST_CASE("outcomes complain of what they cannot read", "[cli]") {
    const Folder folder;
    cli::TableFile table;
    CHECK(run(folder, {folder.path / "nothing.csv"}, table) == 66);
    CHECK(run(folder, {folder.write("bad.csv", "a,b\n1,2\n")}, table) == 65);
    const auto readings = folder.write("r.csv", header + stay("a"));
    CHECK(run(folder, {readings, "--stays", folder.write("s.csv", "encounter,died\na,yesterday\n")}, table) == 64);
    CHECK(run(folder, {readings, "--tables", folder.write("o.toml", "version = \"1\"\n")}, table) == 78);
}

TEST_CASE("a row of the record of days as CSV", "[cli]") {
    core::DayScored day;
    day.pseudonym = "e1";
    day.key = {model::ScoreId::sofa, model::Product::day, model::Basis::native, 0};
    day.definition = "sofa@1996+published";
    day.number = 2;
    day.from = {1'772'323'200'000};
    day.to = {1'772'409'600'000};
    day.status = core::DayStatus::settled;
    model::ScorePart total, resp;
    total.points = total.lower = 5;
    total.upper = 9;
    total.missing = 1;
    total.state = model::PartState::valued;
    resp.part = model::Part::resp;
    resp.upper = 4;
    day.parts = {total, resp};
    const std::string zeros(64, '0');
    const auto end = ",native,2,2026-03-01T00:00:00Z,final,0,,2026-03-03T00:00:00Z,17," + zeros + "\n";
    CHECK(wire::days_csv_rows(day, 17, {1'772'496'000'000}, nullptr) ==
          "e1,2026-03-02T00:00:00Z,sofa@1996+published,total,5,valued,5,9,1,,," + end +
              "e1,2026-03-02T00:00:00Z,sofa@1996+published,resp,,not_measured,0,4,1,,," + end);
    // A day that was not scored.
    day.parts.clear();
    day.status = core::DayStatus::withdrawn;
    day.revision = 3;
    day.reason = core::DayReason::census;
    const std::string subject = "S,1";
    CHECK(wire::days_csv_rows(day, 18, {1'772'496'000'000}, &subject) ==
          "\"S,1\",e1,2026-03-02T00:00:00Z,sofa@1996+published,total,,,,,,,,"
          ",native,2,2026-03-01T00:00:00Z,withdrawn,3,census,2026-03-03T00:00:00Z,18," +
              zeros + "\n");
    const auto commas = [](std::string_view line) { return std::count(line.begin(), line.end(), ','); };
    CHECK(commas(wire::days_csv_rows(day, 1, {0}, nullptr)) == commas(wire::days_csv_header));
}
