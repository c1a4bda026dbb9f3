#pragma once
// How the command line talks to vigild: one question at a time, each with a time limit, and the feed.

#include "cli/session.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>

namespace vigil::v1 {
class CommandReply;
class CommandRequest;
class Envelope;
class QueryReply;
class QueryRequest;
} // namespace vigil::v1

namespace vigil::cli {

struct Addresses {
    std::string ingest, command, query, feed;
};

struct ClientKeys {
    std::string public_key, secret_key, server_key; // Z85; empty: no CURVE
};

// --endpoint-dir, then --config, then VIGIL_ENDPOINT_DIR, VIGIL_CONFIG and /run/vigil. Empty after a complaint.
std::optional<Addresses> find_addresses(Session const& session);
// As the session's key files say; empty after a complaint.
std::optional<ClientKeys> find_keys(Session const& session);

struct FeedMessage {
    std::string topic;
    std::string envelope; // protobuf bytes
};

class Client {
public:
    static constexpr std::chrono::milliseconds patience{5000};

    Client(Addresses addresses, ClientKeys keys);
    ~Client();
    Client(Client const&) = delete;
    Client& operator=(Client const&) = delete;

    // False when nobody answered in time. Requests get an id of their own.
    bool ask(v1::QueryRequest& request, v1::QueryReply& reply, std::chrono::milliseconds limit = patience);
    bool ask(v1::CommandRequest& request, v1::CommandReply& reply, std::chrono::milliseconds limit = patience);

    // Prefixes must end with a dot.
    void subscribe(std::string const& prefix);
    // The next message of the feed, or nothing within the limit or after an interrupt.
    std::optional<FeedMessage> next(std::chrono::milliseconds limit);

private:
    struct Wires;
    std::unique_ptr<Wires> wires_;
};

// A client for the session, or the exit code after a complaint.
std::variant<std::unique_ptr<Client>, int> connect(Session const& session);
// `complain`s that nobody answered and gives the exit code for it.
int nobody_answers();

} // namespace vigil::cli
