#include "cli/client.hpp"

#include "definitions/config.hpp"
#include "vigil/v1/command.pb.h"
#include "vigil/v1/query.pb.h"

#include <array>
#include <cstdlib>
#include <fmt/format.h>
#include <sodium.h>
#include <sstream>
#include <zmq.hpp>

namespace vigil::cli {

namespace {

constexpr std::int64_t reply_bytes = 4 << 20;

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

std::string request_id() {
    std::array<unsigned char, 16> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    std::string out;
    for (const auto byte : bytes) out += fmt::format("{:02x}", byte);
    return out;
}

Addresses in_folder(std::string const& folder) {
    const auto of = [&](std::string_view name) { return "ipc://" + folder + "/" + std::string(name) + ".sock"; };
    return {of("ingest"), of("command"), of("query"), of("feed")};
}

std::optional<Addresses> from_config(std::string const& path) {
    definitions::Problems problems;
    const auto config = definitions::load_config(path, problems);
    for (auto const& problem : problems) complain(to_string(problem));
    if (!problems.empty()) return std::nullopt;
    return Addresses{config.endpoints.ingest, config.endpoints.command, config.endpoints.query, config.endpoints.feed};
}

// The first word of the first line that is no comment, as keygen writes it; empty after a complaint.
std::string read_key(std::string const& path) {
    definitions::Problems problems;
    const auto text = definitions::read_file(path, problems);
    if (!text) {
        complain(path + ": " + problems.front().message);
        return {};
    }
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string word;
        if (!(words >> word) || word.starts_with('#')) continue;
        if (word.size() == 40) return word;
        break;
    }
    complain(path + ": holds no key of 40 characters; `vigil keygen --curve` makes one");
    return {};
}

} // namespace

std::optional<Addresses> find_addresses(Session const& session) {
    if (!session.endpoint_dir.empty()) return in_folder(session.endpoint_dir);
    if (!session.config_file.empty()) return from_config(session.config_file);
    if (const auto folder = environment("VIGIL_ENDPOINT_DIR"); !folder.empty()) return in_folder(folder);
    if (const auto config = configuration_named({}); !config.empty()) return from_config(config);
    return in_folder("/run/vigil");
}

std::optional<ClientKeys> find_keys(Session const& session) {
    ClientKeys out;
    if (session.key_file.empty() && session.server_key_file.empty()) return out;
    if (session.key_file.empty() || session.server_key_file.empty()) {
        complain("--key and --server-key belong together");
        return std::nullopt;
    }
    out.secret_key = read_key(session.key_file);
    out.server_key = read_key(session.server_key_file);
    if (out.secret_key.empty() || out.server_key.empty()) return std::nullopt;
    std::array<char, 41> public_key{};
    if (zmq_curve_public(public_key.data(), out.secret_key.c_str()) != 0) {
        complain(session.key_file + ": is no secret key");
        return std::nullopt;
    }
    out.public_key = public_key.data();
    return out;
}

struct Client::Wires {
    Addresses addresses;
    ClientKeys keys;
    zmq::context_t context;
    std::optional<zmq::socket_t> command, query, feed;

    zmq::socket_t open(zmq::socket_type type, std::string const& endpoint) {
        zmq::socket_t socket(context, type);
        socket.set(zmq::sockopt::linger, 0);
        socket.set(zmq::sockopt::maxmsgsize, reply_bytes);
        socket.set(zmq::sockopt::reconnect_ivl, 100);
        socket.set(zmq::sockopt::reconnect_ivl_max, 1000);
        if (!keys.server_key.empty()) {
            socket.set(zmq::sockopt::curve_serverkey, keys.server_key);
            socket.set(zmq::sockopt::curve_publickey, keys.public_key);
            socket.set(zmq::sockopt::curve_secretkey, keys.secret_key);
        }
        if (type == zmq::socket_type::sub) socket.set(zmq::sockopt::rcvhwm, 100'000);
        socket.connect(endpoint);
        return socket;
    }

    // A late answer of an earlier question is told apart by its id and dropped.
    template <class Request, class Reply>
    bool ask(std::optional<zmq::socket_t>& socket, std::string const& endpoint, Request& request, Reply& reply,
             std::chrono::milliseconds limit) {
        if (!socket) socket = open(zmq::socket_type::dealer, endpoint);
        if (request.id().empty()) request.set_id(request_id());
        const auto until = std::chrono::steady_clock::now() + limit;
        socket->set(zmq::sockopt::sndtimeo, static_cast<int>(limit.count()));
        try {
            if (!socket->send(zmq::buffer(request.SerializeAsString()), zmq::send_flags::none)) return false;
            for (;;) {
                const auto left =
                    std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
                if (left.count() <= 0) return false;
                socket->set(zmq::sockopt::rcvtimeo, static_cast<int>(left.count()));
                zmq::message_t frame;
                bool more = true;
                while (more) {
                    if (!socket->recv(frame)) return false;
                    more = frame.more();
                }
                if (reply.ParseFromArray(frame.data(), static_cast<int>(frame.size())) && reply.id() == request.id())
                    return true;
            }
        } catch (zmq::error_t const& error) {
            if (error.num() == EINTR) return false;
            throw;
        }
    }
};

Client::Client(Addresses addresses, ClientKeys keys)
    : wires_(std::make_unique<Wires>()) {
    wires_->addresses = std::move(addresses);
    wires_->keys = std::move(keys);
}
Client::~Client() = default;

bool Client::ask(v1::QueryRequest& request, v1::QueryReply& reply, std::chrono::milliseconds limit) {
    return wires_->ask(wires_->query, wires_->addresses.query, request, reply, limit);
}
bool Client::ask(v1::CommandRequest& request, v1::CommandReply& reply, std::chrono::milliseconds limit) {
    return wires_->ask(wires_->command, wires_->addresses.command, request, reply, limit);
}

void Client::subscribe(std::string const& prefix) {
    if (!wires_->feed) wires_->feed = wires_->open(zmq::socket_type::sub, wires_->addresses.feed);
    wires_->feed->set(zmq::sockopt::subscribe, prefix);
}

std::optional<FeedMessage> Client::next(std::chrono::milliseconds limit) {
    auto& feed = *wires_->feed;
    feed.set(zmq::sockopt::rcvtimeo, static_cast<int>(limit.count()));
    try {
        zmq::message_t topic;
        if (!feed.recv(topic)) return std::nullopt;
        FeedMessage out{topic.to_string(), {}};
        int frames = 1;
        for (bool more = topic.more(); more; ++frames) {
            zmq::message_t rest;
            if (!feed.recv(rest)) return std::nullopt;
            more = rest.more();
            out.envelope = rest.to_string();
        }
        if (frames != 2) out.envelope.clear(); // not a message of ours; the caller counts it as unreadable
        return out;
    } catch (zmq::error_t const& error) {
        if (error.num() == EINTR) return std::nullopt;
        throw;
    }
}

std::variant<std::unique_ptr<Client>, int> connect(Session const& session) {
    auto addresses = find_addresses(session);
    if (!addresses) return Exit::config;
    auto keys = find_keys(session);
    if (!keys) return Exit::config;
    try {
        return std::make_unique<Client>(*std::move(addresses), *std::move(keys));
    } catch (zmq::error_t const& error) {
        complain(std::string("cannot connect: ") + error.what());
        return Exit::usage;
    }
}

int nobody_answers() {
    complain("vigild does not answer; is it running, and are --config or --endpoint-dir right?");
    return Exit::unavailable;
}

} // namespace vigil::cli
