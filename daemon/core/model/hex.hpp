#pragma once
// Digests and hashes as people read and compare them.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace vigil::model {

// Two lower-case digits a byte.
inline std::string hex(std::span<std::uint8_t const> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const auto b : bytes) out.append(1, digits[b >> 4U]).append(1, digits[b & 15U]);
    return out;
}

} // namespace vigil::model
