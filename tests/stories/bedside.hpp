#pragma once
// The real core under the shipped configuration, fed by hand: one laboratory-or-bedside source, time by ticks.

#include "core/step.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::testing {

// As delivered, but without the card of an admission, which speaks for what a story begins with.
core::Rulebook shipped_rulebook();
core::Rulebook shipped_rulebook_with_card();

// One reading in words: signal, value or word, UCUM unit.
struct Told {
    model::Signal signal{};
    model::Value value;
    std::string unit;
    model::EventTime time;
    std::optional<model::EventTime> until;
    model::Status status = model::Status::final;
    model::Validity validity = model::Validity::unspecified;
    model::Specimen specimen = model::Specimen::unspecified;
    std::string order;
    std::string pump{};                     // of a drug's rate: which of several tells it
    std::string code{}, about{};            // of an alarm, in MDC: the event, and the quantity it is about
    std::optional<model::EventTime> said{}; // when its message was made, if not when it came
};

class Bedside {
public:
    explicit Bedside(core::Rulebook const& rules, model::LogTime begin);

    void tick(model::LogTime to);
    // Time passes to `at` first. Returns the effects of the event itself.
    std::vector<core::Effect> step(model::LogTime at, core::What what);
    // Readings of one message about a visit (or, without visit, a location).
    void tell(model::LogTime at, std::string const& source, model::Subject const& subject,
              std::vector<Told> const& readings);
    void census(model::LogTime at, core::CensusKind kind, std::string const& visit, std::string const& patient,
                std::optional<model::Location> to = {}, std::string const& absorbed_visit = {},
                std::optional<model::EventTime> effective = {});

    core::State const& state() const { return engine_.state(); }
    core::Engine& engine() { return engine_; }
    core::Encounter const* encounter(std::string const& visit) const;
    // Every alert revision so far, oldest first.
    std::vector<alerts::Alert> const& revisions() const { return revisions_; }
    std::vector<core::Effect> const& last_effects() const { return effects_; }
    // The row that was told last.
    core::Event const& last_frame() const { return frame_; }

private:
    model::SourceId source(std::string const& name);
    void take(std::vector<core::Effect> const& effects);

    core::Engine engine_;
    std::uint64_t seq_ = 0;
    std::uint64_t messages_ = 0;
    std::vector<core::Effect> effects_;
    core::Event frame_;
    std::vector<alerts::Alert> revisions_;
};

} // namespace vigil::testing
