#pragma once
// config/outbound.toml, which is its own manual. Every mistake at once, with its place; an unknown key is one.

#include "definitions/files.hpp"
#include "outbound/destination.hpp"

#include <chrono>

namespace vigil::outbound {

struct DestinationSettings {
    Recipient recipient{};
    Patience patience{};
    std::string to{};
    std::chrono::milliseconds reply_within{10'000};
    // pcd04
    std::string receiving_application{}, receiving_facility{};
    bool physiological = false;
    // webhook
    std::string secret{}, ca_file{};
};

struct Settings {
    std::string site{}, feed{}, query{};
    std::string outbox{}, metrics{};
    std::int64_t keep_ms = 168 * 3'600'000LL;
    std::vector<DestinationSettings> destinations{};
};

Settings read_settings(definitions::File const& file, definitions::Problems& problems);

} // namespace vigil::outbound
