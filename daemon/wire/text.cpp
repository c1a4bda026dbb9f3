#include "wire/text.hpp"

#include "wire/limits.hpp"

#include <algorithm>
#include <cstdint>

namespace vigil::wire {

namespace {

bool is_identifier_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"_.:-+/="}.find(c) != std::string_view::npos;
}

// Length of the UTF-8 sequence that starts here, 0 when there is none (overlong forms, surrogates and C1 controls
// included).
std::size_t sequence(std::string_view s) {
    const auto byte = [&s](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(s[i])); };
    const auto b = byte(0);
    if (b < 0x80) return b >= 0x20 && b != 0x7F ? 1 : 0;
    const std::size_t n = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : b >= 0xC2 ? 2 : 0;
    if (n == 0 || b > 0xF4 || s.size() < n) return 0;
    std::uint32_t point = b & (0xFFU >> (n + 1));
    for (std::size_t i = 1; i < n; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return 0;
        point = (point << 6) | (byte(i) & 0x3FU);
    }
    constexpr std::uint32_t least[] = {0, 0, 0xA0, 0x800, 0x10000};
    if (point < least[n] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return 0;
    return n;
}

} // namespace

bool is_identifier(std::string_view text) {
    return !text.empty() && text.size() <= token_bytes && std::all_of(text.begin(), text.end(), is_identifier_char);
}

bool is_printable(std::string_view text, std::size_t bytes) {
    if (text.size() > bytes) return false;
    while (!text.empty()) {
        const auto n = sequence(text);
        if (n == 0) return false;
        text.remove_prefix(n);
    }
    return true;
}

std::string csv_cell(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + "\"";
}

} // namespace vigil::wire
