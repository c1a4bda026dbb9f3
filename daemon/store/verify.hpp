#pragma once
// Walks every segment: chain, density, links, and each recorded effect stepped again from the opening snapshot.

#include "store/recovery.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace vigil::store {

struct SegmentReport {
    std::uint32_t number = 0;
    std::uint64_t first_seq = 0, last_seq = 0; // last < first: no rows
    std::uint64_t events = 0, effects = 0, frames = 0, snapshots = 0;
    std::string core_version;
    bool chain_ok = false;
    bool re_stepped = false; // false with chain_ok: "chain ok, not re-stepped"
};

struct VerifyReport {
    std::vector<SegmentReport> segments; // up to and with the first bad one
    std::optional<Refusal> problem;      // the first; none: everything is as recorded
    std::vector<std::string> notes;
    bool all_re_stepped() const;
};

struct Progress {
    std::uint32_t segment = 0, of = 0;
    std::uint64_t seq = 0;
};

// Reads only; may run beside a writing daemon. `progress` may be empty.
VerifyReport verify(std::filesystem::path const& directory, RulebookFromBytes const& rulebook_from_bytes,
                    std::function<void(Progress const&)> const& progress);

} // namespace vigil::store
