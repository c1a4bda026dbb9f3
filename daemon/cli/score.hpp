#pragma once
// `vigil score`: the same core on recorded readings, no daemon (design 4.1-4.3).

#include "core/model/score.hpp"
#include "core/model/sex.hpp"
#include "core/rulebook.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::command_line {
class Command;
}

namespace vigil::cli {

struct Session;

void add_score(command_line::Command& app, Session& session);

enum class At : std::uint8_t { hourly, events, grid, last };

// What is known of a stay beside its readings.
struct StayFacts {
    std::optional<std::uint32_t> age_years;
    model::Sex sex = model::Sex::unspecified;
    std::optional<model::EventTime> admitted; // where its days begin; otherwise with the first reading
};

// Which scores, and how.
struct ScoreChoice {
    std::vector<std::string> scores;
    std::string product = "rolling", basis = "native", policy = "published";
    std::vector<std::string> own_definitions; // files
    std::string stays;                        // a table of StayFacts; empty: there is none
};
// The options that say so, but for which scores.
// Every score of these names has the product; complains of the first that has not. Names nobody knows are not its
// matter.
bool all_offer(std::vector<std::string> const& names, std::string const& product);
void add_score_choice(command_line::Command& command, ScoreChoice& choice);
// The definitions to use: what was asked for, else the installed ones, else those beside a build tree.
std::string definitions_file(std::string const& asked);
std::optional<core::Rulebook> load_definitions(std::string const& config, std::vector<std::string> const& own);

struct ScoreJob {
    std::vector<std::string> readings;
    std::vector<model::ScoreKey> scores;
    At at = At::hourly;
    // Instants asked for, by encounter, ascending; and the order encounters first stood in.
    std::map<std::string, std::vector<model::EventTime>, std::less<>> grid;
    std::map<std::string, StayFacts, std::less<>> stays; // by encounter
    std::string out = "-";
    bool strict = false;
    bool deciding = false; // show the deciding reading of each part
    bool codes = false;    // and its code
    // Only what is refused of this stay is complained of, of the others how much it was; empty: of all.
    std::string asked_stay;
    // At::last: of each stay once, at this instant or at its newest reading.
    std::optional<model::EventTime> instant;
    // Takes the place of the table, with all evidence; may be called again for a stay, which then replaces what it was.
    std::function<void(std::string_view encounter, std::vector<model::Score> scores)> show;
};

// Each score in the product, basis and policy asked for. A score without that policy is refused, after a complaint,
// rather than given another; only an option of SOFA does not concern the others.
bool choose_scores(ScoreChoice const& choice, core::Rulebook const& rules, ScoreJob& job);

// The table of --stays into `job.stays`. False after complaints: what is wrong is not left out.
bool read_stays(std::string const& path, ScoreJob& job);

// Reads, evaluates, writes; answers an exit code.
int run_score(ScoreJob const& job, core::Rulebook const& rules);

} // namespace vigil::cli
