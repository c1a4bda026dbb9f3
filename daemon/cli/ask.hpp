#pragma once
// The shape most subcommands have: one question or one command, its answer, an exit code.

#include "cli/session.hpp"

#include <functional>
#include <string>

namespace vigil::v1 {
class CommandReply;
class CommandRequest;
class QueryReply;
class QueryRequest;
} // namespace vigil::v1

namespace vigil::cli {

class Client;

// Asks, complains about an error or silence, else hands the answer to `use`.
int ask(Session const& session, v1::QueryRequest& request, std::function<int(v1::QueryReply const&)> const& use);
// Sends, says what became of it (as JSON with --json) and gives the exit code: 0 done, 65 refused or a stale revision,
// 69 no answer.
int command(Session const& session, v1::CommandRequest& request);
int command(Client& client, bool json, v1::CommandRequest& request);

// "unit/bed" or "unit.bed".
struct BedName {
    std::string unit, bed;
};
bool parse_bed(std::string const& text, BedName& out);

// --user, or VIGIL_USER; empty after a complaint.
std::string user_or_complain(std::string const& given);

} // namespace vigil::cli
