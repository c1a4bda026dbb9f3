#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "command_line/command_line.hpp"

#include "vigil/v1/command.pb.h"

namespace vigil::cli {

void add_assign(command_line::Command& app, Session& session) {
    struct Options {
        std::string source, key, encounter, user;
    };
    auto* sub = app.add_subcommand("assign", "Claim unassigned readings for an encounter");
    auto options = std::make_shared<Options>();
    sub->add_option("SOURCE", options->source, "The feed")->required();
    sub->add_option("KEY", options->key, "The subject key, as `vigil status` shows it")->required();
    sub->add_option("ENCOUNTER", options->encounter, "The encounter, as `vigil status` shows it")->required();
    sub->add_option("--user", options->user, "Who claims; default VIGIL_USER");
    sub->add_flag("--json", session.json, "The answer as JSON");
    sub->callback([&session, options] {
        session.run = [&session, options]() -> int {
            v1::CommandRequest request;
            request.set_user(user_or_complain(options->user));
            if (request.user().empty()) return Exit::usage;
            request.mutable_assign()->set_source(options->source);
            request.mutable_assign()->set_subject_key(options->key);
            request.mutable_assign()->set_encounter(options->encounter);
            return command(session, request);
        };
    });
}

} // namespace vigil::cli
