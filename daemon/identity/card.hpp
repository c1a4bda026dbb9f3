#pragma once
// Who a token stands for. Nothing clinical is known here.

#include <cstdint>
#include <string>
#include <vector>

namespace vigil::identity {

struct Identifier {
    std::string type, authority, value;
    friend bool operator==(Identifier const&, Identifier const&) = default;
};

struct Card {
    std::vector<std::string> tokens; // what this person or visit is called on the wire
    std::string family, given, birth_date;
    std::vector<Identifier> identifiers;
    std::int64_t seen_ms = 0;
    std::string source;
};

} // namespace vigil::identity
