#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "cli/show.hpp"
#include "command_line/command_line.hpp"

#include "vigil/v1/query.pb.h"

#include <fmt/format.h>

namespace vigil::cli {

void add_status(command_line::Command& app, Session& session) {
    auto* sub =
        app.add_subcommand("status", "How vigild, its feeds and its beds are; what is unmapped, unassigned, refused");
    sub->add_flag("--json", session.json, "As JSON");
    sub->callback([&session] {
        session.run = [&session] {
            v1::QueryRequest request;
            request.mutable_status();
            return ask(session, request, [&](v1::QueryReply const& reply) {
                fmt::print("{}", session.json ? json_of(reply.status()) + "\n" : explained(reply.status()));
                return static_cast<int>(Exit::ok);
            });
        };
    });
}

} // namespace vigil::cli
