#pragma once
// The simulated ward through everything between the wire and an alert, in one process and without a socket: the HL7
// that vigil-sim writes, the adapter's decoder, the batches, the core under the delivered configuration. Log time is
// driven by the messages, as in a simulated vigild.

#include "adapters/simulator/ward.hpp"
#include "cli/trial.hpp"
#include "core/rulebook.hpp"

#include <map>
#include <string>

namespace vigil::testing {

// What was raised, stay by stay; a stay has the name of the bed it began in.
struct RaisedOnTheWard {
    cli::Trial trial;
    std::map<std::uint32_t, std::string> bed_names; // by BedId
    std::uint64_t messages = 0;
    std::map<std::string, std::uint64_t> refused; // by the adapter's or the contract's word
};

// Lives `hours` of the ward. People acknowledge five minutes after each call, and do what the script has them do.
RaisedOnTheWard play_ward(core::Rulebook rules, simulator::WardSetting const& setting, double hours);

} // namespace vigil::testing
