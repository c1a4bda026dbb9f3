#include "adapters/runtime/zone.hpp"

#include <chrono>
#include <date/tz.h>
#include <stdexcept>

namespace vigil::adapters {

std::optional<Zone> Zone::named(std::string const& name) {
    try {
        auto const* rules = date::locate_zone(name);
        const Zone zone(rules);
        zone.at(0);
        return zone;
    } catch (std::runtime_error const&) {
        return std::nullopt; // the library's way to say that it has no such zone
    }
}

LocalInstant Zone::at(std::int64_t local_s) const {
    auto const& rules = *static_cast<date::time_zone const*>(rules_);
    const date::local_info info = rules.get_info(date::local_seconds(std::chrono::seconds(local_s)));
    LocalInstant out;
    out.first_s = local_s - info.first.offset.count();
    out.second_s = out.first_s;
    if (info.result == date::local_info::ambiguous) {
        out.kind = LocalInstant::Kind::repeated;
        out.second_s = local_s - info.second.offset.count();
    } else if (info.result == date::local_info::nonexistent) {
        out.kind = LocalInstant::Kind::skipped;
    }
    return out;
}

} // namespace vigil::adapters
