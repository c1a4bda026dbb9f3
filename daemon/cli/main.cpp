#include "cli/commands.hpp"
#include "cli/score.hpp"
#include "command_line/command_line.hpp"

#include <cerrno>
#include <cstdio>
#include <fmt/format.h>
#include <sodium.h>

int main(int argc, char** argv) {
    using namespace vigil::cli;
    if (sodium_init() < 0) return Exit::internal;
    Session session;
    vigil::command_line::Program app(
        "Vigil: bedside scores and alerts. Decision support: bedside monitors remain the alarm source.", "vigil");
    app.set_version_flag("--version", "vigil " VIGIL_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    app.add_option("--config", session.config_file, "vigil.toml of the vigild to talk to; default VIGIL_CONFIG");
    app.add_option("--endpoint-dir", session.endpoint_dir,
                   "Folder of vigild's sockets; default VIGIL_ENDPOINT_DIR, then /run/vigil");
    app.add_option("--key", session.key_file, "Our key file, where vigild is reached by tcp://");
    app.add_option("--server-key", session.server_key_file, "vigild's public key file");
    for (auto* add : {add_watch,   add_why,         add_explain, add_ack,    add_pause,  add_shelve,   add_feedback,
                      add_standby, add_care_limits, add_attest,  add_census, add_assign, add_unmapped, add_status,
                      add_score,   add_scores,      add_send,    add_verify, add_backup, add_check,    add_keygen,
                      add_export,  add_outcomes,    add_alerts,  add_limit})
        add(app, session);
    if (const auto done = app.parse(argc, argv)) return *done;
    try {
        const int code = session.run ? session.run() : Exit::usage;
        // What was asked for has not been given when it could not be written.
        errno = 0;
        if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
        if (errno == EPIPE) return code; // nobody wants to read on
        complain("the output cannot be written");
        return code == Exit::ok ? Exit::io : code;
    } catch (std::exception const& error) {
        complain(error.what());
        return std::ferror(stdout) != 0 ? Exit::io : Exit::internal;
    }
}
