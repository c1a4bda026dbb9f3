#pragma once
// The score definitions as they stood in config/scores when this program was built.

#include <span>
#include <string_view>

namespace vigil::definitions {

struct DeliveredTable {
    std::string_view name;   // in the archive: "scores/sofa.toml"
    std::string_view sha256; // of the file, in lower-case hexadecimal
    std::string_view content;
};
std::span<DeliveredTable const> delivered_tables();

} // namespace vigil::definitions
