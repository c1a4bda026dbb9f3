#pragma once
// The steps from one version of a segment's schema to the next, as in store/migrations/. PRAGMA user_version counts
// them.

#include <cstdint>
#include <string_view>
#include <vector>

namespace vigil::store {

inline constexpr std::int64_t application_id = 0x5649474C; // "VIGL"

// Formats 1 to 5 were of development: their frames or snapshots had another encoding.
inline constexpr std::int64_t oldest_version = 6;

std::vector<std::string_view> const& migrations();
inline std::int64_t newest_version() { return static_cast<std::int64_t>(migrations().size()); }

} // namespace vigil::store
