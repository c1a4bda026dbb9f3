#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "cli/iso_time.hpp"
#include "cli/show.hpp"
#include "cli/source_map.hpp"
#include "command_line/command_line.hpp"

#include "vigil/v1/query.pb.h"

#include <fmt/format.h>

namespace vigil::cli {

namespace {

int print_unmapped(v1::DaemonStatus const& status, bool json) {
    if (json) {
        for (auto const& one : status.unmapped()) fmt::print("{}\n", json_of(one));
        return Exit::ok;
    }
    for (auto const& one : status.unmapped())
        fmt::print("{}\t{}\t{}\t{}\t{} times, last {}{}\n", one.source(), one.system(), one.code(), one.unit(),
                   one.count(), show_instant(one.last_ms()), one.reason().empty() ? "" : "\t" + one.reason());
    if (status.unmapped().empty()) complain("every code that arrived is known");
    return Exit::ok;
}

} // namespace

void add_unmapped(command_line::Command& app, Session& session) {
    auto* sub = app.add_subcommand("unmapped", "Codes that arrived and that nobody knows");
    auto emit = std::make_shared<bool>(false);
    sub->add_flag("--emit-map", *emit, "As a source map to be completed");
    sub->add_flag("--json", session.json, "One JSON object a line");
    sub->callback([&session, emit] {
        session.run = [&session, emit] {
            v1::QueryRequest request;
            request.mutable_status();
            return ask(session, request, [&](v1::QueryReply const& reply) {
                if (!*emit) return print_unmapped(reply.status(), session.json);
                fmt::print("{}", map_skeleton(reply.status()));
                return static_cast<int>(Exit::ok);
            });
        };
    });
}

} // namespace vigil::cli
