#pragma once
// The stays of a readings file. While it streams by in the order of time each keeps its timeline, is evaluated once
// nothing later can be late, and is let go when the file has moved on. A file in another order is read whole first.

#include "adapters/csv/reading_row.hpp"
#include "cli/score.hpp"
#include "cli/score_table.hpp"
#include "cli/text_index.hpp"
#include "core/intake.hpp"
#include "core/refusals.hpp"
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
    bool closed = false;                       // evaluated to its end; its timeline is gone
    std::optional<model::EventTime> followed;  // how far the course of SOFA stands on the timeline
    std::optional<model::EventTime> evaluated; // the last instant that was evaluated and written
    std::optional<model::EventTime> next;      // hourly: the next instant to evaluate
    std::size_t next_in_grid = 0;
    std::vector<model::EventTime> const* grid = nullptr;
    StayFacts facts;
    scores::Patient patient(model::EventTime opened_at) const {
        return {&timeline, facts.admitted.value_or(opened_at), facts.age_years, {}, nullptr, facts.sex};
    }
    std::optional<scores::Memory> memory;
    std::vector<model::Score> shown;               // events: the last evaluation of each score
    std::vector<core::Refusal> refusals;           // where evidence is shown: the newest of each signal
    model::EventTime forgotten, minutes_forgotten; // when old readings were dropped
};

class Stays {
public:
    enum class Order : std::uint8_t { by_time, any };
    Stays(ScoreJob const& job, core::Rulebook const& rules, ScoreTable& table, Order order);
    // A reading came for an instant that was written already: what was written is not what the file says.
    bool overtaken() const { return overtaken_; }

    Stay& find(std::string_view name);
    // Inserts and evaluates what is due. Answers what became of the sample.
    model::Inserted take(Stay& stay, model::Signal signal, model::SignalKind kind, model::Sample const& sample,
                         std::uint64_t row);
    // What no rule may use stands in the evidence of what it would have spoken to.
    void note_refused(Stay& stay, core::Refusal const& refusal);
    // Evaluates everything that is left, encounters of the grid that were never read among it.
    void finish();

private:
    scores::Memory memory() const;
    void evaluate(Stay& stay, model::EventTime at);
    void evaluate_event(Stay& stay, model::Signal signal, model::EventTime told);
    // Where some score looks back at the course of SOFA.
    void follow_sofa(Stay& stay, scores::Patient const& patient, model::EventTime to);
    void advance(Stay& stay, model::EventTime until);
    void close(Stay& stay);
    void forget(Stay& stay, model::EventTime now);
    void let_go(std::uint64_t row);

    ScoreJob const& job_;
    core::Rulebook const& rules_;
    ScoreTable& table_;
    model::Retention retention_;
    std::vector<std::string> definitions_;
    std::vector<model::ScoreKey> keys_; // of the memory: the job's, and behind them the SOFA that they look back at
    model::SignalSet read_;             // by any of the scores
    TextIndex names_;
    std::vector<std::unique_ptr<Stay>> stays_; // by their number in names_
    std::vector<Stay*> open_;
    Stay* last_ = nullptr;
    model::EventTime newest_;
    std::uint64_t swept_ = 0;
    bool by_time_ = true; // the file has not stepped back in time
    Order order_;
    bool overtaken_ = false;
};

} // namespace vigil::cli
