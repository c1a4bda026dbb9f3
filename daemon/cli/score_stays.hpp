#pragma once
// The stays of a readings file while it streams by: each keeps its timeline, is evaluated once nothing later can be
// late, and is let go when the file has moved on.

#include "adapters/csv/reading_row.hpp"
#include "cli/score.hpp"
#include "cli/score_table.hpp"
#include "cli/text_index.hpp"
#include "core/intake.hpp"
#include "core/scores/memory.hpp"

#include <memory>
#include <optional>

namespace vigil::cli {

// A reading this much older than the newest of its stay still finds its place before anything is evaluated.
inline constexpr model::Duration lateness = model::hours(72);

struct Stay {
    std::string name;
    std::string cell; // the name as it is written
    model::Timeline timeline;
    model::EventTime opened; // of the earliest reading
    model::EventTime newest;
    std::uint64_t touched = 0; // row of the last reading
    bool any = false;
    bool closed = false;                  // evaluated to its end; its timeline is gone
    std::optional<model::EventTime> next; // hourly: the next instant to evaluate
    std::size_t next_in_grid = 0;
    std::vector<model::EventTime> const* grid = nullptr;
    std::optional<scores::Memory> memory;
    std::vector<model::Score> shown;               // events: the last evaluation of each score
    model::EventTime forgotten, minutes_forgotten; // when old readings were dropped
};

class Stays {
public:
    Stays(ScoreJob const& job, core::Rulebook const& rules, ScoreTable& table);

    Stay& find(std::string_view name);
    // Inserts and evaluates what is due. Answers what became of the sample.
    model::Inserted take(Stay& stay, model::Signal signal, model::SignalKind kind, model::Sample const& sample,
                         std::uint64_t row);
    // Evaluates everything that is left, encounters of the grid that were never read among it.
    void finish();

private:
    void evaluate(Stay& stay, model::EventTime at);
    void evaluate_event(Stay& stay, model::Signal signal);
    void advance(Stay& stay, model::EventTime until);
    void close(Stay& stay);
    void forget(Stay& stay, model::EventTime now);
    void let_go(std::uint64_t row);

    ScoreJob const& job_;
    core::Rulebook const& rules_;
    ScoreTable& table_;
    model::Retention retention_;
    std::vector<std::string> definitions_;
    model::SignalSet read_; // by any of the scores
    TextIndex names_;
    std::vector<std::unique_ptr<Stay>> stays_; // by their number in names_
    std::vector<Stay*> open_;
    Stay* last_ = nullptr;
    model::EventTime newest_;
    std::uint64_t swept_ = 0;
    bool by_time_ = true; // the file has not stepped back in time
};

} // namespace vigil::cli
