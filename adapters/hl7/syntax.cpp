#include "adapters/hl7/syntax.hpp"

#include <bit>
#include <cstring>

namespace vigil::hl7 {

namespace {

bool is_line_end(char c) { return c == '\r' || c == '\n'; }

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_segment(std::string_view line, char field) {
    return line.size() >= 3 && is_upper(line[0]) && (is_upper(line[1]) || is_digit(line[1])) &&
           (is_upper(line[2]) || is_digit(line[2])) && (line.size() == 3 || line[3] == field);
}

bool read_delimiters(std::string_view msh, Delimiters& out) {
    if (msh.size() < 8) return false;
    out.field = msh[3];
    if (!may_delimit(out.field)) return false;
    const std::string_view rest = msh.substr(4);
    const std::string_view encoding = rest.substr(0, rest.find(out.field));
    if (encoding.size() != 4 && encoding.size() != 5) return false;
    for (std::size_t i = 0; i < encoding.size(); ++i) {
        if (!may_delimit(encoding[i]) || encoding[i] == out.field) return false;
        for (std::size_t j = 0; j < i; ++j)
            if (encoding[i] == encoding[j]) return false;
    }
    out.component = encoding[0];
    out.repetition = encoding[1];
    out.escape = encoding[2];
    out.subcomponent = encoding[3];
    return true;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

// The text an escape sequence stands for, appended at `out`; false when it is not one we know.
bool resolve(std::string_view sequence, Delimiters const& d, char*& out) {
    if (sequence.size() == 1) {
        switch (sequence[0]) {
        case 'F': *out++ = d.field; return true;
        case 'S': *out++ = d.component; return true;
        case 'T': *out++ = d.subcomponent; return true;
        case 'R': *out++ = d.repetition; return true;
        case 'E': *out++ = d.escape; return true;
        case 'P': *out++ = '#'; return true;
        case 'H':
        case 'N': return true;
        default: return false;
        }
    }
    if (sequence.size() >= 3 && sequence[0] == 'X' && sequence.size() % 2 == 1) {
        for (std::size_t i = 1; i < sequence.size(); ++i)
            if (hex_digit(sequence[i]) < 0) return false;
        for (std::size_t i = 1; i < sequence.size(); i += 2)
            *out++ = static_cast<char>(hex_digit(sequence[i]) * 16 + hex_digit(sequence[i + 1]));
        return true;
    }
    if (!sequence.empty() && sequence[0] == '.') { // .br .sp .in .ti .fi .nf .ce: layout
        *out++ = sequence.starts_with(".br") ? '\n' : ' ';
        return true;
    }
    return false;
}

} // namespace

bool may_delimit(char c) {
    const bool letter = is_upper(c) || (c >= 'a' && c <= 'z');
    return c > ' ' && c < '\x7f' && !letter && !is_digit(c) && c != '"';
}

std::vector<std::string_view> messages_of(std::string_view frame) {
    std::vector<std::string_view> out;
    std::size_t start = std::string_view::npos;
    std::size_t at = 0;
    if (frame.starts_with("\xef\xbb\xbf")) at = 3;
    while (at < frame.size() && (frame[at] == ' ' || frame[at] == '\t')) ++at;
    while (at < frame.size()) {
        const std::string_view line = frame.substr(at);
        const bool begins = line.starts_with("MSH") && line.size() > 3 && may_delimit(line[3]);
        const bool envelope =
            line.starts_with("FHS") || line.starts_with("BHS") || line.starts_with("BTS") || line.starts_with("FTS");
        if ((begins || envelope) && start != std::string_view::npos) {
            out.push_back(frame.substr(start, at - start));
            start = std::string_view::npos;
        }
        if (begins) start = at;
        while (at < frame.size() && !is_line_end(frame[at])) ++at;
        while (at < frame.size() && is_line_end(frame[at])) ++at;
    }
    if (start != std::string_view::npos) out.push_back(frame.substr(start));
    if (out.empty()) out.push_back(frame);
    return out;
}

void parse(std::string_view text, Message& out) {
    out.segments.clear();
    out.stray_lines = 0;
    out.terminated = false;
    out.fault = SyntaxFault::none;
    if (!text.starts_with("MSH")) {
        out.fault = SyntaxFault::no_msh;
        return;
    }
    char const* at = text.data();
    char const* const end = at + text.size();
    const bool has_line_feeds = std::memchr(at, '\n', text.size()) != nullptr;
    while (at < end) {
        char const* stop = static_cast<char const*>(std::memchr(at, '\r', static_cast<std::size_t>(end - at)));
        if (!stop) stop = end;
        if (has_line_feeds)
            if (auto const* lf = static_cast<char const*>(std::memchr(at, '\n', static_cast<std::size_t>(stop - at))))
                stop = lf;
        out.terminated = stop != end;
        const std::string_view line(at, static_cast<std::size_t>(stop - at));
        at = stop + 1;
        if (line.empty()) continue;
        if (out.segments.empty() && !read_delimiters(line, out.delimiters)) {
            out.fault = SyntaxFault::bad_delimiters;
            out.segments.push_back(line);
            return;
        }
        if (is_segment(line, out.delimiters.field))
            out.segments.push_back(line);
        else
            ++out.stray_lines;
    }
}

// Eight bytes at a time: in `found` the high bit of each byte that is the separator is set, and no other.
void Fields::split(std::string_view segment, char separator) {
    begin_ = segment.data();
    start_[0] = 0;
    // MSH-1 is the separator itself: the segment's name counts twice, so that the second part is MSH-2.
    std::size_t count = 0;
    if (segment.starts_with("MSH")) start_[++count] = 0;
    constexpr std::uint64_t low = 0x7f7f7f7f7f7f7f7fu;
    const std::uint64_t pattern = 0x0101010101010101u * static_cast<unsigned char>(separator);
    std::size_t at = 0;
    if constexpr (std::endian::native == std::endian::little) {
        for (; at + 8 <= segment.size() && count + 8 < limit; at += 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, segment.data() + at, 8);
            const std::uint64_t x = word ^ pattern;
            for (std::uint64_t found = ~(((x & low) + low) | x | low); found != 0; found &= found - 1)
                start_[++count] =
                    static_cast<std::uint32_t>(at + static_cast<std::size_t>(std::countr_zero(found)) / 8 + 1);
        }
    }
    for (; at < segment.size() && count < limit; ++at)
        if (segment[at] == separator) start_[++count] = static_cast<std::uint32_t>(at + 1);
    if (count < limit) start_[++count] = static_cast<std::uint32_t>(segment.size() + 1);
    count_ = count;
}

std::string_view part(std::string_view text, char separator, std::size_t n) {
    while (--n > 0) {
        const auto cut = text.find(separator);
        if (cut == std::string_view::npos) return {};
        text.remove_prefix(cut + 1);
    }
    return text.substr(0, text.find(separator));
}

std::string_view component(std::string_view field, Delimiters const& d, std::size_t n) {
    return part(part(first(field, d), d.component, n), d.subcomponent, 1);
}

std::string_view unescaped(std::string_view text, Delimiters const& d, Scratch& scratch, unsigned& unknown) {
    if (text.empty() || !std::memchr(text.data(), d.escape, text.size())) return text;
    char* const begin = scratch.room(text.size());
    char* out = begin;
    while (!text.empty()) {
        const auto open = text.find(d.escape);
        const auto plain = open == std::string_view::npos ? text.size() : open;
        std::memcpy(out, text.data(), plain);
        out += plain;
        text.remove_prefix(plain);
        if (text.empty()) break;
        const auto close = text.find(d.escape, 1);
        if (close == std::string_view::npos || !resolve(text.substr(1, close - 1), d, out)) {
            ++unknown;
            const auto kept = close == std::string_view::npos ? text.size() : close + 1;
            std::memcpy(out, text.data(), kept);
            out += kept;
            text.remove_prefix(kept);
        } else {
            text.remove_prefix(close + 1);
        }
    }
    return {begin, static_cast<std::size_t>(out - begin)};
}

} // namespace vigil::hl7
