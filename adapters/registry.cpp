#include "adapters/registry.hpp"

#include "adapters/csv/feed.hpp"
#include "adapters/hl7/feed.hpp"

#include <array>

namespace vigil::adapters {

namespace {

constexpr std::array all = {
    Kind{"hl7", &hl7::make_feed},
    Kind{"csv", &csv::make_feed},
};

} // namespace

std::span<Kind const> kinds() { return all; }

} // namespace vigil::adapters
