#pragma once
// Identifiers leave an adapter only as site-keyed tokens (design.md 5 "Who"): keyed BLAKE2b-128 over
// "kind|authority|value". The same person has the same token in every feed of a site and no two sites share tokens.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vigil::adapters {

class SiteKey {
public:
    explicit SiteKey(std::array<std::uint8_t, 32> const& bytes);
    ~SiteKey();
    SiteKey(SiteKey const&) = default;
    SiteKey& operator=(SiteKey const&) = default;

    // 32 lower-case hex digits; the value is trimmed of blanks first. Empty for an empty value.
    std::string token(std::string_view kind, std::string_view authority, std::string_view value) const;
    // Of a patient's number: its token, and where the message said whose numbering it is of, a dot and 8 digits that
    // stand for that authority. Two numbers contradict each other only within one numbering.
    std::string patient_token(std::string_view authority, std::string_view value) const;
    // The first 8 digits of a token, for names of things that are not people (a device, a long local code).
    std::string short_token(std::string_view kind, std::string_view value) const;

private:
    std::array<std::uint8_t, 32> bytes_;
};

// 64 hex digits in a file that only its owner can read, as `vigil keygen` writes it. On failure `why` says what is
// wrong.
std::optional<SiteKey> read_site_key(std::string const& path, std::string& why);

using ContentDigest = std::array<std::uint8_t, 16>;
ContentDigest content_digest(std::string_view message);

// Without the blanks around it.
inline std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

} // namespace vigil::adapters
