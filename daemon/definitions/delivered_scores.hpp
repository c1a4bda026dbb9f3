#pragma once
// The score definitions as they stood in config/scores when this program was built.

#include <string_view>

namespace vigil::definitions {

struct DeliveredTable {
    std::string_view name; // in the archive: "scores/sofa.toml"
    std::string_view content;
};
// Null where nothing is delivered by that name.
DeliveredTable const* delivered_table(std::string_view name);

} // namespace vigil::definitions
