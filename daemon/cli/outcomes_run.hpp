#pragma once
// What `vigil outcomes` reads of each stay: the support there was, what was attested of the person, and daily SOFA.

#include "cli/score.hpp"
#include "core/outcomes/facts.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vigil::cli {

struct StayRead {
    model::Timeline timeline;     // of support and of what was attested, all of it
    model::EventTime first, last; // reading that is no such attestation
    bool any = false;
    std::map<model::EventTime, model::Score> sofa; // by the end of the day
};
using StaysRead = std::map<std::string, StayRead, std::less<>>;

// The files once through, for support and attestations. Empty after a complaint, with its exit code.
std::optional<StaysRead> read_stays_of(std::vector<std::string> const& paths, core::Rulebook const& rules,
                                       outcomes::Tables const& tables, int& code);
// And once more for SOFA of each day since `opened`, until the last reading. An exit code.
int read_sofa_of(StaysRead& stays, std::map<std::string, model::EventTime, std::less<>> const& opened, ScoreJob job,
                 core::Rulebook const& rules);

} // namespace vigil::cli
