#include "gateway/request_words.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>
#include <sodium.h>

namespace vigil::gateway {

bool is_word(std::string_view text, std::size_t most, std::string_view also) {
    return !text.empty() && text.size() <= most && std::all_of(text.begin(), text.end(), [also](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               also.find(c) != std::string_view::npos;
    });
}
bool is_alert_id(std::string_view text) { return is_word(text, 128, "_.:-"); }
bool is_user(std::string_view text) { return is_word(text, 32, "_.-"); }

bool is_loopback(const std::string& address) {
    in_addr v4{};
    if (inet_pton(AF_INET, address.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24U) == 127;
    in6_addr v6{};
    return inet_pton(AF_INET6, address.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

bool is_host_of(std::string_view host, const std::vector<std::string>& names) {
    return std::any_of(names.begin(), names.end(), [host](const std::string& name) {
        if (host.size() < name.size()) return false;
        const bool same = std::equal(name.begin(), name.end(), host.begin(), [](char a, char b) {
            return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
        });
        const auto rest = host.substr(name.size());
        return same && (rest.empty() || (rest.size() > 1 && rest.front() == ':' &&
                                         rest.find_first_not_of("0123456789", 1) == std::string_view::npos));
    });
}

std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> pieces;
    for (;;) {
        const auto end = text.find(at);
        pieces.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return pieces;
        text.remove_prefix(end + 1);
    }
}

std::string new_command_id() {
    std::array<unsigned char, 16> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    std::string id;
    for (const auto byte : bytes) id += fmt::format("{:02x}", byte);
    return id;
}

std::string command_id(std::string const& idempotency_key) {
    return is_alert_id(idempotency_key) ? idempotency_key : new_command_id();
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<std::string> query_value(std::string_view query, std::string_view key) {
    while (!query.empty()) {
        const auto end = query.find('&');
        const auto pair = query.substr(0, end);
        if (pair.starts_with(key) && pair.size() > key.size() && pair[key.size()] == '=')
            return std::string(pair.substr(key.size() + 1));
        if (end == std::string_view::npos) break;
        query.remove_prefix(end + 1);
    }
    return std::nullopt;
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        if (text.front() != '%') {
            out += text.front();
            text.remove_prefix(1);
            continue;
        }
        unsigned value = 0;
        const auto* digits = text.data() + 1;
        if (text.size() < 3 || std::from_chars(digits, digits + 2, value, 16).ptr != digits + 2) return std::nullopt;
        out += static_cast<char>(value);
        text.remove_prefix(3);
    }
    return out;
}

} // namespace vigil::gateway
