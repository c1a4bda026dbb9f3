#pragma once
// What a score is made of: components, each a pure function of a timeline and an instant, and what follows from their
// parts.

#include "core/scores/inquiry.hpp"

#include <array>
#include <span>

namespace vigil::scores {

struct Component {
    // Fills its parts of the score.
    void (*answer)(Inquiry& q, std::span<model::ScorePart> parts) = nullptr;
    std::uint8_t first = 0; // of the score's parts
    std::uint8_t count = 1;
};

// How the score's definition is called, what it rests on, and its policies.
struct Edition {
    std::string const& (*version)(core::Rulebook const& rules);
    std::string const& (*citation)(core::Rulebook const& rules);
    std::size_t (*policies)(core::Rulebook const& rules);
    std::string const& (*policy)(core::Rulebook const& rules, std::size_t index);
};
template <auto tables> // which member of Tables
inline constexpr Edition edition_of{
    [](core::Rulebook const& r) -> std::string const& { return (r.tables.*tables).version; },
    [](core::Rulebook const& r) -> std::string const& { return (r.tables.*tables).citation; },
    [](core::Rulebook const& r) { return (r.tables.*tables).policies.size(); },
    [](core::Rulebook const& r, std::size_t i) -> std::string const& {
        return (r.tables.*tables).policies.at(i).name;
    }};

inline constexpr std::array every_product = {model::Product::rolling, model::Product::day, model::Product::now};
inline constexpr std::array only_by_day = {model::Product::day};

struct Definition {
    model::ScoreId id;
    std::span<model::Part const> parts; // in the order they are shown
    std::span<Component const> components;
    // Fills the parts that no component fills; nullptr: there are none.
    void (*assemble)(std::span<model::ScorePart> parts);
    std::span<model::Signal const> signals; // everything that any component may ever look at
    Edition edition;
    bool meanings = false; // some parts have a class beside points, or a `value`: tables of scores get columns for them
    // Says what the parts mean together, by the score's tables; nullptr: nothing.
    void (*conclude)(std::span<model::ScorePart> parts, core::Rulebook const& rules) = nullptr;
    std::span<model::Product const> products = every_product; // that make sense; nobody may ask for another
    bool of_first_day = false; // what devices tell after the first day of the stay does not concern it
};

// At `t`, and later, nothing that devices tell by this signal as it comes concerns the score: the only day that it
// looks at is over.
bool is_behind_first_day(Definition const& what, model::Signal signal, model::EventTime opened, model::EventTime t,
                         core::Rulebook const& rules);

// A component that answers one part.
template <model::ScorePart (*answer)(Inquiry&)>
void one_part(Inquiry& q, std::span<model::ScorePart> parts) {
    parts[0] = answer(q);
}

} // namespace vigil::scores
