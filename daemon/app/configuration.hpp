#pragma once
// From the configuration file to what the loop is told.

#include "loop/recorder.hpp"
#include "loop/settings.hpp"
#include "store/journal.hpp"

#include <memory>
#include <optional>
#include <string>

namespace vigil::app {

struct Configuration {
    loop::Settings settings;
    store::Options journal;
    loop::Rules rules;
};

// Empty when anything is wrong; everything that is has been printed as file:line:col: key: message.
std::optional<Configuration> read_configuration(std::string const& path);
// The rulebook of a journal segment; null when its bytes cannot be read.
loop::Rules rules_from_bytes(std::string_view bytes);

} // namespace vigil::app
