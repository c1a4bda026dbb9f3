#pragma once
// From the journal on disk to an engine that may go on: recovery, crash page, clock, and what a start has to say first.

#include "app/configuration.hpp"
#include "loop/loop.hpp"

#include <optional>

namespace vigil::app {

struct Opening {
    int exit_code = 0; // when there is no page: nothing was touched, the reason was logged
    std::optional<store::CrashPage> page;
    std::optional<loop::Recorder::Start> start;
    std::optional<loop::LogClock> clock;
    loop::Beginning beginning;
    std::uint64_t last_seq = 0;
};

Opening open_journal(Configuration const& configuration);

} // namespace vigil::app
