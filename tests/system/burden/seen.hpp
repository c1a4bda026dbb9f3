#pragma once
// The script held against what was raised: each deterioration with the alert that told it, and what was missed.

#include "adapters/simulator/script_truth.hpp"
#include "tests/system/burden/simulated_ward.hpp"

#include <optional>
#include <string>
#include <vector>

namespace vigil::testing {

struct Seen {
    simulator::Scripted scripted;
    bool as_it_ought = false;
    std::optional<model::LogTime> at; // when an alert of the right bed and rule stood at the level
    std::string rule;                 // which; of what should have called nobody: the first that did
};

// What has to be seen by `end`, in order of onset.
std::vector<Seen> hold_against(std::vector<simulator::Scripted> const& script, RaisedOnTheWard const& raised,
                               model::LogTime end);

// A line each, for people.
std::string shown(std::vector<Seen> const& seen, model::LogTime start);
std::string missed(std::vector<Seen> const& seen, model::LogTime start);

} // namespace vigil::testing
