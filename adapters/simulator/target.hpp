#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace vigil::simulator {

struct Target {
    std::string host;
    std::string port;
};

// mllp://HOST[:PORT], IPv6 in brackets; the port defaults to 2575, the registered one.
std::optional<Target> parse_target(std::string_view url);

// 24h, 90m, 30s, or 0
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

// MSA-1 and MSA-2 of a reply.
struct Reply {
    std::string code;
    std::string control_id;
};
std::optional<Reply> parse_reply(std::string_view message);

// MSH-10
std::string_view control_id_of(std::string_view message);

} // namespace vigil::simulator
