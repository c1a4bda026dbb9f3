#pragma once
// A timeline as a clinician writes it, and what a score must say of it. tests/vectors/README.md explains the columns.

#include "core/rulebook.hpp"
#include "core/scores/registry.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::test {

// config/ of this source tree.
core::Rulebook const& rulebook();

inline constexpr model::EventTime t0{1'900'000'800'000}; // "0": a whole hour

struct Given {
    model::Signal signal{};
    model::Sample sample;
    model::Reason refused = model::Reason::none; // by intake
    bool placed = true;                          // refused or not: it stands, or takes something away
};

// "-2h pao2 79, fio2 80, resp_device imv; -1h plt 48": entries by ';', quantities at one instant by ','. Throws what is
// wrong.
std::vector<Given> parse_input(std::string_view text, core::Rulebook const& rules = rulebook());

model::Timeline timeline_of(std::vector<Given> const& given, core::Rulebook const& rules = rulebook());

// "sofa rolling native published"; missing words take these defaults.
model::ScoreKey parse_key(std::string_view text, core::Rulebook const& rules = rulebook());

// "+30min", "-24h", "0": relative to t0.
model::EventTime parse_time(std::string_view text);

struct Case {
    std::string id, input, ask, expect, why;
    int line = 0;
};
std::vector<Case> read_cases(std::string const& path);

// Empty, or what differs.
std::string check(Case const& c, core::Rulebook const& rules = rulebook());

// A part in words, for messages and comparisons: everything but the refs.
std::string describe(model::Score const& score);

} // namespace vigil::test
