#pragma once
// What may stand in a field, for messages that are written with the default delimiters.

#include <string>
#include <string_view>

namespace vigil::hl7 {

// A line break or another control character would end a segment or a frame: it becomes a space.
inline std::string escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
        case '|': out += "\\F\\"; break;
        case '^': out += "\\S\\"; break;
        case '&': out += "\\T\\"; break;
        case '~': out += "\\R\\"; break;
        case '\\': out += "\\E\\"; break;
        default: out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
    }
    return out;
}

} // namespace vigil::hl7
