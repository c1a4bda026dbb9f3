#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace vigil::gateway {

struct FeedCounters;
class Wall;

/// What the HTTP side counts; only its thread touches it.
struct HttpCounters {
    std::map<unsigned, std::uint64_t> responses; ///< by status
    std::uint64_t refused_connections = 0;
    std::uint64_t streams_opened = 0;
    std::uint64_t streams_resynced = 0;
    std::uint64_t streams_now = 0;
    std::uint64_t connections_now = 0;
    // Only with accounts, and only with TLS:
    std::optional<std::uint64_t> signed_in;
    std::optional<std::uint64_t> audit_failures;
    std::optional<std::int64_t> certificate_ends_s;
};

/// Prometheus text exposition of the gateway. Labels are closed lists; nothing of a patient.
std::string metrics_text(const FeedCounters& feed, const HttpCounters& http, const Wall& wall);

} // namespace vigil::gateway
