#include "cli/ask.hpp"

#include "cli/client.hpp"
#include "cli/show.hpp"
#include "vigil/v1/command.pb.h"
#include "vigil/v1/query.pb.h"
#include "wire/topic.hpp"

#include <cstdlib>
#include <fmt/format.h>

namespace vigil::cli {

namespace {

std::string words(v1::CommandReply const& reply) {
    std::string out;
    for (auto const& word : reply.allowed()) out += " " + word;
    return out;
}

} // namespace

int ask(Session const& session, v1::QueryRequest& request, std::function<int(v1::QueryReply const&)> const& use) {
    auto client = connect(session);
    if (auto const* failed = std::get_if<int>(&client)) return *failed;
    v1::QueryReply reply;
    if (!std::get<0>(client)->ask(request, reply)) return nobody_answers();
    if (!reply.error().empty()) {
        complain("vigild: " + reply.error());
        return Exit::data;
    }
    return use(reply);
}

int command(Session const& session, v1::CommandRequest& request) {
    auto client = connect(session);
    if (auto const* failed = std::get_if<int>(&client)) return *failed;
    return command(*std::get<0>(client), session.json, request);
}

int command(Client& client, bool json, v1::CommandRequest& request) {
    v1::CommandReply reply;
    if (!client.ask(request, reply)) return nobody_answers();
    if (json) fmt::print("{}\n", json_of(reply));
    switch (reply.verdict()) {
    case v1::CommandReply::VERDICT_DONE:
        if (!json) fmt::print("done, journal {}\n", reply.journal_seq());
        return Exit::ok;
    case v1::CommandReply::VERDICT_DONE_NOT_RECORDED:
        complain("done, but NOT RECORDED: the journal is not being written");
        return Exit::ok;
    case v1::CommandReply::VERDICT_STALE_REVISION:
        complain("the alert has changed since that revision was seen; look at it again");
        return Exit::data;
    default:
        complain("refused: " + (reply.reason().empty() ? std::string("no reason given") : reply.reason()) +
                 (reply.allowed_size() == 0 ? std::string() : "; one of" + words(reply)));
        return reply.reason() == "journal_unavailable" ? Exit::temporary : Exit::data;
    }
}

bool parse_bed(std::string const& text, BedName& out) {
    const auto cut = text.find_first_of("/.");
    if (cut == std::string::npos) return false;
    out = {text.substr(0, cut), text.substr(cut + 1)};
    return wire::is_token(out.unit) && wire::is_token(out.bed);
}

std::string user_or_complain(std::string const& given) {
    if (!given.empty()) return given;
    if (const char* user = std::getenv("VIGIL_USER"); user != nullptr && *user != '\0') return user;
    complain("--user NAME or VIGIL_USER is needed: the record says who did it");
    return {};
}

} // namespace vigil::cli
