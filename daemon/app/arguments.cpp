#include "app/arguments.hpp"
#include "command_line/command_line.hpp"

namespace vigil::app {

Arguments read_arguments(int argc, char** argv) {
    Arguments out;
    command_line::Program program{
        "vigild watches intensive-care beds: takes readings from adapters, keeps the record, scores, alerts.\n"
        "Decision support: bedside monitors remain the alarm source.",
        "vigild"};
    program.set_version_flag("--version", std::string{"vigild "} + VIGIL_VERSION);
    program.add_option("--config", out.config, "Configuration file (config/vigil.toml explains it)")->required();
    program.add_flag("--check-config", out.check_only,
                     "Check everything the configuration names, print all mistakes, and exit");
    program.footer(
        "Exit codes: 0 stopped as asked, 64 usage, 65 journal damaged, 69 a socket cannot be bound, 70 internal,\n"
        "74 journal cannot be read or written, 75 restart after disk trouble, 78 configuration.");
    out.exit_code = program.parse(argc, argv);
    return out;
}

} // namespace vigil::app
