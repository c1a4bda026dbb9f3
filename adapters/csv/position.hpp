#pragma once
// How far a file has been handed on, kept beside the adapter. With it stand the sizes at which the file was looked at:
// they are where stretches end, so that whatever was under way at a crash is sent again as the very same batches.

#include "adapters/csv/stretch.hpp"

#include <deque>
#include <optional>
#include <string>

namespace vigil::csv {

struct Position {
    std::string marks;              // digest of what the file is known by, in hexadecimal
    FilePlace done;                 // everything before it is in the journal
    std::deque<std::uint64_t> seen; // sizes beyond `done`, ascending
};

std::string text_of(Position const& position);
std::optional<Position> parse_position(std::string_view text);

// Empty when there is none that can be read.
std::optional<Position> read_position(std::string const& path);
// In the place of the one before, at once. It outlives this program; a power failure may take the last of it, and
// then rows are sent again that change nothing.
bool write_position(std::string const& path, Position const& position);

} // namespace vigil::csv
