#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace vigil::gateway {

/// Table [gateway] of the configuration file; other tables belong to other programs and are not read.
struct GatewayConfig {
    std::string site;
    std::string address = "127.0.0.1"; ///< another than loopback only with accounts, TLS and a name of its own
    std::uint16_t port = 8080;         ///< 0: the system chooses, the line on stdout says
    std::string feed;
    std::string query;
    std::string command;
    std::string identity; ///< empty: the page shows no names
    std::string database;
    std::string dashboard;
    std::string score = "sofa";                            ///< score drawn large on the wall
    std::string product = "rolling";                       ///< and which of its products
    std::uint32_t stale_after_s = 900;                     ///< a bed without newer data is stale
    std::uint32_t history_hours = 96;                      ///< trends and closed alerts are kept that long
    std::vector<std::pair<std::string, std::string>> beds; ///< unit, bed: shown even when empty, in this order

    std::string accounts;           ///< file of accounts.hpp; empty: nobody signs in, loopback only
    std::string audit;              ///< file of audit.hpp; with accounts only
    std::string tls_certificate;    ///< PEM, the gateway's own first, then those that vouch for it
    std::string tls_key;            ///< PEM
    std::vector<std::string> hosts; ///< names it answers to beside loopback's, in lower case
    std::uint32_t session_s = 12 * 3600;
    std::uint32_t idle_s = 30 * 60;
    std::uint32_t observer_session_s = 30 * 24 * 3600;
    std::uint32_t break_glass_s = 30 * 60;
    std::uint32_t sessions_per_user = 5;
};

struct ConfigResult {
    GatewayConfig config;
    std::vector<std::string> errors; ///< `file:line:col: key: message`, all of them; empty when the config is good
};

ConfigResult read_gateway_config(const std::string& path);
ConfigResult parse_gateway_config(const std::string& text, const std::string& name);

} // namespace vigil::gateway
