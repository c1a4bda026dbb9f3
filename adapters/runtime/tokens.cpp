#include "adapters/runtime/tokens.hpp"

#include <cassert>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

namespace vigil::adapters {

namespace {

unsigned char const* bytes_of(std::string_view text) { return reinterpret_cast<unsigned char const*>(text.data()); }

void append_hex(std::string& out, unsigned char const* bytes, std::size_t count) {
    static constexpr char digits[] = "0123456789abcdef";
    for (std::size_t i = 0; i < count; ++i) {
        out.push_back(digits[bytes[i] >> 4]);
        out.push_back(digits[bytes[i] & 15]);
    }
}

} // namespace

SiteKey::SiteKey(std::array<std::uint8_t, 32> const& bytes)
    : bytes_(bytes) {
    [[maybe_unused]] const int ready = sodium_init();
    assert(ready >= 0);
}

SiteKey::~SiteKey() { sodium_memzero(bytes_.data(), bytes_.size()); }

std::string SiteKey::token(std::string_view kind, std::string_view authority, std::string_view value) const {
    value = trimmed(value);
    if (value.empty()) return {};
    authority = trimmed(authority);
    crypto_generichash_state state;
    std::array<unsigned char, 16> hash{};
    crypto_generichash_init(&state, bytes_.data(), bytes_.size(), hash.size());
    const unsigned char bar = '|';
    crypto_generichash_update(&state, bytes_of(kind), kind.size());
    crypto_generichash_update(&state, &bar, 1);
    crypto_generichash_update(&state, bytes_of(authority), authority.size());
    crypto_generichash_update(&state, &bar, 1);
    crypto_generichash_update(&state, bytes_of(value), value.size());
    crypto_generichash_final(&state, hash.data(), hash.size());
    std::string out;
    out.reserve(32);
    append_hex(out, hash.data(), hash.size());
    return out;
}

std::string SiteKey::patient_token(std::string_view authority, std::string_view value) const {
    std::string out = token("patient", authority, value);
    if (!out.empty() && !trimmed(authority).empty()) out += '.' + short_token("authority", authority);
    return out;
}

std::string SiteKey::short_token(std::string_view kind, std::string_view value) const {
    return token(kind, {}, value).substr(0, 8);
}

std::optional<SiteKey> read_site_key(std::string const& path, std::string& why) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        why = std::string("cannot open: ") + std::strerror(errno);
        return std::nullopt;
    }
    struct stat info {};
    std::array<char, 80> text{};
    const bool known = ::fstat(fd, &info) == 0;
    const ssize_t got = ::read(fd, text.data(), text.size());
    ::close(fd);
    if (!known || got < 0) {
        why = std::string("cannot read: ") + std::strerror(errno);
        return std::nullopt;
    }
    if ((info.st_mode & (S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH)) != 0) {
        why = "is open to others: its mode must be 0600 or 0400";
        return std::nullopt;
    }
    std::size_t length = static_cast<std::size_t>(got);
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r' || text[length - 1] == ' ')) --length;
    std::array<std::uint8_t, 32> key{};
    std::size_t binary = 0;
    const bool good = length == 64 &&
                      sodium_hex2bin(key.data(), key.size(), text.data(), length, nullptr, &binary, nullptr) == 0 &&
                      binary == key.size();
    sodium_memzero(text.data(), text.size());
    if (!good) {
        why = "must hold 64 hexadecimal digits";
        return std::nullopt;
    }
    SiteKey out(key);
    sodium_memzero(key.data(), key.size());
    return out;
}

ContentDigest content_digest(std::string_view message) {
    ContentDigest out{};
    crypto_generichash(out.data(), out.size(), bytes_of(message), message.size(), nullptr, 0);
    return out;
}

} // namespace vigil::adapters
