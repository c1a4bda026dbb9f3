#pragma once
// The core played on what was recorded: events in, what became of each alert out. Recalls are answered from what was
// told, as the journal would, and calls are acknowledged after a while, as people would.

#include "cli/trial.hpp"
#include "core/rulebook.hpp"
#include "core/step.hpp"

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace vigil::cli {

class Played {
public:
    // Somebody acknowledges so long after each call; empty: nobody ever does.
    Played(core::Rulebook const& rules, model::LogTime begin, std::optional<model::Duration> acknowledged_after);

    // Time passes to `at`, and with it the acknowledgements that are due.
    void pass(model::LogTime at);
    // Time does not pass first.
    void step(model::LogTime at, core::What what);
    // Of each effect, in order, before recalls are answered.
    void on_effect(std::function<void(core::Effect const&)> call) { on_effect_ = std::move(call); }
    // The feed is known to the core from its first use.
    model::SourceId source(std::string const& name, std::string const& kind);

    core::Engine const& engine() const { return engine_; }
    std::uint64_t events() const { return seq_; }
    std::vector<TriedAlert> const& alerts() const { return alerts_; }
    std::vector<TriedAlert> take_alerts() { return std::move(alerts_); }

private:
    void take(std::vector<core::Effect> const& effects);
    void take(alerts::Alert const& alert);
    void answer(core::Recall const& asked);

    core::Rulebook const& rules_;
    core::Engine engine_;
    std::uint64_t seq_ = 0;
    std::vector<core::Event> frames_;
    std::optional<model::Duration> acknowledged_after_;
    std::deque<std::pair<model::LogTime, std::string>> calls_; // when somebody acknowledges, and what
    std::vector<TriedAlert> alerts_;
    std::function<void(core::Effect const&)> on_effect_;
};

} // namespace vigil::cli
