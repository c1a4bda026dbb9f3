#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "cli/show.hpp"
#include "command_line/command_line.hpp"

#include "vigil/v1/query.pb.h"

#include <fmt/format.h>

namespace vigil::cli {

void add_why(command_line::Command& app, Session& session) {
    auto* sub = app.add_subcommand("why", "What an alert rests on: rule, readings, and what was missing");
    auto alert = std::make_shared<std::string>();
    sub->add_option("ALERT", *alert, "Id of the alert, as `vigil watch` shows it")->required();
    sub->add_flag("--json", session.json, "As JSON");
    sub->callback([&session, alert] {
        session.run = [&session, alert] {
            v1::QueryRequest request;
            request.mutable_alert()->set_id(*alert);
            return ask(session, request, [&](v1::QueryReply const& reply) {
                if (!reply.has_alert()) {
                    complain("there is no alert " + *alert);
                    return static_cast<int>(Exit::data);
                }
                fmt::print("{}", session.json ? json_of(reply.alert()) + "\n" : explained(reply.alert()));
                return static_cast<int>(Exit::ok);
            });
        };
    });
}

} // namespace vigil::cli
