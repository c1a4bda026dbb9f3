#include "wire/topic.hpp"

#include <algorithm>
#include <array>

namespace vigil::wire {

namespace {
constexpr std::string_view root = "vigil.v1.";
constexpr std::size_t token_length = 32;
constexpr std::size_t tokens_after_root = 5;

bool is_token_char(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }
} // namespace

bool is_token(std::string_view text) {
    return !text.empty() && text.size() <= token_length && std::all_of(text.begin(), text.end(), is_token_char);
}

std::string token_of(std::string_view word) {
    std::string out{word.substr(0, token_length)};
    for (auto& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (!is_token_char(c)) c = '_';
    }
    return out.empty() ? std::string{no_place} : out;
}

std::string topic(TopicClass cls, std::string_view site, std::string_view unit, std::string_view bed,
                  std::string_view key) {
    const auto name = name_of(cls);
    std::string out;
    out.reserve(root.size() + name.size() + site.size() + unit.size() + bed.size() + key.size() + 6);
    out.append(root).append(name);
    for (auto part : {site, unit.empty() ? no_place : unit, bed.empty() ? no_place : bed, key})
        out.append(1, '.').append(part);
    return out;
}

std::optional<TopicParts> parse_topic(std::string_view text) {
    if (!text.starts_with(root)) return std::nullopt;
    text.remove_prefix(root.size());
    std::array<std::string_view, tokens_after_root> parts;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto dot = i + 1 < parts.size() ? text.find('.') : text.size();
        if (dot == std::string_view::npos) return std::nullopt;
        parts[i] = text.substr(0, dot);
        if (!is_token(parts[i])) return std::nullopt;
        text.remove_prefix(std::min(dot + 1, text.size()));
    }
    const auto cls = parse_topic_class(parts[0]);
    if (!cls) return std::nullopt;
    return TopicParts{*cls, parts[1], parts[2], parts[3], parts[4]};
}

bool is_prefix(std::string_view text) {
    if (!text.starts_with(root)) return false;
    text.remove_prefix(root.size());
    for (std::size_t n = 0; !text.empty(); ++n) {
        const auto dot = text.find('.');
        if (n + 1 == tokens_after_root) return is_token(text); // one whole topic
        if (dot == std::string_view::npos || !is_token(text.substr(0, dot))) return false;
        text.remove_prefix(dot + 1);
    }
    return true;
}

} // namespace vigil::wire
