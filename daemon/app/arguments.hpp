#pragma once
// vigild's command line.

#include <optional>
#include <string>

namespace vigil::app {

struct Arguments {
    std::string config;
    bool check_only = false;
    std::optional<int> exit_code; // --help, --version or a mistake: printed already
};

Arguments read_arguments(int argc, char** argv);

} // namespace vigil::app
