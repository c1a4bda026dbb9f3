#pragma once
// The whole engine. Two files explain the product: this one (what can happen, what results) and app/vigild.cpp.

#include "core/effect.hpp"
#include "core/event.hpp"
#include "core/rulebook.hpp"
#include "core/state.hpp"

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace vigil::core {

// Changes whenever the same events could give other effects: a journal segment of another version is not re-stepped.
inline constexpr std::string_view core_version = "20";

// What the core derives from state and rulebook to be quick: never encoded, rebuilt by `derive`. Holds no knowledge of
// its own.
struct Derived;
struct DerivedDeleter {
    void operator()(Derived* d) const;
};

// Told of each encounter as it is looked at: by whom a step was ended that did not return, and that a long one goes on.
// It changes nothing.
class Witness {
public:
    virtual ~Witness() = default;
    virtual void evaluating(model::EncounterId encounter) noexcept = 0;
    virtual void evaluated() noexcept = 0;
};

// The state with its derived lookups. One owner, one thread.
class Engine {
public:
    Engine(Rulebook const& rules, State state);
    ~Engine();
    Engine(Engine&&) noexcept;
    Engine& operator=(Engine&&) noexcept;
    Engine(Engine const&) = delete;
    Engine& operator=(Engine const&) = delete;

    // Applies one event and appends its effects. Deterministic: same state, event and rulebook, same effects. A
    // journaled run of ticks is the same as its seconds one by one. Recalled events come with the rows read again.
    void step(Event const& event, std::vector<Effect>& effects, std::vector<Event> const& recalled = {});

    // A new rulebook takes effect with the RulesChanged event that follows: everything is re-evaluated, differences are
    // corrections.
    void use(Rulebook const& rules);

    // Nobody: null.
    void watched_by(Witness* witness);

    State const& state() const { return state_; }
    Rulebook const& rules() const { return *rules_; }

    // Ids for what a frame on the wire names; new ones are handed out in order of first appearance and travel in the
    // frame itself. `pending` counts those introduced earlier in the same frame.
    std::optional<model::SourceId> find_source(std::string_view name) const;
    std::optional<model::ChannelId> find_channel(model::Channel const& channel) const;
    std::optional<model::SubjectId> find_subject(model::Subject const& subject) const;
    // True when this very message part was taken before: acknowledge again, do not journal.
    std::optional<std::uint64_t> taken_before(model::SourceId source, std::string_view message_id,
                                              model::Digest const& content, std::uint32_t part) const;

private:
    Rulebook const* rules_;
    State state_;
    std::unique_ptr<Derived, DerivedDeleter> derived_;
};

} // namespace vigil::core
