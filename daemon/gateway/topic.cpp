#include "gateway/topic.hpp"

#include <algorithm>
#include <array>

namespace vigil::gateway {

bool is_token(std::string_view text) {
    return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

std::optional<Topic> parse_topic(std::string_view text) {
    constexpr std::string_view root = "vigil.v1.";
    if (!text.starts_with(root)) return std::nullopt;
    text.remove_prefix(root.size());
    std::array<std::string_view, 5> tokens;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const auto dot = text.find('.');
        const bool last = i + 1 == tokens.size();
        if (last != (dot == std::string_view::npos)) return std::nullopt;
        tokens[i] = text.substr(0, dot);
        if (!is_token(tokens[i])) return std::nullopt;
        if (!last) text.remove_prefix(dot + 1);
    }
    return Topic{std::string(tokens[0]), std::string(tokens[1]), std::string(tokens[2]), std::string(tokens[3]),
                 std::string(tokens[4])};
}

} // namespace vigil::gateway
