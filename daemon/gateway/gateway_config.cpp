#include "gateway/gateway_config.hpp"

#include "gateway/request_words.hpp"
#include "gateway/topic.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <toml++/toml.h>

namespace vigil::gateway {
namespace {

bool is_address(const std::string& text) {
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    return inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 || inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

bool is_endpoint(const std::string& text) {
    return (text.starts_with("ipc://") || text.starts_with("tcp://")) && text.size() > 6;
}

/// Reads typed keys of one table and remembers every complaint with its place.
class TableReader {
public:
    TableReader(const toml::table& table, std::string file, std::vector<std::string>& errors)
        : table_(table),
          file_(std::move(file)),
          errors_(errors) {}

    void complain(const toml::source_region& where, const std::string& key, const std::string& message) {
        errors_.push_back(
            fmt::format("{}:{}:{}: gateway.{}: {}", file_, where.begin.line, where.begin.column, key, message));
    }

    std::optional<std::string> text(const std::string& key, bool required) {
        known_.insert(key);
        const auto* node = table_.get(key);
        if (node == nullptr) {
            if (required) complain(table_.source(), key, "is missing");
            return std::nullopt;
        }
        const auto* value = node->as_string();
        if (value == nullptr || value->get().empty()) {
            complain(node->source(), key, "must be a text that is not empty");
            return std::nullopt;
        }
        return value->get();
    }

    void number(const std::string& key, std::uint32_t& out, std::int64_t least, std::int64_t most) {
        known_.insert(key);
        const auto* node = table_.get(key);
        if (node == nullptr) return;
        const auto* value = node->as_integer();
        if (value == nullptr || value->get() < least || value->get() > most) {
            complain(node->source(), key, fmt::format("must be a whole number from {} to {}", least, most));
            return;
        }
        out = static_cast<std::uint32_t>(value->get());
    }

    void endpoint(const std::string& key, std::string& out, bool required) {
        const auto value = text(key, required);
        if (!value) return;
        if (!is_endpoint(*value)) {
            complain(table_.get(key)->source(), key, "must begin with ipc:// or tcp://");
            return;
        }
        out = *value;
    }

    void listen(GatewayConfig& out) {
        const auto value = text("listen", false);
        if (!value) return;
        const auto where = table_.get("listen")->source();
        const auto colon = value->rfind(':');
        unsigned port = 0;
        const char* end = value->data() + value->size();
        const bool has_port = colon != std::string::npos && colon + 1 < value->size() &&
                              std::from_chars(value->data() + colon + 1, end, port).ptr == end && port <= 65535;
        if (!has_port) {
            complain(where, "listen", "must be ADDRESS:PORT, such as 127.0.0.1:8080");
            return;
        }
        std::string address = value->substr(0, colon);
        if (address.size() > 2 && address.front() == '[' && address.back() == ']')
            address = address.substr(1, address.size() - 2);
        if (!is_address(address)) {
            complain(where, "listen", fmt::format("'{}' is not an address", address));
            return;
        }
        out.address = address;
        out.port = static_cast<std::uint16_t>(port);
    }

    /// Who is let in from elsewhere has an account, and nobody in between hears the password or speaks in its place.
    void doors(const GatewayConfig& config) {
        const bool tls = !config.tls_certificate.empty() && !config.tls_key.empty();
        if (config.tls_certificate.empty() != config.tls_key.empty())
            complain(table_.source(), config.tls_key.empty() ? "tls_key" : "tls_certificate",
                     "is missing; TLS needs both");
        if (config.accounts.empty() != config.audit.empty())
            complain(table_.source(), config.audit.empty() ? "audit" : "accounts",
                     "is missing; accounts and their audit belong together");
        if (is_loopback(config.address)) return;
        const auto where = table_.get("listen")->source();
        const auto refuse = [&](const char* reason) {
            complain(where, "listen", fmt::format("'{}' is not a loopback address; {}", config.address, reason));
        };
        if (config.accounts.empty())
            refuse("without accounts the gateway serves this machine only");
        else if (!tls)
            refuse("without tls_certificate and tls_key the gateway serves this machine only");
        else if (config.hosts.empty())
            refuse("hosts has to say by which names it is asked for");
    }

    void hosts(GatewayConfig& out) {
        known_.insert("hosts");
        const auto* node = table_.get("hosts");
        if (node == nullptr) return;
        const auto* list = node->as_array();
        if (list == nullptr) {
            complain(node->source(), "hosts", "must be a list of names");
            return;
        }
        for (const auto& item : *list) {
            const auto* value = item.as_string();
            const bool good =
                value != nullptr && is_word(value->get(), 253, ".-") &&
                std::none_of(value->get().begin(), value->get().end(), [](char c) { return c >= 'A' && c <= 'Z'; });
            if (good)
                out.hosts.push_back(value->get());
            else
                complain(item.source(), "hosts", "must be names or addresses in lower case, without port");
        }
    }

    void beds(GatewayConfig& out) {
        known_.insert("beds");
        const auto* node = table_.get("beds");
        if (node == nullptr) return;
        const auto* list = node->as_array();
        if (list == nullptr) {
            complain(node->source(), "beds", "must be a list of \"unit.bed\"");
            return;
        }
        std::set<std::string> seen;
        for (const auto& item : *list) {
            const auto* value = item.as_string();
            const auto dot = value == nullptr ? std::string::npos : value->get().find('.');
            if (dot == std::string::npos || !is_token(value->get().substr(0, dot)) ||
                !is_token(value->get().substr(dot + 1)))
                complain(item.source(), "beds", "must be \"unit.bed\", each of [a-z0-9_]{1,32}");
            else if (!seen.insert(value->get()).second)
                complain(item.source(), "beds", fmt::format("'{}' is listed twice", value->get()));
            else
                out.beds.emplace_back(value->get().substr(0, dot), value->get().substr(dot + 1));
        }
    }

    void refuse_unknown() {
        for (const auto& [key, node] : table_)
            if (!known_.contains(std::string(key.str())))
                complain(node.source(), std::string(key.str()), "is not a key of this table");
    }

private:
    const toml::table& table_;
    std::string file_;
    std::vector<std::string>& errors_;
    std::set<std::string> known_;
};

void read_table(const toml::table& table, const std::string& name, ConfigResult& result) {
    TableReader reader(table, name, result.errors);
    auto& config = result.config;
    if (auto site = reader.text("site", true)) {
        if (!is_token(*site)) reader.complain(table.get("site")->source(), "site", "must be of [a-z0-9_]{1,32}");
        config.site = *site;
    }
    reader.listen(config);
    reader.endpoint("feed", config.feed, true);
    reader.endpoint("query", config.query, true);
    reader.endpoint("command", config.command, true);
    reader.endpoint("identity", config.identity, false);
    if (auto database = reader.text("database", true)) config.database = *database;
    if (auto dashboard = reader.text("dashboard", true)) config.dashboard = *dashboard;
    if (auto score = reader.text("score", false)) config.score = *score;
    if (auto product = reader.text("product", false)) {
        if (*product != "rolling" && *product != "day" && *product != "now")
            reader.complain(table.get("product")->source(), "product", "must be rolling, day or now");
        config.product = *product;
    }
    reader.number("stale_after_s", config.stale_after_s, 60, 86400);
    reader.number("history_hours", config.history_hours, 24, 24 * 366);
    reader.beds(config);
    for (auto [key, into] :
         {std::pair{"accounts", &config.accounts}, std::pair{"audit", &config.audit},
          std::pair{"tls_certificate", &config.tls_certificate}, std::pair{"tls_key", &config.tls_key}})
        if (auto path = reader.text(key, false)) *into = *path;
    reader.hosts(config);
    reader.number("session_s", config.session_s, 60, 24 * 3600);
    reader.number("idle_s", config.idle_s, 2, 12 * 3600);
    reader.number("observer_session_s", config.observer_session_s, 60, 90 * 24 * 3600);
    reader.number("break_glass_s", config.break_glass_s, 2, 2 * 3600);
    reader.number("sessions_per_user", config.sessions_per_user, 1, 20);
    reader.doors(config);
    reader.refuse_unknown();
}

} // namespace

ConfigResult parse_gateway_config(const std::string& text, const std::string& name) {
    ConfigResult result;
    try {
        const auto root = toml::parse(text, name);
        const auto* node = root.get("gateway");
        const auto* table = node == nullptr ? nullptr : node->as_table();
        if (table == nullptr)
            result.errors.push_back(fmt::format("{}:1:1: gateway: the table is missing", name));
        else
            read_table(*table, name, result);
    } catch (const toml::parse_error& error) {
        const auto& where = error.source().begin;
        result.errors.push_back(fmt::format("{}:{}:{}: toml: {}", name, where.line, where.column, error.description()));
    }
    return result;
}

ConfigResult read_gateway_config(const std::string& path) {
    const std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    if (file) text << file.rdbuf();
    if (!file || !text) {
        ConfigResult result;
        result.errors.push_back(fmt::format("{}:1:1: file: cannot be read", path));
        return result;
    }
    return parse_gateway_config(text.str(), path);
}

} // namespace vigil::gateway
