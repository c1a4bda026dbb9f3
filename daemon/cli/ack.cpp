#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "command_line/command_line.hpp"

#include "vigil/v1/command.pb.h"

namespace vigil::cli {

void add_ack(command_line::Command& app, Session& session) {
    struct Options {
        std::string alert, user;
        std::uint64_t revision = 0;
    };
    auto* sub = app.add_subcommand("ack", "Acknowledge the revision of an alert that was seen");
    auto options = std::make_shared<Options>();
    sub->add_option("ALERT", options->alert, "Id of the alert")->required();
    sub->add_option("--revision", options->revision, "The revision that was seen")->required()->positive();
    sub->add_option("--user", options->user, "Who acknowledges; default VIGIL_USER");
    sub->add_flag("--json", session.json, "The answer as JSON");
    sub->callback([&session, options] {
        session.run = [&session, options]() -> int {
            v1::CommandRequest request;
            request.set_user(user_or_complain(options->user));
            if (request.user().empty()) return Exit::usage;
            request.mutable_acknowledge()->set_alert(options->alert);
            request.mutable_acknowledge()->set_revision(options->revision);
            return command(session, request);
        };
    });
}

} // namespace vigil::cli
