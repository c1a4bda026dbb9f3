#include "adapters/hl7/charset.hpp"

#include "adapters/hl7/iso8859.hpp"
#include "adapters/runtime/tokens.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <string>
#include <utility>

namespace vigil::hl7 {

namespace {

constexpr char escape = '\x1b';

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80 && c != escape; });
}

// Where ISO 8859-15 departs from 8859-1.
constexpr std::array<std::pair<unsigned char, unsigned>, 8> latin9_changes = {{{0xa4, 0x20ac},
                                                                               {0xa6, 0x160},
                                                                               {0xa8, 0x161},
                                                                               {0xb4, 0x17d},
                                                                               {0xb8, 0x17e},
                                                                               {0xbc, 0x152},
                                                                               {0xbd, 0x153},
                                                                               {0xbe, 0x178}}};

// A byte that means nothing we know: U+F700 and the byte (private use).
constexpr unsigned unknown_byte = 0xf700;

unsigned code_point(unsigned char c, Charset set) {
    if (c == escape) return unknown_byte + c; // a switch to a set of ISO 2022
    if (c < 0x80) return c;
    if (set == Charset::ascii || set == Charset::undeclared) return unknown_byte + c;
    if (set == Charset::latin9)
        for (const auto& [byte, point] : latin9_changes)
            if (byte == c) return point;
    if (set == Charset::latin1 || set == Charset::latin9 || c < 0xa0) return c;
    for (auto const& table : iso8859)
        if (table.part == static_cast<std::uint8_t>(set)) {
            const unsigned point = table.points[c - 0xa0u];
            return point != 0 ? point : unknown_byte + c;
        }
    return unknown_byte + c;
}

void append(char*& out, unsigned point) {
    if (point < 0x80)
        *out++ = static_cast<char>(point);
    else if (point < 0x800) {
        *out++ = static_cast<char>(0xc0 | (point >> 6));
        *out++ = static_cast<char>(0x80 | (point & 0x3f));
    } else {
        *out++ = static_cast<char>(0xe0 | (point >> 12));
        *out++ = static_cast<char>(0x80 | ((point >> 6) & 0x3f));
        *out++ = static_cast<char>(0x80 | (point & 0x3f));
    }
}

// Length of the well-formed UTF-8 sequence at `at`, 0 when there is none (overlong, surrogate and beyond U+10FFFF are
// none).
std::size_t sequence_length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u;
    };
    const auto tail = [&](std::size_t i) { return (byte(i) & 0xc0u) == 0x80u; };
    const unsigned b0 = byte(0), b1 = byte(1);
    if (b0 < 0x80) return 1;
    if (b0 >= 0xc2 && b0 <= 0xdf) return tail(1) ? 2 : 0;
    if (b0 >= 0xe0 && b0 <= 0xef) {
        if (!tail(1) || !tail(2) || (b0 == 0xe0 && b1 < 0xa0) || (b0 == 0xed && b1 > 0x9f)) return 0;
        return 3;
    }
    if (b0 >= 0xf0 && b0 <= 0xf4) {
        if (!tail(1) || !tail(2) || !tail(3) || (b0 == 0xf0 && b1 < 0x90) || (b0 == 0xf4 && b1 > 0x8f)) return 0;
        return 4;
    }
    return 0;
}

std::string_view repaired_utf8(std::string_view text, Scratch& scratch) {
    char* const begin = scratch.room(text.size() * 3);
    char* out = begin;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = sequence_length(text, at);
        if (length == 0 || text[at] == escape) {
            append(out, unknown_byte + static_cast<unsigned char>(text[at]));
            ++at;
            continue;
        }
        out = std::copy_n(text.data() + at, length, out);
        at += length;
    }
    return {begin, static_cast<std::size_t>(out - begin)};
}

// "8859/2", "ISO88592", "ISO8859/2": 2; 0 for any other name.
int iso_part(std::string_view name) {
    if (name.starts_with("ISO")) name.remove_prefix(3);
    if (!name.starts_with("8859")) return 0;
    name.remove_prefix(4);
    if (name.starts_with('/')) name.remove_prefix(1);
    int part = 0;
    const auto [stop, error] = std::from_chars(name.data(), name.data() + name.size(), part);
    if (error != std::errc{} || stop != name.data() + name.size()) return 0;
    const bool known =
        part == 1 || part == 15 ||
        std::any_of(std::begin(iso8859), std::end(iso8859), [&](auto const& t) { return t.part == part; });
    return known ? part : 0;
}

} // namespace

std::optional<Charset> charset_of(std::string_view msh18) {
    std::string name;
    for (const char c : msh18)
        if (c != ' ' && c != '-' && c != '_')
            name.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    if (name.empty()) return Charset::undeclared;
    if (name == "ASCII") return Charset::ascii;
    if (const int part = iso_part(name)) return static_cast<Charset>(part);
    if (name == "UNICODEUTF8" || name == "UTF8" || name == "UNICODE") return Charset::utf8;
    return std::nullopt;
}

std::optional<Charset> charset_of_field(std::string_view msh18, char repetition) {
    bool any = false, ascii = false;
    std::optional<Charset> found;
    while (!msh18.empty() && !found) {
        const auto cut = msh18.find(repetition);
        const auto one = charset_of(adapters::trimmed(msh18.substr(0, cut)));
        msh18 = cut == std::string_view::npos ? std::string_view{} : msh18.substr(cut + 1);
        if (one == Charset::undeclared) continue;
        any = true;
        ascii = ascii || one == Charset::ascii;
        if (one && one != Charset::ascii) found = one;
    }
    if (found) return found;
    return ascii ? std::optional(Charset::ascii) : any ? std::nullopt : std::optional(Charset::undeclared);
}

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = sequence_length(text, at);
        if (length == 0) return false;
        at += length;
    }
    return true;
}

std::string_view to_utf8(std::string_view text, std::optional<Charset> declared, Charset configured, Scratch& scratch) {
    if (is_ascii(text)) return text;
    Charset set = declared.value_or(Charset::ascii);
    // A sender that declares ASCII or a set unknown to us and writes well-formed UTF-8 writes UTF-8.
    if (set == Charset::ascii && is_utf8(text)) set = Charset::utf8;
    if (set == Charset::undeclared) {
        if (is_utf8(text) && text.find(escape) == std::string_view::npos) return text;
        set = configured == Charset::undeclared || configured == Charset::utf8 ? Charset::latin1 : configured;
    }
    if (set == Charset::utf8)
        return is_utf8(text) && text.find(escape) == std::string_view::npos ? text : repaired_utf8(text, scratch);
    char* const begin = scratch.room(text.size() * 3);
    char* out = begin;
    for (const char c : text) append(out, code_point(static_cast<unsigned char>(c), set));
    return {begin, static_cast<std::size_t>(out - begin)};
}

} // namespace vigil::hl7
