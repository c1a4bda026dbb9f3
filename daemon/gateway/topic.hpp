#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vigil::gateway {

/// vigil.v1.<class>.<site>.<unit>.<bed>.<key>; every token is [a-z0-9_]{1,32}.
struct Topic {
    std::string cls;
    std::string site;
    std::string unit;
    std::string bed;
    std::string key;
};

std::optional<Topic> parse_topic(std::string_view text);
bool is_token(std::string_view text);

} // namespace vigil::gateway
