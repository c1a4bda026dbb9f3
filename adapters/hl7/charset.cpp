#include "adapters/hl7/charset.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace vigil::hl7 {

namespace {

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
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

unsigned code_point(unsigned char c, Charset set) {
    if (c < 0x80) return c;
    if (set == Charset::ascii || set == Charset::undeclared) return 0xfffd;
    if (set == Charset::latin9)
        for (const auto& [byte, point] : latin9_changes)
            if (byte == c) return point;
    return c;
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
        if (length == 0) {
            append(out, 0xfffd);
            ++at;
            continue;
        }
        out = std::copy_n(text.data() + at, length, out);
        at += length;
    }
    return {begin, static_cast<std::size_t>(out - begin)};
}

} // namespace

std::optional<Charset> charset_of(std::string_view msh18) {
    std::string name;
    for (const char c : msh18)
        if (c != ' ' && c != '-' && c != '_')
            name.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    if (name.empty()) return Charset::undeclared;
    if (name == "ASCII") return Charset::ascii;
    if (name == "8859/1" || name == "ISO88591" || name == "ISO8859/1") return Charset::latin1;
    if (name == "8859/15" || name == "ISO885915" || name == "ISO8859/15") return Charset::latin9;
    if (name == "UNICODEUTF8" || name == "UTF8" || name == "UNICODE") return Charset::utf8;
    return std::nullopt;
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
    if (set == Charset::undeclared) {
        if (is_utf8(text)) return text;
        set = configured == Charset::undeclared || configured == Charset::utf8 ? Charset::latin1 : configured;
    }
    if (set == Charset::utf8) return is_utf8(text) ? text : repaired_utf8(text, scratch);
    char* const begin = scratch.room(text.size() * 3);
    char* out = begin;
    for (const char c : text) append(out, code_point(static_cast<unsigned char>(c), set));
    return {begin, static_cast<std::size_t>(out - begin)};
}

} // namespace vigil::hl7
