#include "adapters/simulator/target.hpp"

#include <charconv>

namespace vigil::simulator {
namespace {

std::string_view field(std::string_view segment, std::size_t index) {
    for (; index > 0; --index) {
        const std::size_t bar = segment.find('|');
        if (bar == std::string_view::npos) return {};
        segment.remove_prefix(bar + 1);
    }
    return segment.substr(0, segment.find_first_of("|\r\n"));
}

std::optional<unsigned> whole_number(std::string_view text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

} // namespace

std::optional<Target> parse_target(std::string_view url) {
    constexpr std::string_view scheme = "mllp://";
    if (!url.starts_with(scheme)) return std::nullopt;
    url.remove_prefix(scheme.size());
    if (url.ends_with('/')) url.remove_suffix(1);
    Target target{.host = {}, .port = "2575"};
    std::string_view rest;
    if (url.starts_with('[')) {
        const std::size_t close = url.find(']');
        if (close == std::string_view::npos) return std::nullopt;
        target.host = url.substr(1, close - 1);
        rest = url.substr(close + 1);
    } else {
        const std::size_t colon = url.find(':');
        target.host = url.substr(0, colon);
        rest = colon == std::string_view::npos ? std::string_view{} : url.substr(colon);
    }
    if (!rest.empty()) {
        if (rest.front() != ':') return std::nullopt;
        const auto port = whole_number(rest.substr(1));
        if (!port || *port == 0 || *port > 65535) return std::nullopt;
        target.port = rest.substr(1);
    }
    if (target.host.empty()) return std::nullopt;
    return target;
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    if (text == "0") return std::chrono::milliseconds{0};
    if (text.size() < 2) return std::nullopt;
    const auto count = whole_number(text.substr(0, text.size() - 1));
    if (!count) return std::nullopt;
    switch (text.back()) {
    case 'h': return std::chrono::hours{*count};
    case 'm': return std::chrono::minutes{*count};
    case 's': return std::chrono::seconds{*count};
    default: return std::nullopt;
    }
}

std::optional<Reply> parse_reply(std::string_view message) {
    const std::size_t msa = message.find("\rMSA|");
    if (!message.starts_with("MSH|") || msa == std::string_view::npos) return std::nullopt;
    const std::string_view segment = message.substr(msa + 1);
    return Reply{.code = std::string{field(segment, 1)}, .control_id = std::string{field(segment, 2)}};
}

std::string_view control_id_of(std::string_view message) { return field(message, 9); }

} // namespace vigil::simulator
