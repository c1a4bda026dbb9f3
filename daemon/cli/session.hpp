#pragma once
// What every subcommand shares. A subcommand is one file: `void add_NAME(command_line::Command& app, Session& session)`
// declares its options and, when it is the one that was asked for, leaves what is to be done in `session.run`; main.cpp
// calls that and exits with its answer.

#include <functional>
#include <optional>
#include <string>

namespace vigil::command_line {
class Command;
}

namespace vigil::cli {

// sysexits
enum Exit : int {
    ok = 0,
    usage = 64,
    data = 65,
    no_input = 66,
    unavailable = 69,
    internal = 70,
    io = 74,
    temporary = 75,
    permission = 77,
    config = 78,
};

struct Session {
    bool json = false;           // --json
    std::string config_file;     // --config, or VIGIL_CONFIG
    std::string endpoint_dir;    // --endpoint-dir, or VIGIL_ENDPOINT_DIR
    std::string key_file;        // --key: our CURVE key, where vigild wants one
    std::string server_key_file; // --server-key: vigild's public key
    std::function<int()> run;
};

// --config, else VIGIL_CONFIG; empty when neither says.
std::string configuration_named(std::string const& asked);

// Diagnostics: "vigil: …" on stderr.
void complain(std::string const& message);

// Colour only on a terminal and without NO_COLOR.
bool colour_on_stdout();
// A progress line is worth showing: stderr is a terminal.
bool progress_on_stderr();

} // namespace vigil::cli
