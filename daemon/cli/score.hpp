#pragma once
// `vigil score`: the same core on recorded readings, no daemon (design 4.1-4.3).

#include "core/model/score.hpp"
#include "core/rulebook.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace vigil::cli {

struct Session;

void add_score(CLI::App& app, Session& session);

enum class At : std::uint8_t { hourly, events, grid };

struct ScoreJob {
    std::vector<std::string> readings;
    std::vector<model::ScoreKey> scores;
    At at = At::hourly;
    // Instants asked for, by encounter, ascending; and the order encounters first stood in.
    std::map<std::string, std::vector<model::EventTime>, std::less<>> grid;
    std::string out = "-";
    bool strict = false;
    bool deciding = false; // show the deciding reading of each part
};

// Reads, evaluates, writes; answers an exit code.
int run_score(ScoreJob const& job, core::Rulebook const& rules);

} // namespace vigil::cli
