#pragma once
// HL7 v2 syntax: delimiters from the message, segments, fields (devices.md 4). Everything is a view into the message.

#include "adapters/hl7/scratch.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::hl7 {

struct Delimiters {
    char field = '|';
    char component = '^';
    char repetition = '~';
    char escape = '\\';
    char subcomponent = '&';
    friend bool operator==(Delimiters const&, Delimiters const&) = default;
};

enum class SyntaxFault : std::uint8_t { none, no_msh, bad_delimiters };

// One message of a frame: its segments, and whether its last one was terminated.
struct Message {
    Delimiters delimiters;
    std::vector<std::string_view> segments; // MSH first; reused from message to message
    bool terminated = false;
    unsigned stray_lines = 0; // lines that are no segment
    SyntaxFault fault = SyntaxFault::none;
};

// Printable ASCII that is neither letter nor digit nor blank nor a quotation mark.
bool may_delimit(char c);

// Splits a frame at its MSH segments; FHS, BHS, BTS and FTS envelopes fall away. Without any MSH the frame itself is
// returned.
std::vector<std::string_view> messages_of(std::string_view frame);
void parse(std::string_view text, Message& out);

inline std::string_view segment_name(std::string_view segment) { return segment.substr(0, 3); }

// The fields of one segment by their HL7 numbers (OBX-5 is [5]). MSH counts its separator as MSH-1.
class Fields {
public:
    static constexpr std::size_t limit = 64;

    Fields(std::string_view segment, Delimiters const& delimiters) { split(segment, delimiters.field); }
    std::string_view operator[](std::size_t n) const {
        return n != 0 && n < count_ ? std::string_view(begin_ + start_[n], start_[n + 1] - start_[n] - 1)
                                    : std::string_view{};
    }

private:
    void split(std::string_view segment, char separator);

    char const* begin_ = nullptr;
    std::size_t count_ = 0;
    std::array<std::uint32_t, limit + 1> start_{}; // field n ends one before start_[n + 1]
};

// The n-th part (from 1) of `text` cut at `separator`; empty when there is none.
std::string_view part(std::string_view text, char separator, std::size_t n);
// First repetition of a field.
inline std::string_view first(std::string_view field, Delimiters const& d) { return part(field, d.repetition, 1); }
// Component n of the first repetition, its first subcomponent.
std::string_view component(std::string_view field, Delimiters const& d, std::size_t n);

// Calls visit(view) for each non-empty repetition.
template <class Visit>
void each_repetition(std::string_view field, char separator, Visit&& visit) {
    while (!field.empty()) {
        const auto cut = field.find(separator);
        const std::string_view one = field.substr(0, cut);
        if (!one.empty()) visit(one);
        if (cut == std::string_view::npos) return;
        field.remove_prefix(cut + 1);
    }
}

// The two characters "" say: delete what is stored. For a reading both mean that there is no value.
inline bool is_null(std::string_view field) { return field == "\"\""; }

// Escape sequences resolved, after splitting. Unknown sequences stay as they are and are counted. Without an escape
// character in it the text itself is returned.
std::string_view unescaped(std::string_view text, Delimiters const& d, Scratch& scratch, unsigned& unknown);

} // namespace vigil::hl7
